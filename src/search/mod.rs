//! Search 搜索: what was said, found by its words, as far as the reader may look. A worker reads the lines after they were
//! written, so that no push waits for it, and notes where which letters stand beside each other. On the way it marks what
//! members wrote with sensitive words.

mod queries;
mod rules;

use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::message::Author;
use daogou_schema::{GuideId, MessageId, Timestamp, message};

use crate::bindings::pool::{self, Row, Scope};
use crate::context::Context;
use crate::conversations;
use crate::db::Txn;
use crate::error::Result;
use crate::letters::{places, plain};
use crate::sensitive::{self, Found, Shelf};
use rules::{Asked, Pair};

/// A line is read this long after it was written: ids are not given in the order of commits, and by then every unit that
/// wrote an older one has ended.
pub const SETTLES_AFTER: TimeDelta = TimeDelta::seconds(15);
/// How many lines one unit reads: some milliseconds, so that pushes need not wait for it.
const PIECE: u64 = 64;
/// How many units one round, which is a second, does at the most: so much as a brand of ten million lines a day writes, and
/// a few hundredths of what the writer can do, also when years of lines are read for the first time.
const ROUND: usize = 10;
/// How many rows of each pair are looked at to choose the rarest.
const SAMPLE: u64 = 1000;
/// How many lines are looked at together.
const TOGETHER: usize = 64;
/// After so many lines a page ends although it is not full: some tens of milliseconds.
pub const LOOKED_AT_MAX: usize = 6400;

/// Reads what was written since the last time.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn follow(ctx: &Context) -> Result<()> {
    let until = Timestamp::from(ctx.clock.now()) - SETTLES_AFTER;
    for _ in 0..ROUND {
        let upto = queries::upto(ctx.db.reads()).await?;
        let next = queries::behind(ctx.db.reads(), upto, 1).await?;
        if next.iter().all(|line| line.at > until) {
            break;
        }
        ctx.db
            .write((until, ctx.kept::<Shelf>()), |txn, (until, shelf)| {
                Box::pin(follow_in(txn, *until, shelf))
            })
            .await?;
    }
    Ok(())
}

async fn follow_in(txn: &Txn, until: Timestamp, shelf: &Arc<Shelf>) -> Result<()> {
    let upto = queries::head(txn).await?;
    let lines = queries::behind_locked(txn, upto, PIECE).await?;
    let lines: Vec<_> = lines.iter().take_while(|line| line.at <= until).collect();
    let Some(last) = lines.last() else {
        return Ok(());
    };
    let mut entries = Vec::new();
    for line in &lines {
        let text = conversations::spoken(&line.content);
        entries.extend(rules::entries(line.account_id, line.id, &text));
        if line.author == Author::Member {
            mark(txn, line, &text, shelf).await?;
        }
    }
    queries::insert(txn, entries).await?;
    queries::move_head(txn, last.id).await
}

async fn mark(txn: &Txn, line: &message::Model, text: &str, shelf: &Shelf) -> Result<()> {
    let Some(words) = shelf.find(line.account_id, text) else {
        return Ok(());
    };
    let found = Found {
        account: line.account_id,
        member: line.member_id,
        guide: line.guide_id,
        words,
        at: line.at,
    };
    sensitive::mark_in(txn, found, line.id).await
}

/// Forgets where the letters of these lines stand. After the lines themselves: whoever reads them just then has ended.
///
/// # Errors
/// When the store fails.
pub async fn forget_in(txn: &Txn, lines: &[message::Model]) -> Result<()> {
    for line in lines {
        let text = conversations::spoken(&line.content);
        queries::remove(txn, rules::entries(line.account_id, line.id, &text)).await?;
    }
    Ok(())
}

/// A line that was looked for.
#[derive(Clone, Debug)]
pub struct Hit {
    /// Whose conversation.
    pub row: Row,
    /// The line.
    pub line: MessageId,
    /// When.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: Author,
    /// The guide who wrote it, or to whom it was relayed.
    pub guide: Option<GuideId>,
    /// What it says, letter by letter.
    pub text: Vec<char>,
    /// The letters that were looked for: from, and up to.
    pub marks: Vec<(usize, usize)>,
}

/// A page of lines.
#[derive(Debug)]
pub struct Page {
    /// The newest first.
    pub hits: Vec<Hit>,
    /// Before which line it goes on.
    pub next: Option<MessageId>,
}

