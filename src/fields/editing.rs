//! How headquarters says what it wants to know.

use std::collections::BTreeSet;

use daogou_schema::field::{self, Kind};
use daogou_schema::{AccountId, FieldId, Timestamp};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};

use super::queries;
use super::rules::{CHOICES_MAX, Field, is_name};
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// How many fields an account uses at the most: more are filled in by nobody.
pub const FIELDS_MAX: usize = 30;
/// How many there are, those that are archived too.
const ALL_MAX: usize = 100;

/// A field as somebody wants it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// What it is called.
    pub name: String,
    /// What can stand in it; it stays as it was made.
    pub kind: Kind,
    /// What can be chosen, in its order.
    pub choices: Vec<String>,
    /// Whether what stands in it is masked in lists.
    pub masked: bool,
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// It has no name, too long a one, or one that cannot be shown.
    Name,
    /// There is a field of this name, perhaps an archived one.
    Taken,
    /// There are [`FIELDS_MAX`] fields.
    Many,
    /// There is no choice, there are more than [`CHOICES_MAX`], or one cannot be called so.
    Choices,
    /// A choice is there twice.
    Twice,
    /// There is no such field.
    Missing,
}

impl Draft {
    fn check(&self) -> Result<(), No> {
        if !is_name(&self.name) {
            return Err(No::Name);
        }
        if self.kind != Kind::Choice {
            return Ok(());
        }
        let count = (1..=CHOICES_MAX).contains(&self.choices.len());
        if !count || !self.choices.iter().all(|word| is_name(word)) {
            return Err(No::Choices);
        }
        let different: BTreeSet<_> = self.choices.iter().collect();
        match different.len() == self.choices.len() {
            true => Ok(()),
            false => Err(No::Twice),
        }
    }
}

struct Change {
    account: AccountId,
    /// None for a new one.
    id: Option<FieldId>,
    draft: Draft,
    by: By,
    now: Timestamp,
}

/// Adds a field behind the others.
///
/// # Errors
/// When the store fails.
pub async fn add(ctx: &Context, account: &Account, draft: Draft, by: By) -> Result<Result<(), No>> {
    save(ctx, account, None, draft, by).await
}

/// Changes a field; a choice that is not named any more stays with whoever has it.
///
/// # Errors
/// When the store fails.
pub async fn change(
    ctx: &Context,
    account: &Account,
    id: FieldId,
    draft: Draft,
    by: By,
) -> Result<Result<(), No>> {
    save(ctx, account, Some(id), draft, by).await
}

async fn save(
    ctx: &Context,
    account: &Account,
    id: Option<FieldId>,
    draft: Draft,
    by: By,
) -> Result<Result<(), No>> {
    let args = Change {
        account: account.id,
        id,
        draft,
        by,
        now: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write(args, |txn, args| Box::pin(save_in(txn, args)))
        .await
}

async fn save_in(txn: &Txn, args: &Change) -> Result<Result<(), No>> {
    let all = queries::list(txn.conn(), args.account).await?;
    let same = all.iter().find(|field| Some(field.row.id) == args.id);
    let mut draft = args.draft.clone();
    match (args.id, same) {
        (Some(_), None) => return Ok(Err(No::Missing)),
        (Some(_), Some(field)) => draft.kind = field.row.kind,
        (None, _) if is_full(&all) => return Ok(Err(No::Many)),
        (None, _) => {}
    }
    if let Err(no) = draft.check() {
        return Ok(Err(no));
    }
    let others = all.iter().filter(|field| Some(field.row.id) != args.id);
    if others
        .map(|field| &field.row.name)
        .any(|name| *name == draft.name)
    {
        return Ok(Err(No::Taken));
    }
    let last = all.iter().map(|field| field.row.place).max().unwrap_or(0);
    let row = queries::save(txn, args.account, args.id, &draft, last + 1, args.now).await?;
    if draft.kind == Kind::Choice {
        let present = same.map_or(&[][..], |field| field.choices.as_slice());
        queries::save_choices(txn, row, present, &draft.choices, args.now).await?;
    }
    let told = |name: &str, kind: Kind, masked: bool, choices: Vec<&str>| json!({ "name": name, "kind": kind.to_value(), "masked": masked, "choices": choices });
    let before = same.map(|field| {
        let choices = field.open_choices().map(|it| it.word.as_str()).collect();
        told(&field.row.name, field.row.kind, field.row.masked, choices)
    });
    let choices = draft.choices.iter().map(String::as_str).collect();
    let after = told(&draft.name, draft.kind, draft.masked, choices);
    note(
        txn,
        args.account,
        row,
        (before, Some(after)),
        args.by,
        args.now,
    )
    .await?;
    Ok(Ok(()))
}

fn is_full(all: &[Field]) -> bool {
    let used = all.iter().filter(|field| field.is_in_use()).count();
    used >= FIELDS_MAX || all.len() >= ALL_MAX
}

async fn note(
    txn: &Txn,
    account: AccountId,
    id: FieldId,
    (before, after): (Option<Value>, Option<Value>),
    by: By,
    now: Timestamp,
) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(account),
        act: Act::ChangeField,
        subject: audit::subject("field", id),
        before,
        after,
    };
    audit::note_in(txn, now, entry).await
}

