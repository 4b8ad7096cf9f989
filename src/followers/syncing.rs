//! A run under way: WeChat's list page by page, a hundred people at a time, each hundred taken in by one unit that also moves
//! the place; so a process may die anywhere, and whoever goes on begins behind the last hundred.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::TimeDelta;
use daogou_schema::follower_sync::{self, Model, State};
use daogou_schema::{FollowerSyncId, Timestamp};
use daogou_session::Key;
use daogou_wechat::{CallError, Class, FollowerPage, USERS_PER_CALL_MAX, UserInfo};
use futures_util::StreamExt;
use sea_orm::Set;

use super::queries;
use crate::accounts::{self, Account, Visit};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::members::Follower;
use crate::{bindings, guides, members, privacy};

/// How many pages one round takes: what a round does not reach, the next one does.
const PAGES_A_ROUND: usize = 4;
/// How many hundreds are asked about at once; they are taken in one after the other.
const ABREAST: usize = 4;
/// How long to wait when WeChat says that it was asked too often in this minute, or today; or said nothing at all.
const AFTER_MINUTE_LIMIT: TimeDelta = TimeDelta::seconds(60);
const AFTER_DAY_LIMIT: TimeDelta = TimeDelta::hours(1);
const AFTER_SILENCE: TimeDelta = TimeDelta::seconds(10);

/// What one round works with.
struct Round {
    account: Arc<Account>,
    /// Until when an act of somebody who had herself erased counts for nothing, by her proof.
    forgotten: HashMap<String, Timestamp>,
}

/// Goes on with whatever is under way now.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn work(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    for run in queries::due(ctx.db.reads(), now).await? {
        // One that cannot go on must not keep the others waiting.
        if let Err(error) = go_on(ctx, run.clone()).await {
            tracing::error!(run.id = run.id.0, %error, "taking followers in broke off; it goes on with the next round");
        }
    }
    Ok(())
}

async fn go_on(ctx: &Context, run: Model) -> Result<()> {
    if !is_mine(ctx, &run).await {
        return Ok(());
    }
    let round = Round {
        account: accounts::get(ctx, run.account_id).await?,
        forgotten: privacy::forgotten(ctx, run.account_id).await?,
    };
    let mut run = run;
    for _ in 0..PAGES_A_ROUND {
        match page(ctx, &round, run).await? {
            Some(next) => run = next,
            None => break,
        }
    }
    Ok(())
}

/// Whether this process is the one that asks: two would use up the account's calls for nothing.
async fn is_mine(ctx: &Context, run: &Model) -> bool {
    let key = Key::Followers {
        account: run.account_id.0,
    };
    // Without a session everybody asks, and the place in the store lets one of them go on.
    ctx.session.claim(&key, &ctx.node).await.unwrap_or(true)
}

/// Takes in one page; none when that was the last one, or nothing more can be done now.
async fn page(ctx: &Context, round: &Round, run: Model) -> Result<Option<Model>> {
    let asked = accounts::call(ctx, &round.account, |token| {
        listed(ctx, token, run.page.clone())
    });
    let page = match asked.await {
        Ok(page) => page,
        Err(error) => return hold(ctx, &run, &error).await,
    };
    let openids = page.openids();
    let done = run.place.as_ref();
    let done = done.and_then(|place| openids.iter().position(|openid| openid == place));
    let rest = openids.get(done.map_or(0, |at| at + 1)..);
    let hundreds = rest.unwrap_or_default().chunks(USERS_PER_CALL_MAX);
    let hundreds: Vec<Vec<String>> = hundreds.map(<[String]>::to_vec).collect();
    let mut told = futures_util::stream::iter(hundreds)
        .map(|hundred| people(ctx, &round.account, hundred))
        .buffered(ABREAST);
    let mut run = run;
    while let Some(hundred) = told.next().await {
        let hundred = match hundred {
            Ok(hundred) => hundred,
            Err(error) => return hold(ctx, &run, &error).await,
        };
        if !is_mine(ctx, &run).await {
            return Ok(None);
        }
        let step = Step::of(round, &run, &page, hundred);
        let args = (Visit::of_house(ctx, &round.account), run.id, step);
        let taken = ctx.db.write(args, |txn, (visit, id, step)| {
            Box::pin(take_in(txn, visit, *id, step))
        });
        match taken.await? {
            Some(now) => run = now,
            None => return Ok(None),
        }
    }
    let next = page.next().map(str::to_owned);
    let args = (run, next, Timestamp::from(ctx.clock.now()));
    ctx.db
        .write(args, |txn, (run, next, now)| {
            Box::pin(turn(txn, run, next.as_deref(), *now))
        })
        .await
}

