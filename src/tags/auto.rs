//! Tags that put themselves on: a rule says who has a tag, and a worker walks along all members, a piece at a time, puts it
//! on who fits and takes it off who does not. After a round it rests for an hour.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use daogou_schema::tag_rule::{Kind, Model};
use daogou_schema::{AccountId, ChoiceId, CodeId, MemberId, TagId, Timestamp, identity, tag_rule};
use sea_orm::ConnectionTrait;
use serde_json::json;

use super::{get, put_in, queries, take_in};
use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::fields;
use crate::members::{self, waiting::is_waiting};

/// The longest time a rule looks back, in days.
pub const DAYS_MAX: i64 = 3650;
/// How many members one unit of work looks at.
const PIECE: u64 = 256;
/// How many pieces a tag gets before the next one has its turn.
const TURN: usize = 20;
/// How long it rests between two rounds.
const REST: TimeDelta = TimeDelta::hours(1);

/// Who has a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// In which way.
    pub kind: Kind,
    /// Days, or the id of a code or of a choice.
    pub value: i64,
}

impl Rule {
    /// Whether somebody has it now; `having`: who has the choice, where it is about one.
    fn fits(self, identity: &identity::Model, having: &BTreeSet<MemberId>, now: Timestamp) -> bool {
        let since = now - TimeDelta::days(self.value.clamp(0, DAYS_MAX));
        match self.kind {
            Kind::Code => identity.code_id == Some(CodeId(self.value)),
            Kind::New => identity.first_subscribed_at.is_some_and(|at| at >= since),
            // Who was brought in from a file and has never been here says nothing yet.
            Kind::Choice => having.contains(&identity.member_id),
            Kind::Quiet => identity.last_seen_at < since && !is_waiting(&identity.openid),
        }
    }
}

