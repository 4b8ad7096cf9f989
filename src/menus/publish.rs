//! What is published: to WeChat and back from it.

use daogou_schema::Timestamp;
use daogou_schema::menu_version::State;
use daogou_wechat::{CallError, FollowerTag, LiveMenus, NO_MENU};
use serde_json::json;

use super::rules::{self, Fault, Menus, Place, lines, to_wire};
use super::{keep, note, present, queries};
use crate::accounts::{self, Account};
use crate::audit::{Act, By};
use crate::context::Context;
use crate::error::Result;

/// Why it was not published, or not all of it.
#[derive(Clone, Debug)]
pub enum Failed {
    /// A button of the usual menu, or of the one for a tag, cannot be so.
    Faults(Option<i64>, Vec<(Place, Fault)>),
    /// WeChat said no with this number, and why; or said nothing. The menus before are still there, unless `part` says
    /// that the usual one was taken already.
    WeChat {
        /// WeChat's number.
        code: Option<i64>,
        /// WeChat's words.
        said: String,
        /// Whether the usual menu is out already.
        part: bool,
    },
}

impl Failed {
    fn of(error: &CallError, part: bool) -> Self {
        Self::WeChat {
            code: error.refusal().map(|refusal| refusal.code),
            said: error.to_string(),
            part,
        }
    }
}

/// Publishes what is being written. What taps are answered with is kept first, so that no phone taps in vain; then the
/// usual menu goes out, then those for tags, and those of before are taken away last.
///
/// # Errors
/// When the store fails.
pub async fn publish(ctx: &Context, account: &Account, by: By) -> Result<Result<(), Failed>> {
    let (menus, _) = present(ctx, account.id).await?;
    if let Some(failed) = first_fault(&menus) {
        return Ok(Err(failed));
    }
    let answers: Vec<(String, String)> = every_answer(&menus);
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write(
            (account.id, answers, now),
            |txn, (account, answers, now)| {
                Box::pin(queries::set_answers(txn, *account, answers, *now))
            },
        )
        .await?;
    if let Err(failed) = send(ctx, account, &menus).await {
        return Ok(Err(failed));
    }
    let args = (account.id, menus.written(), now, by);
    ctx.db
        .write(args, |txn, (account, content, now, by)| {
            Box::pin(async move {
                queries::forget_draft(txn, *account).await?;
                let id = keep(txn, *account, State::Published, content, (*now, *by)).await?;
                let after = json!({ "version": id });
                note(txn, *account, (*now, *by), Act::PublishMenu, after).await
            })
        })
        .await?;
    Ok(Ok(()))
}

fn first_fault(menus: &Menus) -> Option<Failed> {
    let usual = std::iter::once((None, &menus.usual));
    let tagged = menus.rules.iter().map(|rule| (Some(rule.tag), &rule.menu));
    usual.chain(tagged).find_map(|(tag, menu)| {
        let faults = rules::faults(menu);
        (!faults.is_empty()).then_some(Failed::Faults(tag, faults))
    })
}

/// The keys of all menus with their answers; empty for those that say nothing.
fn every_answer(menus: &Menus) -> Vec<(String, String)> {
    let said = menus.answers();
    let all = std::iter::once(&menus.usual).chain(menus.rules.iter().map(|rule| &rule.menu));
    let mut keys: Vec<_> = all
        .flat_map(|menu| rules::leaves(menu))
        .filter(|button| button.kind.has_answer())
        .map(|button| button.key.as_str())
        .collect();
    keys.sort_unstable();
    keys.dedup();
    let answer = |key: &str| said.get(key).copied().unwrap_or_default().to_owned();
    keys.into_iter()
        .map(|key| (key.to_owned(), answer(key)))
        .collect()
}

