//! Changing accounts from the console. No secret goes into the audit log: it says that one was replaced, not by what.

use daogou_schema::{AccountId, Timestamp, account};
use daogou_wechat::Mode;
use sea_orm::Set;
use serde_json::{Value, json};

use super::{Account, get, is_in_settings, place, queries, rules, sealed};
use crate::audit::{self, Act, By, Entry};
use crate::config::{AccountSettings, Secret};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::vault::Vault;

/// What is agreed with WeChat about the callback.
#[derive(Clone)]
pub struct Keys {
    /// Token of the callback.
    pub token: Secret,
    /// EncodingAESKey; none in plain mode.
    pub aes_key: Option<Secret>,
    /// How pushes are protected.
    pub mode: Mode,
}

/// What WeChat allows in a token and a key.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const TOKEN_LENGTH: usize = 32;
const AES_KEY_LENGTH: usize = 43;

impl Keys {
    /// New ones that nobody knows yet.
    pub fn draw(ctx: &Context, mode: Mode) -> Self {
        let word = |length: usize| {
            let letter = || {
                let at = usize::try_from(ctx.chance.below(LETTERS.len() as u64)).unwrap_or(0);
                LETTERS.get(at).copied().map_or('a', char::from)
            };
            Secret::new((0..length).map(|_| letter()).collect::<String>())
        };
        Self {
            token: word(TOKEN_LENGTH),
            aes_key: (mode != Mode::Plain).then(|| word(AES_KEY_LENGTH)),
            mode,
        }
    }
}

/// Adds an account; it serves at once, on every node.
///
/// # Errors
/// [`Error::Taken`] when it is there already; when the name will not do, or the store fails.
pub async fn add(
    ctx: &Context,
    name: &str,
    settings: &AccountSettings,
    by: By,
) -> Result<AccountId> {
    let name = name.trim().to_owned();
    if let Some(wrong) = rules::wrong_name(&name) {
        return Err(Error::Invalid(wrong.into()));
    }
    let row = sealed(ctx.vault()?, settings)?;
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((name, row, by, now), |txn, (name, row, by, now)| {
            Box::pin(async move {
                let id = queries::insert(txn, name, row, *now).await?;
                let after =
                    json!({ "appid": row.appid, "name": name, "kind": row.kind, "mode": row.mode });
                note(txn, *now, *by, Act::AddAccount, id, (None, Some(after))).await?;
                Ok(id)
            })
        })
        .await
}

/// Gives an account another name.
///
/// # Errors
/// When the name will not do, the account does not exist, or the store fails.
pub async fn rename(ctx: &Context, id: AccountId, name: &str, by: By) -> Result<()> {
    let name = name.trim().to_owned();
    if let Some(wrong) = rules::wrong_name(&name) {
        return Err(Error::Invalid(wrong.into()));
    }
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((id, name, by, now), |txn, (id, name, by, now)| {
            Box::pin(async move {
                let before = stored(txn, *id).await?;
                if before.name.as_ref() == Some(name) {
                    return Ok(());
                }
                let row = account::ActiveModel {
                    name: Set(Some(name.clone())),
                    ..Default::default()
                };
                queries::update(txn, *id, row, *now).await?;
                let (before, after) = (json!({ "name": before.name }), json!({ "name": name }));
                let said = (Some(before), Some(after));
                note(txn, *now, *by, Act::ChangeAccount, *id, said).await
            })
        })
        .await
}

/// Takes another AppSecret from now on.
///
/// # Errors
/// When the environment describes the account, it does not exist, or the store fails.
pub async fn replace_secret(ctx: &Context, id: AccountId, secret: &Secret, by: By) -> Result<()> {
    let account = changeable(ctx, id).await?;
    let place = place("secret", &account.appid);
    let secret = ctx.vault()?.seal(&place, secret.expose())?;
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((id, secret, by, now), |txn, (id, secret, by, now)| {
            Box::pin(async move {
                let row = account::ActiveModel {
                    secret: Set(secret.clone()),
                    ..Default::default()
                };
                queries::update(txn, *id, row, *now).await?;
                let said = (None, Some(json!({ "secret": "replaced" })));
                note(txn, *now, *by, Act::ChangeAccount, *id, said).await
            })
        })
        .await
}

