//! Campaigns 活动: a temporary code that many guides share for a time, renewed by itself before WeChat lets it go out.

pub mod rules;

use daogou_schema::code::{self, Purpose};
use daogou_schema::{AccountId, CodeId, GuideId, StoreId, Timestamp, campaign, guide};
use sea_orm::Set;
use serde_json::json;

use super::codes::{self, Code, Wanted};
use super::{is_available, list_stores, next_of_store_in, on_duty_in_store_in, queries};
use crate::accounts::{self, Account, Visit};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::texts::WelcomeFault;
use chrono::TimeDelta;
use rules::{Phase, Takers};

/// How many stores and guides one campaign names: their ids fit the store.
pub const TAKERS_MAX: usize = 200;
/// The longest campaign.
const DAYS_MAX: i64 = 366;
/// How long to wait when WeChat did not make the next code.
const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(10);

/// What headquarters says about a campaign.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// From when.
    pub starts_at: Timestamp,
    /// Until when.
    pub ends_at: Timestamp,
    /// Who takes the new customers.
    pub takers: Takers,
    /// What they read first.
    pub welcome: Option<String>,
}

/// What is wrong with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The name is empty, too long or cannot be shown.
    Name,
    /// It ends before it begins, or has ended already.
    Until,
    /// It is longer than a year.
    Long,
    /// Nobody takes the customers.
    Nobody,
    /// More than [`TAKERS_MAX`], or somebody who is not there.
    Takers,
    /// The first words.
    Welcome(WelcomeFault),
}

/// Looks at a plan before anything is asked of WeChat.
async fn check(ctx: &Context, account: &Account, plan: &Plan) -> Result<Result<(), No>> {
    let now = Timestamp::from(ctx.clock.now());
    if super::stores::check_name(&plan.name).is_err() {
        return Ok(Err(No::Name));
    }
    if plan.ends_at <= plan.starts_at || plan.ends_at <= now {
        return Ok(Err(No::Until));
    }
    if plan.ends_at - plan.starts_at > TimeDelta::days(DAYS_MAX) {
        return Ok(Err(No::Long));
    }
    match plan.takers.len() {
        0 => return Ok(Err(No::Nobody)),
        1..=TAKERS_MAX => {}
        _ => return Ok(Err(No::Takers)),
    }
    if !are_there(ctx, account, &plan.takers).await? {
        return Ok(Err(No::Takers));
    }
    let welcome = plan.welcome.as_deref().map(|text| ctx.texts.check(text));
    Ok(welcome.unwrap_or(Ok(())).map_err(No::Welcome))
}

async fn are_there(ctx: &Context, account: &Account, takers: &Takers) -> Result<bool> {
    let stores = list_stores(ctx, account).await?;
    let open = |id: &StoreId| {
        let found = stores.iter().find(|store| store.id == *id);
        found.is_some_and(|store| store.closed_at.is_none())
    };
    let guides = queries::list(ctx.db.reads(), account.id).await?;
    let here = |id: &GuideId| {
        let found = guides.iter().find(|guide| guide.id == *id);
        found.is_some_and(|guide| guide.left_at.is_none())
    };
    Ok(takers.stores.iter().all(open) && takers.guides.iter().all(here))
}

/// Adds a campaign: WeChat makes its code first, so that a refusal leaves nothing behind.
///
/// # Errors
/// When WeChat refuses, or the store fails.
pub async fn add(
    ctx: &Context,
    account: &Account,
    plan: Plan,
    by: By,
) -> Result<Result<CodeId, No>> {
    if let Err(no) = check(ctx, account, &plan).await? {
        return Ok(Err(no));
    }
    let code = codes::create(ctx, account, Wanted::Campaign { scene: None }).await?;
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, plan, code, now, by);
    ctx.db
        .write(args, |txn, (account, plan, code, now, by)| {
            Box::pin(async move {
                let code_row = code::ActiveModel {
                    purpose: Set(Purpose::Campaign),
                    ..codes::row(*account, code, *now)
                };
                let id = queries::insert_code(txn, code_row).await?;
                let row = campaign::ActiveModel {
                    code_id: Set(id),
                    account_id: Set(*account),
                    created_at: Set(*now),
                    renewed_at: Set(None),
                    ..row(plan, code.expires_at)
                };
                let campaign = queries::insert_campaign(txn, row).await?;
                note_in(txn, *now, *by, Act::AddCampaign, None, &campaign).await?;
                Ok(Ok(id))
            })
        })
        .await
}