async fn send(ctx: &Context, account: &Account, menus: &Menus) -> Result<(), Failed> {
    let before = match read(ctx, account).await {
        Ok(live) => live,
        Err(error) => return Err(Failed::of(&error, false)),
    };
    let buttons = to_wire(&menus.usual);
    accounts::call(ctx, account, |token| {
        let buttons = buttons.clone();
        async move { ctx.wechat.create_menu(&token, &buttons).await }
    })
    .await
    .map_err(|error| Failed::of(&error, false))?;
    for rule in &menus.rules {
        let (buttons, tag) = (to_wire(&rule.menu), rule.tag);
        accounts::call(ctx, account, |token| {
            let buttons = buttons.clone();
            async move { ctx.wechat.add_conditional_menu(&token, &buttons, tag).await }
        })
        .await
        .map_err(|error| Failed::of(&error, true))?;
    }
    for gone in before.map(|live| live.conditional).unwrap_or_default() {
        let id = gone.id();
        accounts::call(ctx, account, |token| {
            let id = id.clone();
            async move { ctx.wechat.delete_conditional_menu(&token, &id).await }
        })
        .await
        .map_err(|error| Failed::of(&error, true))?;
    }
    Ok(())
}

/// The menus that are out; none when there are none.
async fn read(ctx: &Context, account: &Account) -> Result<Option<LiveMenus>, CallError> {
    let asked = accounts::call(ctx, account, |token| async move {
        ctx.wechat.menus(&token).await
    });
    match asked.await {
        Ok(live) => Ok(Some(live)),
        Err(CallError::Refused(no)) if no.code == NO_MENU => Ok(None),
        Err(error) => Err(error),
    }
}

/// What WeChat shows now, beside what was published here last.
#[derive(Clone, Debug)]
pub struct Live {
    /// The usual menu, then those for tags.
    pub menus: Vec<Beside>,
}

/// One menu on both sides, a line a button; none where there is no such menu.
#[derive(Clone, Debug)]
pub struct Beside {
    /// For whom, unless it is the usual one.
    pub tag: Option<i64>,
    /// At WeChat.
    pub there: Option<Vec<String>>,
    /// As it was published.
    pub here: Option<Vec<String>>,
}

impl Live {
    /// Whether everything is as it was published.
    pub fn is_same(&self) -> bool {
        self.menus.iter().all(|menu| menu.there == menu.here)
    }
}

/// Asks WeChat what it shows, and holds it against the last version.
///
/// # Errors
/// When the store fails.
pub async fn live(ctx: &Context, account: &Account) -> Result<Result<Live, Failed>> {
    let there = match read(ctx, account).await {
        Ok(there) => there,
        Err(error) => return Ok(Err(Failed::of(&error, false))),
    };
    let last = queries::newest(ctx.db.reads(), account.id, State::Published, 1).await?;
    let here = last.first().map(|row| Menus::read(&row.content));
    let mut menus = vec![Beside {
        tag: None,
        there: there.as_ref().map(|live| lines(&live.menu.button)),
        here: here.as_ref().map(|menus| lines(&to_wire(&menus.usual))),
    }];
    let tagged = there.iter().flat_map(|live| &live.conditional);
    // The newest one that fits is seen, so of two for one tag the last counts.
    let tagged: Vec<_> = tagged
        .filter_map(|menu| Some((menu.tag()?, lines(&menu.button))))
        .collect();
    let rules = here.iter().flat_map(|menus| &menus.rules);
    let rules: Vec<_> = rules
        .map(|rule| (rule.tag, lines(&to_wire(&rule.menu))))
        .collect();
    let mut tags: Vec<i64> = tagged.iter().chain(&rules).map(|(tag, _)| *tag).collect();
    tags.sort_unstable();
    tags.dedup();
    for tag in tags {
        let of = |all: &[(i64, Vec<String>)]| {
            let found = all.iter().rev().find(|(known, _)| *known == tag);
            found.map(|(_, lines)| lines.clone())
        };
        menus.push(Beside {
            tag: Some(tag),
            there: of(&tagged),
            here: of(&rules),
        });
    }
    Ok(Ok(Live { menus }))
}

/// The tags that WeChat knows in this account.
///
/// # Errors
/// What WeChat said.
pub async fn tags(ctx: &Context, account: &Account) -> Result<Vec<FollowerTag>, Failed> {
    let asked = accounts::call(ctx, account, |token| async move {
        ctx.wechat.follower_tags(&token).await
    });
    asked.await.map_err(|error| Failed::of(&error, false))
}
