//! Bindings 专属绑定: a consumer scans a guide's code and is bound to that guide, one to one.

mod hand_over;
pub mod pool;
mod queries;
pub mod rules;
mod unbound;

use daogou_schema::binding_event::Reason;
use daogou_schema::code::{self, Purpose};
use daogou_schema::{CodeId, GuideId, MemberId, binding, guide};

use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::{care, guides};
use rules::Decision;

pub use hand_over::{Those, count_of_guide, end_in, give_back_in, give_in, of_guide_in, those_in};
pub use queries::{get_in, guide_of_in};
pub use unbound::{
    assign_in, dissolve_in, forget_unbound_in, note_all_unbound_in, note_strangers_unbound_in,
    note_unbound_in, release_in,
};

/// What a scan did: the four outcomes and their refinements.
#[derive(Debug)]
pub enum Scanned {
    /// Bound now, for the first time or moved from another guide.
    Bound {
        /// Her guide now.
        guide: Box<guide::Model>,
        /// By which number the guide calls her.
        number: i32,
        /// Her guide before.
        from: Option<GuideId>,
    },
    /// She was this guide's already.
    AlreadyYours(Box<guide::Model>),
    /// She is bound to another guide and the account's rule keeps it so.
    Kept(Box<guide::Model>),
    /// The code's guide is not valid any more and nobody can stand in.
    NobodyValid,
}

/// Whether she has a guide after the scan.
pub fn has_guide(scanned: &Scanned) -> bool {
    !matches!(scanned, Scanned::NobodyValid)
}

/// Binds the visitor by a guide's or a store's code.
///
/// # Errors
/// When the store fails.
pub async fn scan_in(
    txn: &Txn,
    visit: &Visit,
    member: MemberId,
    code: &code::Model,
) -> Result<Scanned> {
    let current = queries::get_in(txn, member).await?;
    let own = match &current {
        Some(binding) => guides::get_in(txn, binding.guide_id)
            .await?
            .filter(|g| g.left_at.is_none()),
        None => None,
    };
    let (scanned, stands_in) = match scanned_guide(txn, code, own.as_ref()).await? {
        Some(found) => found,
        None => return Ok(own.map_or(Scanned::NobodyValid, |own| Scanned::Kept(Box::new(own)))),
    };
    let held = own
        .as_ref()
        .zip(current.as_ref())
        .map(|(own, binding)| rules::Held {
            guide: own.id,
            since: binding.bound_at,
        });
    let decision = rules::decide(
        held,
        scanned.id,
        visit.account.scan_rule,
        visit.account.protection_days,
        visit.now,
    );
    let from = current.as_ref().map(|b| b.guide_id);
    let change = Change {
        member,
        from,
        to: Some(scanned.id),
        code: Some(code.id),
    };
    Ok(match (decision, own) {
        (Decision::Already, _) => {
            // Whoever was given this guide has chosen the guide now.
            if current
                .as_ref()
                .is_some_and(|binding| binding.code_id.is_none())
            {
                queries::set_code(txn, member, code.id).await?;
            }
            note(txn, visit, &change, Reason::Rescan).await?;
            Scanned::AlreadyYours(Box::new(scanned))
        }
        (Decision::Keep, Some(own)) => {
            let kept = Change {
                to: Some(own.id),
                ..change
            };
            note(txn, visit, &kept, Reason::Kept).await?;
            Scanned::Kept(Box::new(own))
        }
        (decision, _) => {
            let reason = match decision {
                _ if stands_in => Reason::StandIn,
                Decision::Move => Reason::Moved,
                _ => Reason::Scan,
            };
            let number = bind(txn, visit, &scanned, &change, reason).await?;
            Scanned::Bound {
                guide: Box::new(scanned),
                number,
                from,
            }
        }
    })
}

/// Whose customer a code makes: its guide, or the stand-in of one who has left, or whoever is next in the store.
async fn scanned_guide(
    txn: &Txn,
    code: &code::Model,
    own: Option<&guide::Model>,
) -> Result<Option<(guide::Model, bool)>> {
    match code.purpose {
        Purpose::Guide => {
            let Some(id) = code.guide_id else {
                return Ok(None);
            };
            let Some(guide) = guides::get_in(txn, id).await? else {
                return Ok(None);
            };
            if guide.left_at.is_none() {
                return Ok(Some((guide, false)));
            }
            Ok(guides::stand_in_of(txn, &guide).await?.map(|g| (g, true)))
        }
        Purpose::Store => {
            let Some(store) = code.store_id else {
                return Ok(None);
            };
            if let Some(own) = own.filter(|g| g.store_id == store) {
                return Ok(Some((own.clone(), false)));
            }
            Ok(guides::next_of_store_in(txn, store, None)
                .await?
                .map(|g| (g, false)))
        }
        Purpose::Campaign => {
            let taker = guides::campaigns::taker_in(txn, code.id, own).await?;
            Ok(taker.map(|g| (g, false)))
        }
        Purpose::Link => Ok(None),
    }
}

struct Change {
    member: MemberId,
    from: Option<GuideId>,
    to: Option<GuideId>,
    code: Option<CodeId>,
}

async fn bind(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    change: &Change,
    reason: Reason,
) -> Result<i32> {
    // The guide's row first, then rows that refer to it: the other way round two binders of one guide deadlock.
    guides::note_new_member_in(txn, guide.id, visit.now).await?;
    queries::forget_unbound(txn, change.member).await?;
    queries::save(txn, change.member, guide, change.code, visit.now).await?;
    // Who comes for the first time has nothing to be done.
    if change.from.is_some() {
        care::follow_in(txn, &[change.member], guide.id).await?;
    }
    let number = guides::give_number_in(txn, guide.id, change.member, visit.now).await?;
    note(txn, visit, change, reason).await?;
    Ok(number)
}

async fn note(txn: &Txn, visit: &Visit, change: &Change, reason: Reason) -> Result<()> {
    queries::insert_event(txn, visit, change, reason).await
}

/// Notes that a bound member unfollowed or is back; the binding itself stays.
///
/// # Errors
/// When the store fails.
pub async fn note_following_in(
    txn: &Txn,
    visit: &Visit,
    binding: &binding::Model,
    follows: bool,
) -> Result<()> {
    let reason = if follows {
        Reason::Refollowed
    } else {
        Reason::Unfollowed
    };
    let guide = Some(binding.guide_id);
    note(
        txn,
        visit,
        &Change {
            member: binding.member_id,
            from: guide,
            to: guide,
            code: None,
        },
        reason,
    )
    .await
}

/// She asked for another guide, without a reason: whoever is next in the same store, else nobody for now.
///
/// # Errors
/// When the store fails.
pub async fn change_asked_in(
    txn: &Txn,
    visit: &Visit,
    binding: &binding::Model,
) -> Result<Option<guide::Model>> {
    let next = guides::next_of_store_in(txn, binding.store_id, Some(binding.guide_id)).await?;
    let change = Change {
        member: binding.member_id,
        from: Some(binding.guide_id),
        to: next.as_ref().map(|g| g.id),
        code: None,
    };
    match &next {
        Some(guide) => {
            bind(txn, visit, guide, &change, Reason::Asked).await?;
        }
        None => {
            queries::delete(txn, binding.member_id).await?;
            let left = [binding.member_id];
            unbound::note_left_alone_in(txn, visit.account.id, &left, visit.now).await?;
            note(txn, visit, &change, Reason::Asked).await?;
        }
    }
    Ok(next)
}
