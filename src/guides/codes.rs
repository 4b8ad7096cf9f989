//! Scene codes 场景码: made by WeChat, kept here.

use std::collections::HashMap;

use chrono::TimeDelta;
use daogou_schema::code::{self, Purpose};
use daogou_schema::{AccountId, CodeId, GuideId, StoreId, Timestamp, guide, store};
use daogou_wechat::{CallError, NewQr};
use sea_orm::Set;
use serde_json::json;

use super::queries::{self, NewGuide};
use crate::accounts::{self, Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};

/// As long as WeChat lets a temporary code live: 30 days. (WeChat: parametric QR codes.)
const TEMPORARY_LIFETIME: TimeDelta = TimeDelta::days(30);
/// Random characters behind the prefix: unguessable enough that nobody links a stranger's phone by trying.
const SCENE_RANDOM: usize = 16;

/// A code as people get it.
#[derive(Clone, Debug)]
pub struct Code {
    /// What the push will carry.
    pub scene: String,
    /// WeChat's ticket, for the official image.
    pub ticket: String,
    /// What the picture encodes.
    pub url: String,
    /// When it ends; none for permanent ones.
    pub expires_at: Option<Timestamp>,
}

impl From<code::Model> for Code {
    fn from(row: code::Model) -> Self {
        Self {
            scene: row.scene,
            ticket: row.ticket,
            url: row.url,
            expires_at: row.expires_at,
        }
    }
}

pub(super) enum Wanted {
    Permanent {
        prefix: &'static str,
    },
    Link,
    /// For as long as WeChat lets it live: a new one, or another one that carries the same scene.
    Campaign {
        scene: Option<String>,
    },
}

/// Asks WeChat for a code.
pub(super) async fn create(ctx: &Context, account: &Account, wanted: Wanted) -> Result<Code> {
    let new = |prefix: &str| format!("{prefix}{}", ctx.chance.word(SCENE_RANDOM));
    let (scene, lifetime) = match wanted {
        Wanted::Permanent { prefix } => (new(prefix), None),
        Wanted::Link => (new("l"), Some(TEMPORARY_LIFETIME)),
        Wanted::Campaign { scene } => (scene.unwrap_or_else(|| new("c")), Some(TEMPORARY_LIFETIME)),
    };
    let wanted = match lifetime {
        Some(lifetime) => NewQr::Temporary {
            scene: scene.clone(),
            expire_seconds: lifetime.num_seconds(),
        },
        None => NewQr::Permanent {
            scene: scene.clone(),
        },
    };
    let made = accounts::call(ctx, account, |token| create_qr(ctx, token, &wanted)).await;
    let made = made.map_err(refused)?;
    let expires_at = lifetime.map(|lifetime| Timestamp::from(ctx.clock.now()) + lifetime);
    Ok(Code {
        scene,
        ticket: made.ticket,
        url: made.url,
        expires_at,
    })
}

async fn create_qr(
    ctx: &Context,
    token: String,
    wanted: &NewQr,
) -> Result<daogou_wechat::Qr, CallError> {
    ctx.wechat.create_qr(&token, wanted).await
}

fn refused(error: CallError) -> Error {
    Error::Upstream(format!("WeChat did not make the code: {error}"))
}

pub(super) fn row(account: AccountId, code: &Code, now: Timestamp) -> code::ActiveModel {
    code::ActiveModel {
        account_id: Set(account),
        scene: Set(code.scene.clone()),
        ticket: Set(code.ticket.clone()),
        url: Set(code.url.clone()),
        created_at: Set(now),
        expires_at: Set(code.expires_at),
        ..Default::default()
    }
}

/// A guide that was added, with both codes.
pub struct Added {
    /// The guide.
    pub guide: guide::Model,
    /// What consumers scan.
    pub code: Code,
    /// What the guide scans, once, to link the own WeChat.
    pub link: Code,
}

/// Adds a guide: asks WeChat for both codes first, so that a refusal leaves no half guide.
///
/// # Errors
/// When the name is empty or taken in the store, or WeChat refuses.
pub async fn add(
    ctx: &Context,
    account: &Account,
    store: &store::Model,
    name: &str,
    welcome: Option<&str>,
    by: By,
) -> Result<Added> {
    let name = super::stores::check_name(name)?;
    if let Some(text) = welcome {
        ctx.texts
            .check(text)
            .map_err(|e| Error::Invalid(format!("the welcome text: {e}")))?;
    }
    let same = super::by_name(ctx.db.reads(), account.id, &name).await?;
    if same
        .iter()
        .any(|g| g.store_id == store.id && g.left_at.is_none())
    {
        return Err(Error::Refused(format!(
            "there is a guide named {name} in {} already",
            store.name
        )));
    }
    let code = create(ctx, account, Wanted::Permanent { prefix: "g" }).await?;
    let link = create(ctx, account, Wanted::Link).await?;
    let new = NewGuide {
        account_id: account.id,
        store_id: store.id,
        name,
        welcome: welcome.map(str::to_owned),
        speciality: None,
    };
    let args = (
        new,
        code.clone(),
        link.clone(),
        Timestamp::from(ctx.clock.now()),
        by,
    );
    let guide = ctx
        .db
        .write(args, |txn, (new, code, link, now, by)| {
            Box::pin(add_in(txn, new, code, link, *now, *by))
        })
        .await?;
    Ok(Added { guide, code, link })
}