fn row(plan: &Plan, expires_at: Option<Timestamp>) -> campaign::ActiveModel {
    campaign::ActiveModel {
        name: Set(plan.name.trim().to_owned()),
        starts_at: Set(plan.starts_at),
        ends_at: Set(plan.ends_at),
        stores: Set(rules::written(&plan.takers.stores)),
        guides: Set(rules::written(&plan.takers.guides)),
        welcome: Set(plan.welcome.clone()),
        renew_at: Set(rules::renew_at(plan.ends_at, expires_at)),
        ..Default::default()
    }
}

async fn note_in(
    txn: &Txn,
    now: Timestamp,
    by: By,
    act: Act,
    before: Option<&campaign::Model>,
    after: &campaign::Model,
) -> Result<()> {
    let said = |row: &campaign::Model| {
        let takers = Takers::of(row);
        json!({
            "name": row.name, "from": row.starts_at.to_utc(), "until": row.ends_at.to_utc(),
            "stores": takers.stores, "guides": takers.guides, "welcome": row.welcome,
        })
    };
    let entry = Entry {
        by,
        account: Some(after.account_id),
        act,
        subject: audit::subject("campaign", after.code_id),
        before: before.map(said),
        after: Some(said(after)),
    };
    audit::note_in(txn, now, entry).await
}

/// Changes a campaign.
///
/// # Errors
/// [`Error::NotFound`] when there is none; when the store fails.
pub async fn change(
    ctx: &Context,
    account: &Account,
    id: CodeId,
    plan: Plan,
    by: By,
) -> Result<Result<(), No>> {
    if let Err(no) = check(ctx, account, &plan).await? {
        return Ok(Err(no));
    }
    save(ctx, account, id, plan, by).await?;
    Ok(Ok(()))
}

/// Ends a campaign now: its own words are not said any more, and its code goes on to bind.
///
/// # Errors
/// [`Error::NotFound`] when there is none that runs or will; when the store fails.
pub async fn end(ctx: &Context, account: &Account, id: CodeId, by: By) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    let campaign = get(ctx, account, id).await?;
    let campaign = campaign.filter(|row| rules::phase(row, now) != Phase::Over);
    let campaign = campaign.ok_or_else(gone)?;
    let plan = Plan {
        name: campaign.name.clone(),
        starts_at: campaign.starts_at.min(now),
        ends_at: now,
        takers: Takers::of(&campaign),
        welcome: campaign.welcome,
    };
    save(ctx, account, id, plan, by).await
}

fn gone() -> Error {
    Error::NotFound("there is no such campaign, or it is over".into())
}

async fn save(ctx: &Context, account: &Account, id: CodeId, plan: Plan, by: By) -> Result<()> {
    let code = queries::code_by_id(ctx.db.reads(), account.id, id).await?;
    let expires_at = code.and_then(|code| code.expires_at);
    let now = Timestamp::from(ctx.clock.now());
    let args = (account.id, id, plan, expires_at, now, by);
    ctx.db
        .write(args, |txn, (account, id, plan, expires_at, now, by)| {
            Box::pin(async move {
                let before = queries::campaign_in(txn, *id, true).await?;
                let before = before.filter(|row| row.account_id == *account);
                let before = before.ok_or_else(gone)?;
                queries::update_campaign(txn, *id, row(plan, *expires_at)).await?;
                let after = queries::campaign_in(txn, *id, false).await?;
                let after = after.ok_or_else(gone)?;
                note_in(txn, *now, *by, Act::ChangeCampaign, Some(&before), &after).await
            })
        })
        .await
}

/// All campaigns of an account, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(ctx: &Context, account: AccountId) -> Result<Vec<campaign::Model>> {
    queries::campaigns(ctx.db.reads(), account).await
}

/// One campaign of an account.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: &Account, id: CodeId) -> Result<Option<campaign::Model>> {
    queries::campaign(ctx.db.reads(), account.id, id).await
}

