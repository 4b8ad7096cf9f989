//! Menus 自定义菜单: written at headquarters, published to WeChat, kept as versions; a tap on a key is answered with a text.

mod publish;
mod queries;
pub mod rules;

use daogou_schema::menu_version::{self, Model, State};
use daogou_schema::{AccountId, MenuVersionId, Timestamp};
use sea_orm::Set;
use serde_json::json;

use crate::accounts::{Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use rules::{Menus, Rule};

pub use publish::{Failed, Live, live, publish, tags};

/// How many versions are listed.
const LISTED: u64 = 30;
/// Random characters of a key that nobody chose.
const KEY_RANDOM: usize = 10;

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// There is no such version or menu.
    Missing,
    /// There is one for this tag already, or as many as there may be.
    Taken,
}

/// What is being written: the draft, else what was published last, else nothing yet. Says whether it is a draft.
///
/// # Errors
/// When the store fails.
pub async fn present(ctx: &Context, account: AccountId) -> Result<(Menus, bool)> {
    let db = ctx.db.reads();
    if let Some(draft) = queries::newest(db, account, State::Draft, 1).await?.first() {
        return Ok((Menus::read(&draft.content), true));
    }
    let last = queries::newest(db, account, State::Published, 1).await?;
    let menus = last.first().map(|row| Menus::read(&row.content));
    Ok((menus.unwrap_or_default(), false))
}

/// What was published, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn versions(ctx: &Context, account: AccountId) -> Result<Vec<Model>> {
    queries::newest(ctx.db.reads(), account, State::Published, LISTED).await
}

/// Keeps what is being written. Buttons that need a key and have none get one.
///
/// # Errors
/// When the store fails.
pub async fn save(ctx: &Context, account: &Account, menus: Menus, by: By) -> Result<()> {
    let mut menus = menus;
    let rules = menus.rules.iter_mut().map(|rule| &mut rule.menu);
    for menu in std::iter::once(&mut menus.usual).chain(rules) {
        for button in menu.iter_mut() {
            name_key(ctx, button);
            for sub in &mut button.subs {
                name_key(ctx, sub);
            }
        }
    }
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, menus.written(), now, by);
    ctx.db
        .write(args, |txn, (account, content, now, by)| {
            Box::pin(async move {
                queries::forget_draft(txn, *account).await?;
                keep(txn, *account, State::Draft, content, (*now, *by)).await?;
                note(txn, *account, (*now, *by), Act::SaveMenu, json!({})).await
            })
        })
        .await
}

fn name_key(ctx: &Context, button: &mut rules::Button) {
    if button.subs.is_empty() && button.kind.has_key() && button.key.is_empty() {
        button.key = format!("k-{}", ctx.chance.word(KEY_RANDOM));
    }
}

async fn keep(
    txn: &Txn,
    account: AccountId,
    state: State,
    content: &str,
    (now, by): (Timestamp, By),
) -> Result<MenuVersionId> {
    let row = menu_version::ActiveModel {
        account_id: Set(account),
        state: Set(state),
        content: Set(content.to_owned()),
        staff_id: Set(by.staff()),
        at: Set(now),
        ..Default::default()
    };
    queries::insert(txn, row).await
}

async fn note(
    txn: &Txn,
    account: AccountId,
    (now, by): (Timestamp, By),
    act: Act,
    after: serde_json::Value,
) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(account),
        act,
        subject: audit::subject("menu", account),
        before: None,
        after: Some(after),
    };
    audit::note_in(txn, now, entry).await
}

/// Throws away what is being written: what was published last is there again.
///
/// # Errors
/// When the store fails.
pub async fn discard(ctx: &Context, account: &Account, by: By) -> Result<()> {
    let args = (account.id, Timestamp::from(ctx.clock.now()), by);
    ctx.db
        .write(args, |txn, (account, now, by)| {
            Box::pin(async move {
                queries::forget_draft(txn, *account).await?;
                note(txn, *account, (*now, *by), Act::SaveMenu, json!({})).await
            })
        })
        .await
}

/// Begins a menu for followers with a tag; it begins as the usual one.
///
/// # Errors
/// When the store fails.
pub async fn add_rule(
    ctx: &Context,
    account: &Account,
    (tag, name): (i64, String),
    by: By,
) -> Result<Result<(), No>> {
    let (mut menus, _) = present(ctx, account.id).await?;
    if menus.of(Some(tag)).is_some() || menus.rules.len() >= rules::RULES_MAX {
        return Ok(Err(No::Taken));
    }
    let menu = menus.usual.clone();
    menus.rules.push(Rule { tag, name, menu });
    save(ctx, account, menus, by).await.map(Ok)
}

/// Takes the menu for a tag away.
///
/// # Errors
/// When the store fails.
pub async fn remove_rule(
    ctx: &Context,
    account: &Account,
    tag: i64,
    by: By,
) -> Result<Result<(), No>> {
    let (mut menus, _) = present(ctx, account.id).await?;
    if menus.of(Some(tag)).is_none() {
        return Ok(Err(No::Missing));
    }
    menus.rules.retain(|rule| rule.tag != tag);
    save(ctx, account, menus, by).await.map(Ok)
}

/// Makes an earlier version what is being written.
///
/// # Errors
/// When the store fails.
pub async fn restore(
    ctx: &Context,
    account: &Account,
    id: MenuVersionId,
    by: By,
) -> Result<Result<(), No>> {
    match queries::get(ctx.db.reads(), account.id, id).await? {
        None => Ok(Err(No::Missing)),
        Some(row) => save(ctx, account, Menus::read(&row.content), by)
            .await
            .map(Ok),
    }
}

/// What a tap on this key is answered with, if anything.
///
/// # Errors
/// When the store fails.
pub async fn answer_in(txn: &Txn, visit: &Visit, key: &str) -> Result<Option<String>> {
    queries::answer(txn, visit.account.id, key).await
}