async fn add_in(
    txn: &Txn,
    new: &NewGuide,
    code: &Code,
    link: &Code,
    now: Timestamp,
    by: By,
) -> Result<guide::Model> {
    let guide = insert_in(txn, new, code, link, now).await?;
    let entry = Entry {
        by,
        account: Some(new.account_id),
        act: Act::AddGuide,
        subject: audit::subject("guide", guide.id),
        before: None,
        after: Some(json!({ "name": guide.name, "store": guide.store_id })),
    };
    audit::note_in(txn, now, entry).await?;
    Ok(guide)
}

/// A guide with both codes.
pub(super) async fn insert_in(
    txn: &Txn,
    new: &NewGuide,
    code: &Code,
    link: &Code,
    now: Timestamp,
) -> Result<guide::Model> {
    // It may have closed while WeChat made the codes.
    let store = queries::store_in(txn, new.store_id).await?;
    if store.is_none_or(|store| store.closed_at.is_some()) {
        return Err(Error::Invalid("the store has closed".into()));
    }
    let guide = queries::insert(txn, new, now).await?;
    for (purpose, made) in [(Purpose::Guide, code), (Purpose::Link, link)] {
        let row = code::ActiveModel {
            purpose: Set(purpose),
            guide_id: Set(Some(guide.id)),
            ..row(new.account_id, made, now)
        };
        queries::insert_code(txn, row).await?;
    }
    Ok(guide)
}

/// A new link code for a guide: the old one was used, lost or has expired.
///
/// # Errors
/// When WeChat refuses.
pub async fn new_link(
    ctx: &Context,
    account: &Account,
    guide: &guide::Model,
    by: By,
) -> Result<Code> {
    let now = Timestamp::from(ctx.clock.now());
    let link = create(ctx, account, Wanted::Link).await?;
    let row = code::ActiveModel {
        purpose: Set(Purpose::Link),
        guide_id: Set(Some(guide.id)),
        ..row(account.id, &link, now)
    };
    let entry = Entry {
        by,
        account: Some(account.id),
        act: Act::NewLinkCode,
        subject: audit::subject("guide", guide.id),
        before: None,
        after: None,
    };
    ctx.db
        .write((row, entry, now), |txn, (row, entry, now)| {
            Box::pin(async move {
                queries::insert_code(txn, row.clone()).await?;
                audit::note_in(txn, *now, entry.clone()).await
            })
        })
        .await?;
    Ok(link)
}

/// The newest code of a guide for `purpose`.
///
/// # Errors
/// When the store fails or there is none.
pub async fn code_of(
    ctx: &Context,
    account: AccountId,
    guide: GuideId,
    purpose: Purpose,
) -> Result<Code> {
    let rows = queries::guide_codes(ctx.db.reads(), account, guide).await?;
    let found = rows
        .into_iter()
        .find(|row| row.purpose == purpose)
        .map(Code::from);
    found.ok_or_else(|| Error::NotFound(format!("guide {guide} has no such code")))
}

/// The code that consumers scan.
///
/// # Errors
/// As [`code_of`].
pub async fn guide_code(ctx: &Context, account: AccountId, guide: GuideId) -> Result<Code> {
    code_of(ctx, account, guide, Purpose::Guide).await
}

/// The codes that consumers scan, of many guides at once.
///
/// # Errors
/// When the store fails.
pub async fn guides_codes(
    ctx: &Context,
    account: AccountId,
    guides: &[GuideId],
) -> Result<HashMap<GuideId, Code>> {
    let rows = consumer_codes(ctx, account, guides, &[]).await?;
    // The newest comes last and stays.
    let of = |row: code::Model| Some((row.guide_id?, Code::from(row)));
    Ok(rows.into_iter().filter_map(of).collect())
}

/// What consumers scan: the codes of these guides and stores, the oldest first.
///
/// # Errors
/// When the store fails.
pub async fn consumer_codes(
    ctx: &Context,
    account: AccountId,
    guides: &[GuideId],
    stores: &[StoreId],
) -> Result<Vec<code::Model>> {
    let db = ctx.db.reads();
    let mut codes = queries::codes_of_guides(db, guides).await?;
    codes.extend(queries::codes_of_stores(db, stores).await?);
    codes.retain(|code| code.account_id == account);
    codes.sort_unstable_by_key(|code| code.id);
    Ok(codes)
}

/// The code with this id, if it is the account's and consumers scan it.
///
/// # Errors
/// When the store fails.
pub async fn consumer_code(
    ctx: &Context,
    account: AccountId,
    id: CodeId,
) -> Result<Option<code::Model>> {
    let found = queries::code_by_id(ctx.db.reads(), account, id).await?;
    Ok(found.filter(|code| code.purpose != Purpose::Link))
}

/// The code by which a guide may still link the own WeChat.
///
/// # Errors
/// When the store fails.
pub async fn open_link(ctx: &Context, account: AccountId, guide: GuideId) -> Result<Option<Code>> {
    let now = Timestamp::from(ctx.clock.now());
    let rows = queries::guide_codes(ctx.db.reads(), account, guide).await?;
    let open = |row: &code::Model| {
        row.purpose == Purpose::Link
            && row.used_at.is_none()
            && row.expires_at.is_some_and(|end| end > now)
    };
    Ok(rows.into_iter().find(open).map(Code::from))
}

/// The code that a push names. A mini-program has no parametric codes: there the scene of any account's code counts.
///
/// # Errors
/// When the store fails.
pub async fn resolve_in(txn: &Txn, visit: &Visit, scene: &str) -> Result<Option<code::Model>> {
    match visit.account.kind {
        daogou_wechat::Kind::Service => queries::code_by_scene(txn, visit.account.id, scene).await,
        daogou_wechat::Kind::MiniProgram => queries::code_anywhere(txn, scene).await,
    }
}