/// The rules of an account.
///
/// # Errors
/// When the store fails.
pub async fn rules(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Model>> {
    queries::rules(db, account).await
}

struct Setting {
    account: AccountId,
    tag: TagId,
    rule: Option<Rule>,
    by: By,
    now: Timestamp,
}

/// Gives a tag a rule, or takes it away: who has the tag then keeps it. False when there is no such tag.
///
/// # Errors
/// When the store fails.
pub async fn set_rule(
    ctx: &Context,
    account: &Account,
    tag: TagId,
    rule: Option<Rule>,
    by: By,
) -> Result<bool> {
    let args = Setting {
        account: account.id,
        tag,
        rule,
        by,
        now: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write(args, |txn, args| Box::pin(set_rule_in(txn, args)))
        .await
}

async fn set_rule_in(txn: &Txn, args: &Setting) -> Result<bool> {
    if get(txn.conn(), args.account, args.tag).await?.is_none() {
        return Ok(false);
    }
    let before = queries::rule_locked(txn, args.tag).await?;
    let told = |rule: Rule| json!({ "rule": word(rule.kind), "value": rule.value });
    let had = before.as_ref().map(rule_of);
    if had == args.rule {
        return Ok(true);
    }
    queries::remove_rule(txn, args.tag).await?;
    if let Some(rule) = args.rule {
        let row = Model {
            tag_id: args.tag,
            account_id: args.account,
            kind: rule.kind,
            value: rule.value,
            place: MemberId(0),
            next_at: args.now,
        };
        queries::insert_rule(txn, row).await?;
    }
    let entry = Entry {
        by: args.by,
        account: Some(args.account),
        act: Act::SetTagRule,
        subject: audit::subject("tag", args.tag),
        before: had.map(told),
        after: args.rule.map(told),
    };
    audit::note_in(txn, args.now, entry).await?;
    Ok(true)
}

/// What a row says.
fn rule_of(row: &tag_rule::Model) -> Rule {
    Rule {
        kind: row.kind,
        value: row.value,
    }
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "code",
        Kind::New => "new",
        Kind::Quiet => "quiet",
        Kind::Choice => "choice",
    }
}

/// Goes on with every rule whose turn it is.
///
/// # Errors
/// When the store fails; the next round goes on.
pub async fn work(ctx: &Context) -> Result<()> {
    let now = Timestamp::from(ctx.clock.now());
    for row in queries::rules_due(ctx.db.reads(), now).await? {
        for _ in 0..TURN {
            let Some(row) = queries::rule(ctx.db.reads(), row.tag_id).await? else {
                break;
            };
            if row.next_at > now {
                break;
            }
            piece(ctx, row, now).await?;
        }
    }
    Ok(())
}

struct Piece {
    row: Model,
    put: Vec<MemberId>,
    take: Vec<MemberId>,
    /// Up to whom it was looked; none when that was everybody.
    place: Option<MemberId>,
    now: Timestamp,
}

async fn piece(ctx: &Context, row: Model, now: Timestamp) -> Result<()> {
    let found = queries::known_after(ctx.db.reads(), row.account_id, row.place, PIECE).await?;
    let full = u64::try_from(found.len()).unwrap_or(PIECE) >= PIECE;
    let rule = rule_of(&row);
    let ids: Vec<_> = found.iter().map(|it| it.member_id).collect();
    let ours = members::insiders_among(ctx.db.reads(), &ids).await?;
    let having = match rule.kind {
        Kind::Choice => fields::having_among(ctx.db.reads(), ChoiceId(rule.value), &ids).await?,
        Kind::Code | Kind::New | Kind::Quiet => BTreeSet::new(),
    };
    let fits = |it: &&identity::Model| rule.fits(it, &having, now) && !ours.contains(&it.member_id);
    let (fitting, others): (Vec<_>, Vec<_>) = found.iter().partition(fits);
    let ids = |those: Vec<&identity::Model>| those.iter().map(|it| it.member_id).collect();
    let args = Piece {
        put: ids(fitting),
        take: ids(others),
        place: found.last().filter(|_| full).map(|last| last.member_id),
        row,
        now,
    };
    ctx.db
        .write(args, |txn, args| Box::pin(piece_in(txn, args)))
        .await
}

async fn piece_in(txn: &Txn, args: &Piece) -> Result<()> {
    let row = queries::rule_locked(txn, args.row.tag_id).await?;
    // Somebody changed it, or another process was here.
    if row.as_ref() != Some(&args.row) {
        return Ok(());
    }
    let tag = args.row.tag_id;
    put_in(txn, tag, &args.put, args.now).await?;
    take_in(txn, tag, &args.take, None).await?;
    let next_at = match args.place {
        Some(_) => args.row.next_at,
        None => args.now + REST,
    };
    queries::move_rule(txn, tag, args.place.unwrap_or(MemberId(0)), next_at).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_says_who_has_a_tag() {
        let day = |n: i64| Timestamp(n * 86_400_000);
        let her = identity::Model {
            account_id: AccountId(1),
            openid: "o".to_owned(),
            member_id: MemberId(1),
            subscribed: true,
            subscribe_scene: None,
            first_subscribed_at: Some(day(10)),
            subscribed_at: Some(day(10)),
            unsubscribed_at: None,
            last_seen_at: day(20),
            code_id: Some(CodeId(7)),
        };
        let fits = |kind, value, now| {
            Rule { kind, value }.fits(&her, &BTreeSet::from([MemberId(2)]), day(now))
        };
        assert!(fits(Kind::Code, 7, 99) && !fits(Kind::Code, 8, 99));
        assert!(fits(Kind::New, 30, 40) && !fits(Kind::New, 30, 41));
        assert!(fits(Kind::Quiet, 30, 51) && !fits(Kind::Quiet, 30, 50));
        let imported = identity::Model {
            openid: "~1".to_owned(),
            last_seen_at: Timestamp(0),
            ..her.clone()
        };
        let silent = Rule {
            kind: Kind::Quiet,
            value: 30,
        };
        assert!(!fits(Kind::Choice, 1, 99), "somebody else has it");
        assert!(
            !silent.fits(&imported, &BTreeSet::new(), day(51)),
            "she was never here"
        );
    }
}