async fn listed(
    ctx: &Context,
    token: String,
    after: Option<String>,
) -> Result<FollowerPage, CallError> {
    ctx.wechat.followers(&token, after.as_deref()).await
}

/// A hundred people, and what WeChat tells of those who still follow.
struct Hundred {
    last: String,
    count: i32,
    told: Vec<UserInfo>,
}

async fn people(
    ctx: &Context,
    account: &Account,
    openids: Vec<String>,
) -> Result<Hundred, CallError> {
    let asked = accounts::call(ctx, account, |token| infos(ctx, token, openids.clone())).await;
    let told = match asked {
        Err(error) if error.class() == Some(Class::Recipient) => {
            one_by_one(ctx, account, &openids).await?
        }
        told => told?,
    };
    Ok(Hundred {
        last: openids.last().cloned().unwrap_or_default(),
        count: openids.len().try_into().unwrap_or(i32::MAX),
        told,
    })
}

async fn infos(
    ctx: &Context,
    token: String,
    openids: Vec<String>,
) -> Result<Vec<UserInfo>, CallError> {
    ctx.wechat.user_infos(&token, &openids).await
}

/// One of them is nobody any more, and WeChat refuses all: the others are asked for alone.
async fn one_by_one(
    ctx: &Context,
    account: &Account,
    openids: &[String],
) -> Result<Vec<UserInfo>, CallError> {
    let mut told = Vec::new();
    for openid in openids {
        match accounts::call(ctx, account, |token| {
            infos(ctx, token, vec![openid.clone()])
        })
        .await
        {
            Ok(one) => told.extend(one),
            Err(error) if error.class() == Some(Class::Recipient) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(told)
}

/// What one unit takes in, and between which places.
struct Step {
    page: Option<String>,
    place: Option<String>,
    last: String,
    total: i32,
    count: i32,
    left_out: i32,
    followers: Vec<Follower>,
}

impl Step {
    fn of(round: &Round, run: &Model, page: &FollowerPage, hundred: Hundred) -> Self {
        let all: Vec<_> = hundred.told.into_iter().filter(UserInfo::follows).collect();
        let before = all.len();
        let is_forgotten = |info: &UserInfo| {
            let proof = privacy::rules::proof(&round.account.appid, &info.openid);
            let asked = round.forgotten.get(&proof);
            asked.is_some_and(|asked| since(info) <= *asked)
        };
        let followers: Vec<_> = all
            .into_iter()
            .filter(|info| !is_forgotten(info))
            .map(|info| Follower {
                since: since(&info),
                openid: info.openid,
                unionid: info.unionid.filter(|unionid| !unionid.is_empty()),
                scene: info.subscribe_scene,
            })
            .collect();
        Self {
            page: run.page.clone(),
            place: run.place.clone(),
            last: hundred.last,
            total: page.total.try_into().unwrap_or(i32::MAX),
            count: hundred.count,
            left_out: (before - followers.len()).try_into().unwrap_or(i32::MAX),
            followers,
        }
    }
}

fn since(info: &UserInfo) -> Timestamp {
    let seconds = info.subscribe_time.unwrap_or_default();
    Timestamp(seconds.saturating_mul(1000))
}

/// Takes in a hundred, if nobody else has meanwhile; says how the run stands then.
async fn take_in(
    txn: &Txn,
    visit: &Visit,
    id: FollowerSyncId,
    step: &Step,
) -> Result<Option<Model>> {
    let run = queries::locked(txn, id).await?;
    let here = |run: &Model| {
        run.state == State::Running && run.page == step.page && run.place == step.place
    };
    let Some(run) = run.filter(here) else {
        return Ok(None);
    };
    let account = visit.account.id;
    let openids: Vec<_> = step.followers.iter().map(|it| it.openid.clone()).collect();
    let staff = guides::linked_here_in(txn, account, &openids).await?;
    let customers = step.followers.iter();
    let customers: Vec<_> = customers
        .filter(|it| !staff.contains(&it.openid))
        .cloned()
        .collect();
    let taken = members::take_followers_in(txn, account, &customers, visit.now).await?;
    bindings::note_strangers_unbound_in(txn, account, &taken.new, &taken.joined, visit.now).await?;
    let more = |count: i32, more: usize| count.saturating_add(more.try_into().unwrap_or(0));
    let change = follower_sync::ActiveModel {
        place: Set(Some(step.last.clone())),
        total: Set(Some(step.total)),
        seen: Set(run.seen.saturating_add(step.count)),
        added: Set(more(run.added, taken.new.len() + taken.joined.len())),
        joined: Set(more(run.joined, taken.joined.len())),
        back: Set(more(run.back, taken.back)),
        left_out: Set(run.left_out.saturating_add(step.left_out)),
        trouble: Set(None),
        ..Default::default()
    };
    queries::update(txn, id, change).await?;
    queries::locked(txn, id).await
}

/// The page is read: on to the next one, or the run is done, and nobody's openid stays in it.
async fn turn(
    txn: &Txn,
    read: &Model,
    next: Option<&str>,
    now: Timestamp,
) -> Result<Option<Model>> {
    let run = queries::locked(txn, read.id).await?;
    let here = |run: &Model| {
        run.state == State::Running && run.page == read.page && run.place == read.place
    };
    let Some(run) = run.filter(here) else {
        return Ok(None);
    };
    let id = run.id;
    let ended = next.is_none();
    let change = follower_sync::ActiveModel {
        state: Set(if ended { State::Done } else { State::Running }),
        page: Set(next.map(str::to_owned)),
        place: Set(None),
        total: Set(Some(run.total.unwrap_or_default())),
        done_at: Set(ended.then_some(now)),
        ..Default::default()
    };
    queries::update(txn, id, change).await?;
    match ended {
        true => Ok(None),
        false => queries::locked(txn, id).await,
    }
}

/// WeChat did not answer the question: when it may help the run waits, else somebody has to put something right.
async fn hold(ctx: &Context, run: &Model, error: &CallError) -> Result<Option<Model>> {
    let (wait, trouble) = match error.refusal() {
        None => (Some(AFTER_SILENCE), "silent".to_owned()),
        Some(said) => {
            let wait = match said.class {
                Class::Retry => Some(AFTER_MINUTE_LIMIT),
                Class::Quota => Some(AFTER_DAY_LIMIT),
                _ => None,
            };
            (wait, said.code.to_string())
        }
    };
    tracing::warn!(run.id = run.id.0, %error, "followers are not taken in for now");
    let now = Timestamp::from(ctx.clock.now());
    let args = (run.id, wait, trouble, now);
    ctx.db
        .write(args, |txn, (id, wait, trouble, now)| {
            Box::pin(hold_in(txn, *id, *wait, trouble, *now))
        })
        .await?;
    Ok(None)
}

async fn hold_in(
    txn: &Txn,
    id: FollowerSyncId,
    wait: Option<TimeDelta>,
    trouble: &str,
    now: Timestamp,
) -> Result<()> {
    let run = queries::locked(txn, id).await?;
    let Some(run) = run.filter(|run| run.state == State::Running) else {
        return Ok(());
    };
    let mut change = follower_sync::ActiveModel {
        trouble: Set(Some(trouble.to_owned())),
        ..Default::default()
    };
    match wait {
        Some(wait) => change.due_at = Set(now + wait),
        None => {
            change.state = Set(State::Failed);
            change.done_at = Set(Some(now));
        }
    }
    queries::update(txn, run.id, change).await
}