/// A page of `count` lines before `before` that have every word of the question; or fewer when so many had to be looked at
/// that somebody would be kept waiting: then it goes on from there. None when the question has no two letters side by
/// side, or is too long.
///
/// # Errors
/// When the store fails.
pub async fn find(
    ctx: &Context,
    scope: Scope,
    question: &str,
    before: Option<MessageId>,
    count: usize,
) -> Result<Option<Page>> {
    let Some(asked) = rules::asked(scope.account, question) else {
        return Ok(None);
    };
    let Some(pair) = rarest(ctx, &asked, before).await? else {
        return Ok(None);
    };
    let (mut hits, mut place, mut looked_at) = (Vec::new(), before, 0);
    let next = 'page: loop {
        let most = u64::try_from(TOGETHER).unwrap_or(u64::MAX);
        let ids = queries::lines_with(ctx.db.reads(), pair, place, most).await?;
        let ended = ids.len() < TOGETHER;
        looked_at += ids.len();
        for hit in fitting(ctx, &scope, &asked, &ids).await? {
            if hits.len() == count {
                break 'page place;
            }
            place = Some(hit.line);
            hits.push(hit);
        }
        place = ids.last().copied().or(place);
        match ended {
            true => break None,
            false if looked_at >= LOOKED_AT_MAX => break place,
            false => {}
        }
    };
    Ok(Some(Page { hits, next }))
}

/// The pair along which fewest lines have to be looked at.
async fn rarest(ctx: &Context, asked: &Asked, before: Option<MessageId>) -> Result<Option<Pair>> {
    if let [only] = asked.pairs[..] {
        return Ok(Some(only));
    }
    let mut best = None;
    for pair in &asked.pairs {
        let lines = queries::lines_with(ctx.db.reads(), *pair, before, SAMPLE).await?;
        let full = u64::try_from(lines.len()).unwrap_or(u64::MAX) >= SAMPLE;
        // Of two that are often, the one whose sample reaches farther back.
        let reach = lines.last().filter(|_| full).map(|line| line.0);
        let often = (full, reach.unwrap_or_default(), lines.len());
        if best.is_none_or(|(_, least)| often < least) {
            best = Some((*pair, often));
        }
    }
    Ok(best.map(|(pair, _)| pair))
}

/// Those of the lines that are in the scope and say every word.
async fn fitting(
    ctx: &Context,
    scope: &Scope,
    asked: &Asked,
    ids: &[MessageId],
) -> Result<Vec<Hit>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let lines = queries::lines(ctx.db.reads(), scope, ids).await?;
    let said: Vec<_> = lines
        .iter()
        .filter_map(|line| {
            let text: Vec<char> = conversations::spoken(&line.content).chars().collect();
            let marks = marks(&text, &asked.words)?;
            Some((line, text, marks))
        })
        .collect();
    let members: Vec<_> = said.iter().map(|(line, ..)| line.member_id).collect();
    let rows = pool::those(ctx, scope.clone(), &members).await?;
    let hit = |(line, text, marks): (&message::Model, Vec<char>, Vec<(usize, usize)>)| {
        let row = rows.iter().find(|row| row.member.id == line.member_id)?;
        Some(Hit {
            row: row.clone(),
            line: line.id,
            at: line.at,
            author: line.author,
            guide: line.guide_id,
            text,
            marks,
        })
    };
    Ok(said.into_iter().filter_map(hit).collect())
}

/// Where the words stand; none when one of them does not.
fn marks(text: &[char], words: &[Vec<char>]) -> Option<Vec<(usize, usize)>> {
    let text: Vec<char> = text.iter().copied().map(plain).collect();
    let mut all = Vec::new();
    for word in words {
        let found = places(&text, word);
        if found.is_empty() {
            return None;
        }
        all.extend(found.into_iter().map(|at| (at, at + word.len())));
    }
    all.sort_unstable();
    // What overlaps is one.
    let mut joined: Vec<(usize, usize)> = Vec::new();
    for (from, to) in all {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    Some(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_must_stand_there_and_what_overlaps_is_one_mark() {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let words = |words: &[&str]| words.iter().map(|w| chars(w)).collect::<Vec<_>>();
        let text = chars("羽绒服ＶＩＰ价");
        assert_eq!(marks(&text, &words(&["羽绒", "绒服"])), Some(vec![(0, 3)]));
        assert_eq!(
            marks(&text, &words(&["vip", "羽绒"])),
            Some(vec![(0, 2), (3, 6)])
        );
        assert_eq!(marks(&text, &words(&["羽绒", "毛衣"])), None);
    }
}