/// Agrees on another token, key and mode. With `keep`, the token and the key before are accepted for a while too, so that
/// nothing is lost until WeChat is changed over; without, at once no longer: they are known to somebody. A change during
/// that while keeps what WeChat has by then.
///
/// # Errors
/// As [`replace_secret`]; with `keep` when a mode that is clear becomes one that encrypts or the other way: the other form
/// would be lost until WeChat is changed over.
pub async fn change_keys(
    ctx: &Context,
    id: AccountId,
    keys: Keys,
    keep: bool,
    by: By,
) -> Result<()> {
    changeable(ctx, id).await?;
    let vault = ctx.vault()?.clone();
    let now = Timestamp::from(ctx.clock.now());
    let args = (id, vault, keys, keep, by, now);
    ctx.db
        .write(args, |txn, (id, vault, keys, keep, by, now)| {
            Box::pin(async move {
                let before = stored(txn, *id).await?;
                let mode = super::mode_of(&before)?;
                if let Some(wrong) = rules::wrong_change(mode, keys.mode, *keep) {
                    return Err(Error::Invalid(wrong.into()));
                }
                let said = (
                    Some(json!({ "mode": before.mode })),
                    Some(json!({
                        "mode": keys.mode.to_string(),
                        "token": "replaced",
                        "aes_key": keys.aes_key.as_ref().map(|_| "replaced"),
                        "previous": if *keep { "accepted" } else { "refused" },
                    })),
                );
                let keep = match *keep {
                    true => Some(at_wechat(txn, &before, *now).await?),
                    false => None,
                };
                let row = changed(vault, &before, keys, keep, *now)?;
                queries::update(txn, *id, row, *now).await?;
                note(txn, *now, *by, Act::ChangeAccount, *id, said).await
            })
        })
        .await
}

/// Which token and key WeChat has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pair {
    Current,
    /// A change is under way, and WeChat is not changed over.
    Previous,
}

async fn at_wechat(txn: &Txn, row: &account::Model, now: Timestamp) -> Result<Pair> {
    let (true, Some(until)) = (
        super::present(row.clone(), now).token_previous.is_some(),
        row.previous_until,
    ) else {
        return Ok(Pair::Current);
    };
    let changed_at = until - rules::PREVIOUS_LASTS;
    Ok(
        match queries::is_changed_over(txn, row.id, changed_at).await? {
            true => Pair::Current,
            false => Pair::Previous,
        },
    )
}

/// The columns of an account whose keys change; `keep` is what is accepted beside the new ones.
fn changed(
    vault: &Vault,
    before: &account::Model,
    keys: &Keys,
    keep: Option<Pair>,
    now: Timestamp,
) -> Result<account::ActiveModel> {
    let place = |column: &str| place(column, &before.appid);
    let seal = |column: &str, secret: &Secret| vault.seal(&place(column), secret.expose());
    let move_to = |column: &str, from: &str, sealed: &Vec<u8>| -> Result<Vec<u8>> {
        seal(column, &vault.open(&place(from), sealed)?)
    };
    let mut row = account::ActiveModel {
        mode: Set(keys.mode.to_string()),
        token: Set(seal("token", &keys.token)?),
        aes_key: Set(keys
            .aes_key
            .as_ref()
            .map(|key| seal("aes_key", key))
            .transpose()?),
        ..Default::default()
    };
    let Some(keep) = keep else {
        row.token_previous = Set(None);
        row.aes_key_previous = Set(None);
        row.previous_until = Set(None);
        return Ok(row);
    };
    row.previous_until = Set(Some(now + rules::PREVIOUS_LASTS));
    if keep == Pair::Current {
        let token = move_to("token_previous", "token", &before.token)?;
        let key = before.aes_key.as_ref();
        let key = key.map(|key| move_to("aes_key_previous", "aes_key", key));
        row.token_previous = Set(Some(token));
        row.aes_key_previous = Set(key.transpose()?);
    }
    Ok(row)
}

/// WeChat is changed over: the token and the key before are not accepted any more.
///
/// # Errors
/// As [`replace_secret`].
pub async fn forget_previous(ctx: &Context, id: AccountId, by: By) -> Result<()> {
    changeable(ctx, id).await?;
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((id, by, now), |txn, (id, by, now)| {
            Box::pin(async move {
                let before = stored(txn, *id).await?;
                if before.token_previous.is_none() && before.aes_key_previous.is_none() {
                    return Ok(());
                }
                let row = account::ActiveModel {
                    token_previous: Set(None),
                    aes_key_previous: Set(None),
                    previous_until: Set(None),
                    ..Default::default()
                };
                queries::update(txn, *id, row, *now).await?;
                let said = (None, Some(json!({ "previous": "refused" })));
                note(txn, *now, *by, Act::ChangeAccount, *id, said).await
            })
        })
        .await
}

/// An account whose secrets may be changed here: at the next start the environment would take the change back.
async fn changeable(ctx: &Context, id: AccountId) -> Result<std::sync::Arc<Account>> {
    let account = get(ctx, id).await?;
    match is_in_settings(ctx, &account) {
        true => Err(Error::Refused(
            "这个账号由服务器的 .env 设置，请在那里修改后重启".into(),
        )),
        false => Ok(account),
    }
}

async fn stored(txn: &Txn, id: AccountId) -> Result<account::Model> {
    let row = queries::get_in(txn, id).await?;
    row.ok_or_else(|| Error::NotFound(format!("account {id} does not exist")))
}

async fn note(
    txn: &Txn,
    now: Timestamp,
    by: By,
    act: Act,
    id: AccountId,
    (before, after): (Option<Value>, Option<Value>),
) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(id),
        act,
        subject: audit::subject("account", id),
        before,
        after,
    };
    audit::note_in(txn, now, entry).await
}
