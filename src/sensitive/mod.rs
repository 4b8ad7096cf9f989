//! Sensitive words 敏感词: what a guide may not write to a customer. A line with one is stopped before it goes out and kept
//! here; a customer's line with one is only marked. The words are kept in every process and looked at anew every few
//! seconds, so that no line asks the store for them.

mod queries;
pub mod rules;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use daogou_schema::message::Author;
use daogou_schema::{
    AccountId, GuideId, MemberId, MessageId, SensitiveHitId, SensitiveWordId, Timestamp,
    sensitive_hit, sensitive_word,
};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use rules::{Lexicon, Word};

pub use queries::{hits_of, list};

/// How many words there may be in all: far more than anybody looks after, and found in a moment.
pub const WORDS_MAX: usize = 10_000;
/// How much of the words found in one line is kept.
const FOUND_CHARS_MAX: usize = 190;

/// The words as this process knows them.
#[derive(Default)]
pub struct Shelf(RwLock<Known>);

#[derive(Default)]
struct Known {
    stamp: Option<queries::Stamp>,
    /// What counts everywhere, where an account has no words of its own.
    everywhere: Arc<Lexicon>,
    by_account: HashMap<AccountId, Arc<Lexicon>>,
}

impl Shelf {
    /// The words of the account that stand in a text, as one line; none when there are none.
    pub fn find(&self, account: AccountId, text: &str) -> Option<String> {
        let lexicon = {
            let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let own = known.by_account.get(&account);
            own.unwrap_or(&known.everywhere).clone()
        };
        let found = lexicon.find(text);
        let words: Vec<_> = found.iter().map(|word| word.word.as_str()).collect();
        let told = words.join("、");
        (!words.is_empty()).then(|| told.chars().take(FOUND_CHARS_MAX).collect())
    }
}

/// Looks whether the words have changed, and takes them up if so.
///
/// # Errors
/// When the store fails; the words stay as they were.
pub async fn refresh(ctx: &Context) -> Result<()> {
    let shelf = ctx.kept::<Shelf>();
    let stamp = queries::stamp(ctx.db.reads()).await?;
    let same = {
        let known = shelf.0.read().unwrap_or_else(PoisonError::into_inner);
        known.stamp == Some(stamp)
    };
    if same {
        return Ok(());
    }
    let rows = queries::all(ctx.db.reads()).await?;
    let word = |row: &&sensitive_word::Model| Word {
        word: row.word.clone(),
        category: row.category.clone(),
    };
    let of = |account: Option<AccountId>| {
        let those = rows
            .iter()
            .filter(|row| row.account_id.is_none() || row.account_id == account);
        let those: Vec<_> = those.collect();
        Arc::new(Lexicon::new(those.iter().map(word)))
    };
    let own = rows.iter().filter_map(|row| row.account_id);
    let known = Known {
        stamp: Some(stamp),
        everywhere: of(None),
        by_account: own.map(|account| (account, of(Some(account)))).collect(),
    };
    *shelf.0.write().unwrap_or_else(PoisonError::into_inner) = known;
    Ok(())
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Nothing was named.
    Empty,
    /// The word in this line, counted from 1, has fewer than two letters.
    Short(usize),
    /// The word in this line is too long.
    Long(usize),
    /// The category in this line is too long.
    Category(usize),
    /// The line cannot be shown.
    Unreadable(usize),
    /// There would be more than [`WORDS_MAX`] words.
    Many,
    /// All of them are there already.
    Known,
    /// There is no such word.
    Missing,
}

fn check(words: &[Word]) -> Result<(), No> {
    if words.is_empty() {
        return Err(No::Empty);
    }
    for (line, word) in words.iter().enumerate() {
        let line = line + 1;
        let shown = word.word.chars().chain(word.category.chars());
        if shown.clone().any(char::is_control) {
            return Err(No::Unreadable(line));
        }
        if rules::core(&word.word).chars().count() < rules::WORD_LETTERS_MIN {
            return Err(No::Short(line));
        }
        if word.word.chars().count() > rules::WORD_CHARS_MAX {
            return Err(No::Long(line));
        }
        if word.category.chars().count() > rules::CATEGORY_CHARS_MAX {
            return Err(No::Category(line));
        }
    }
    Ok(())
}

struct Adding {
    account: AccountId,
    everywhere: bool,
    words: Vec<Word>,
    by: By,
    now: Timestamp,
}

/// Adds words to an account's, or to those that count `everywhere`, and says how many were new.
///
/// # Errors
/// When the store fails.
pub async fn add(
    ctx: &Context,
    account: AccountId,
    everywhere: bool,
    words: Vec<Word>,
    by: By,
) -> Result<Result<usize, No>> {
    if let Err(no) = check(&words) {
        return Ok(Err(no));
    }
    let args = Adding {
        account,
        everywhere,
        words,
        by,
        now: Timestamp::from(ctx.clock.now()),
    };
    let added = ctx
        .db
        .write(args, |txn, args| Box::pin(add_in(txn, args)))
        .await?;
    refresh(ctx).await?;
    Ok(added)
}

