//! Linking a guide's own WeChat by a one-time code, and freeing it again (解绑).

use daogou_schema::{GuideId, code, guide};

use super::{queries, sign_in};
use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;

/// What scanning a link code did.
#[derive(Debug)]
pub enum Linked {
    /// The guide's own WeChat is linked now.
    Now(Box<guide::Model>),
    /// It was this guide's already.
    Already(Box<guide::Model>),
    /// This WeChat belongs to another guide, who has to free it first.
    OtherGuide(Box<guide::Model>),
    /// The guide has another WeChat, which has to be freed first.
    Taken(Box<guide::Model>),
    /// The code was used, has expired, or its guide is gone.
    Spent,
}

/// Links the visitor's WeChat to the guide of `code`.
///
/// # Errors
/// When the store fails.
pub async fn link_in(txn: &Txn, visit: &Visit, code: &code::Model) -> Result<Linked> {
    let guide = match code.guide_id {
        // A mini-program knows the same codes, but a guide answers in the chat of the own account.
        Some(_) if code.account_id != visit.account.id => None,
        Some(id) => queries::get_in(txn, id)
            .await?
            .filter(|g| g.left_at.is_none()),
        None => None,
    };
    let Some(guide) = guide.map(Box::new) else {
        return Ok(Linked::Spent);
    };
    if let Some(holder) = queries::linked_to_in(txn, visit.account.id, &visit.openid).await? {
        let same = holder.id == guide.id;
        return Ok(if same {
            Linked::Already(guide)
        } else {
            Linked::OtherGuide(Box::new(holder))
        });
    }
    if guide.openid.is_some() {
        return Ok(Linked::Taken(guide));
    }
    let expired = code.expires_at.is_some_and(|end| end <= visit.now);
    if expired || !queries::use_up_code(txn, code.id, visit.now).await? {
        return Ok(Linked::Spent);
    }
    queries::set_link(txn, guide.id, Some(&visit.openid), Some(visit.now)).await?;
    Ok(Linked::Now(guide))
}

/// Frees a guide's own WeChat, and whoever has her workbench open is out. A new link needs a new code.
///
/// # Errors
/// When the store fails.
pub async fn unlink_in(txn: &Txn, guide: GuideId) -> Result<()> {
    sign_in::end_all_in(txn, guide).await?;
    queries::set_link(txn, guide, None, None).await
}