/// Whose customer a campaign's code makes: her own guide if that is one of them, else whoever of them is on duty and
/// longest without a new customer, else one who is not on duty, else a colleague. It goes on so when the campaign is over.
///
/// # Errors
/// When the store fails.
pub async fn taker_in(
    txn: &Txn,
    id: CodeId,
    own: Option<&guide::Model>,
) -> Result<Option<guide::Model>> {
    let Some(campaign) = queries::campaign_in(txn, id, false).await? else {
        return Ok(None);
    };
    let takers = Takers::of(&campaign);
    if let Some(own) = own.filter(|own| takers.include(own)) {
        return Ok(Some(own.clone()));
    }
    let named = queries::guides_among(txn, &takers.guides).await?;
    let mut on_duty: Vec<_> = named.iter().filter(|g| is_available(g)).cloned().collect();
    for store in &takers.stores {
        on_duty.extend(on_duty_in_store_in(txn, *store).await?);
    }
    if let Some(next) = next_of(on_duty) {
        return Ok(Some(next));
    }
    let off_duty = named.iter().filter(|guide| guide.left_at.is_none());
    if let Some(next) = next_of(off_duty.cloned().collect()) {
        return Ok(Some(next));
    }
    let mut colleagues = Vec::new();
    for gone in &named {
        colleagues.extend(next_of_store_in(txn, gone.store_id, None).await?);
    }
    Ok(next_of(colleagues))
}

fn next_of(guides: Vec<guide::Model>) -> Option<guide::Model> {
    let longest = |guide: &guide::Model| (guide.last_member_at, guide.id);
    guides.into_iter().min_by_key(longest)
}

/// The campaign of a code, and where it stands for whoever acts now.
///
/// # Errors
/// When the store fails.
pub async fn of_code_in(
    txn: &Txn,
    visit: &Visit,
    code: &code::Model,
) -> Result<Option<(campaign::Model, Phase)>> {
    if code.purpose != Purpose::Campaign {
        return Ok(None);
    }
    let campaign = queries::campaign_in(txn, code.id, false).await?;
    Ok(campaign.map(|row| {
        let phase = rules::phase(&row, visit.acted_at);
        (row, phase)
    }))
}

/// Asks WeChat for the next code of every campaign whose present one goes out too early. It carries the same scene, so
/// that both bring people to one campaign as long as both live.
///
/// # Errors
/// When the store fails.
pub async fn renew(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    for (campaign, code) in queries::due_campaigns(ctx.db.reads(), now).await? {
        let Some(code) = code else { continue };
        let account = accounts::get(ctx, campaign.account_id).await?;
        let scene = Some(code.scene);
        let made = codes::create(ctx, &account, Wanted::Campaign { scene }).await;
        let made = made.inspect_err(|error| {
            tracing::warn!(code.id = campaign.code_id.0, %error, "a campaign's code is not renewed yet");
        });
        let args = (campaign.code_id, made.ok(), now);
        let unit = ctx.db.write(args, |txn, (id, made, now)| {
            Box::pin(renewed_in(txn, *id, made.as_ref(), *now))
        });
        unit.await?;
    }
    Ok(())
}

async fn renewed_in(txn: &Txn, id: CodeId, made: Option<&Code>, now: Timestamp) -> Result<()> {
    let Some(campaign) = queries::campaign_in(txn, id, true).await? else {
        return Ok(());
    };
    let Some(made) = made else {
        let later = campaign::ActiveModel {
            // Once it has been over for long, nobody misses it.
            renew_at: Set(rules::renew_at(campaign.ends_at, Some(now)).map(|_| now + AGAIN_AFTER)),
            ..Default::default()
        };
        return queries::update_campaign(txn, id, later).await;
    };
    let picture = code::ActiveModel {
        ticket: Set(made.ticket.clone()),
        url: Set(made.url.clone()),
        expires_at: Set(made.expires_at),
        ..Default::default()
    };
    queries::change_code(txn, id, picture).await?;
    let renewed = campaign::ActiveModel {
        renew_at: Set(rules::renew_at(campaign.ends_at, made.expires_at)),
        renewed_at: Set(Some(now)),
        ..Default::default()
    };
    queries::update_campaign(txn, id, renewed).await
}