async fn add_in(txn: &Txn, args: &Adding) -> Result<Result<usize, No>> {
    let account = (!args.everywhere).then_some(args.account);
    let known = queries::all(txn.conn()).await?;
    let counts =
        |row: &&sensitive_word::Model| row.account_id.is_none() || row.account_id == account;
    let mut cores: Vec<_> = known
        .iter()
        .filter(counts)
        .map(|row| rules::core(&row.word))
        .collect();
    let mut new = Vec::new();
    for word in &args.words {
        let core = rules::core(&word.word);
        if !cores.contains(&core) {
            cores.push(core);
            new.push(word);
        }
    }
    if new.is_empty() {
        return Ok(Err(No::Known));
    }
    if known.len() + new.len() > WORDS_MAX {
        return Ok(Err(No::Many));
    }
    queries::insert(txn, account, &new, args.now).await?;
    let names: Vec<_> = new.iter().map(|word| word.word.as_str()).collect();
    let entry = Entry {
        by: args.by,
        account,
        act: Act::AddSensitiveWords,
        subject: audit::subject("account", args.account),
        before: None,
        after: Some(json!({ "words": names })),
    };
    audit::note_in(txn, args.now, entry).await?;
    Ok(Ok(new.len()))
}

/// Removes a word of the account, or one that counts everywhere, if `everywhere` may be touched.
///
/// # Errors
/// When the store fails.
pub async fn remove(
    ctx: &Context,
    account: AccountId,
    everywhere: bool,
    id: SensitiveWordId,
    by: By,
) -> Result<Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (account, everywhere, id, by, now);
    let removed = ctx
        .db
        .write(args, |txn, (account, everywhere, id, by, now)| {
            Box::pin(remove_in(txn, (*account, *everywhere), *id, *by, *now))
        })
        .await?;
    refresh(ctx).await?;
    Ok(removed)
}

async fn remove_in(
    txn: &Txn,
    (account, everywhere): (AccountId, bool),
    id: SensitiveWordId,
    by: By,
    now: Timestamp,
) -> Result<Result<(), No>> {
    let row = queries::get(txn, id).await?;
    let within = |row: &sensitive_word::Model| match row.account_id {
        Some(own) => own == account,
        None => everywhere,
    };
    let Some(row) = row.filter(within) else {
        return Ok(Err(No::Missing));
    };
    queries::remove(txn, id).await?;
    let entry = Entry {
        by,
        account: row.account_id,
        act: Act::RemoveSensitiveWord,
        subject: audit::subject("account", account),
        before: Some(json!({ "words": [row.word] })),
        after: None,
    };
    audit::note_in(txn, now, entry).await?;
    Ok(Ok(()))
}

/// A line in which words were found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Through which account.
    pub account: AccountId,
    /// Whose conversation.
    pub member: MemberId,
    /// The guide who wrote it, or to whom it was relayed.
    pub guide: Option<GuideId>,
    /// The words.
    pub words: String,
    /// When.
    pub at: Timestamp,
}

/// Keeps what a guide wrote and nobody gets.
///
/// # Errors
/// When the store fails.
pub async fn stop_in(txn: &Txn, found: Found, content: &str) -> Result<()> {
    queries::note(txn, found, Author::Guide, None, Some(content)).await
}

/// Marks what a member wrote.
///
/// # Errors
/// When the store fails.
pub async fn mark_in(txn: &Txn, found: Found, line: MessageId) -> Result<()> {
    queries::note(txn, found, Author::Member, Some(line), None).await
}

/// The newest `count` lines by `author` before `before`: of all guides, or of some.
///
/// # Errors
/// When the store fails.
pub async fn hits(
    db: &impl ConnectionTrait,
    account: AccountId,
    guides: Option<&[GuideId]>,
    author: Author,
    before: Option<SensitiveHitId>,
    count: usize,
) -> Result<Vec<sensitive_hit::Model>> {
    let before = before.unwrap_or(SensitiveHitId(i64::MAX));
    let most = u64::try_from(count).unwrap_or(u64::MAX);
    let Some(guides) = guides else {
        return queries::hits(db, account, author, before, most).await;
    };
    let mut found = Vec::new();
    for guide in guides {
        found.extend(queries::hits_by(db, *guide, author, before, most).await?);
    }
    found.retain(|hit| hit.account_id == account);
    found.sort_unstable_by_key(|hit| std::cmp::Reverse(hit.id));
    found.truncate(count);
    Ok(found)
}

/// Forgets every line of a member's conversation in which words were found, and says how many.
///
/// # Errors
/// When the store fails.
pub async fn forget_member_in(txn: &Txn, member: MemberId) -> Result<u64> {
    queries::forget(txn, member).await
}

/// What was found in the lines of `from` belongs to `to` from now on, because they are one person; says which lines.
///
/// # Errors
/// When the store fails.
pub async fn take_along_in(txn: &Txn, from: MemberId, to: MemberId) -> Result<Vec<SensitiveHitId>> {
    queries::take_along(txn, from, to).await
}

/// Gives lines back that [`take_along_in`] named.
///
/// # Errors
/// When the store fails.
pub async fn give_in(txn: &Txn, ids: &[SensitiveHitId], to: MemberId) -> Result<()> {
    queries::give(txn, ids, to).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_two_letters_and_can_be_shown() {
        let word = |word: &str, category: &str| Word {
            word: word.to_owned(),
            category: category.to_owned(),
        };
        assert_eq!(check(&[]), Err(No::Empty));
        assert_eq!(
            check(&[word("返现", ""), word("返！", "")]),
            Err(No::Short(2))
        );
        assert_eq!(check(&[word(&"长".repeat(31), "")]), Err(No::Long(1)));
        assert_eq!(
            check(&[word("返现", &"长".repeat(21))]),
            Err(No::Category(1))
        );
        assert_eq!(check(&[word("返\u{7}现", "")]), Err(No::Unreadable(1)));
        assert_eq!(check(&[word("返现", "返利")]), Ok(()));
    }
}
