//! Words of the house to the person who has just acted, or to a guide about a customer.

use daogou_schema::outbound::Purpose;
use daogou_schema::{Address, MemberId, guide};
use daogou_wechat::text::{TEXT_BYTES_MAX, split};
use minijinja::Value;

use crate::accounts::Visit;
use crate::db::Txn;
use crate::error::Result;
use crate::guides;
use crate::outbound::{self, Draft, Parcel};

/// Promises the text `name` to the visitor.
pub(super) async fn visitor_in(
    txn: &Txn,
    visit: &Visit,
    purpose: Purpose,
    name: &str,
    variables: Value,
) -> Result<()> {
    let text = visit.texts.render(name, variables)?;
    visitor_text_in(txn, visit, purpose, text).await
}

/// Promises a rendered text to the visitor, in as many messages as it takes.
pub(super) async fn visitor_text_in(
    txn: &Txn,
    visit: &Visit,
    purpose: Purpose,
    text: String,
) -> Result<()> {
    let to = Address {
        account_id: visit.account.id,
        openid: visit.openid.clone(),
    };
    person_in(txn, visit, to, purpose, text).await
}

/// Promises a rendered text to anybody.
pub(super) async fn person_in(
    txn: &Txn,
    visit: &Visit,
    to: Address,
    purpose: Purpose,
    text: String,
) -> Result<()> {
    for piece in split(&text, TEXT_BYTES_MAX) {
        let draft = Draft {
            to: to.clone(),
            purpose,
            parcel: Parcel::text(piece),
            member_id: None,
            guide_id: None,
            message_id: None,
            inbound_id: visit.inbound_id,
        };
        outbound::send_in(txn, visit.now, &draft).await?;
    }
    Ok(())
}

/// Promises the text `name` about `member` to a guide, if the guide can be reached at all.
pub(super) async fn guide_in(
    txn: &Txn,
    visit: &Visit,
    guide: &guide::Model,
    member: MemberId,
    name: &str,
    variables: Value,
) -> Result<()> {
    let Some(to) = guides::address(guide) else {
        return Ok(());
    };
    let draft = Draft {
        to,
        purpose: Purpose::Notice,
        parcel: Parcel::text(visit.texts.render(name, variables)?),
        member_id: Some(member),
        guide_id: Some(guide.id),
        message_id: None,
        inbound_id: visit.inbound_id,
    };
    outbound::send_in(txn, visit.now, &draft).await.map(drop)
}