/// Nobody sees a field any more, or again; what stands in it stays.
///
/// # Errors
/// When the store fails.
pub async fn archive(
    ctx: &Context,
    account: &Account,
    id: FieldId,
    away: bool,
    by: By,
) -> Result<Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, id, away, by, now);
    ctx.db
        .write(args, |txn, (account, id, away, by, now)| {
            Box::pin(archive_in(txn, *account, *id, *away, *by, *now))
        })
        .await
}

async fn archive_in(
    txn: &Txn,
    account: AccountId,
    id: FieldId,
    away: bool,
    by: By,
    now: Timestamp,
) -> Result<Result<(), No>> {
    let all = queries::list(txn.conn(), account).await?;
    let Some(field) = all.iter().find(|field| field.row.id == id) else {
        return Ok(Err(No::Missing));
    };
    if field.is_in_use() != away {
        return Ok(Ok(()));
    }
    let used = all.iter().filter(|field| field.is_in_use()).count();
    if !away && used >= FIELDS_MAX {
        return Ok(Err(No::Many));
    }
    let at = Some(now).filter(|_| away);
    let row = field::ActiveModel {
        archived_at: sea_orm::Set(at),
        ..Default::default()
    };
    queries::update(txn, id, row).await?;
    let told = |archived: bool| Some(json!({ "archived": archived }));
    note(txn, account, id, (told(!away), told(away)), by, now).await?;
    Ok(Ok(()))
}

/// A field and the one before it change places; the first one stays.
///
/// # Errors
/// When the store fails.
pub async fn move_up(
    ctx: &Context,
    account: &Account,
    id: FieldId,
    by: By,
) -> Result<Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, id, by, now);
    ctx.db
        .write(args, |txn, (account, id, by, now)| {
            Box::pin(move_up_in(txn, *account, *id, *by, *now))
        })
        .await
}

async fn move_up_in(
    txn: &Txn,
    account: AccountId,
    id: FieldId,
    by: By,
    now: Timestamp,
) -> Result<Result<(), No>> {
    let mut used = queries::list(txn.conn(), account).await?;
    used.retain(Field::is_in_use);
    let Some(at) = used.iter().position(|field| field.row.id == id) else {
        return Ok(Err(No::Missing));
    };
    let before = at.checked_sub(1).and_then(|before| used.get(before));
    let (Some(one), Some(other)) = (used.get(at), before) else {
        return Ok(Ok(()));
    };
    for (field, place) in [(one, other.row.place), (other, one.row.place)] {
        let row = field::ActiveModel {
            place: sea_orm::Set(place),
            ..Default::default()
        };
        queries::update(txn, field.row.id, row).await?;
    }
    let told = |place: i32| Some(json!({ "place": place }));
    let change = (told(one.row.place), told(other.row.place));
    note(txn, account, id, change, by, now).await?;
    Ok(Ok(()))
}
