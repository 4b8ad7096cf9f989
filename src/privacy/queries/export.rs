//! Everything that is kept about a member, a page at a time.

use daogou_schema::outbound::Purpose;
use daogou_schema::{
    Address, MemberId, Timestamp, binding, binding_event, consent, conversation, guide_number,
    hand_over_member, identity, member, member_tag, message, outbound, reply_window, tag,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::db::{Only, among};
use crate::error::Result;

/// How many rows are read at once.
const PAGE: u64 = 500;
/// What customers are sent.
const TO_CUSTOMERS: [Purpose; 3] = [Purpose::Welcome, Purpose::Answer, Purpose::Courtesy];

pub(in crate::privacy) async fn member(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Option<member::Model>> {
    Ok(member::Entity::find_by_id(member).only(db).await?)
}

pub(in crate::privacy) async fn identities(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Vec<identity::Model>> {
    let query = identity::Entity::find().filter(identity::Column::MemberId.eq(member));
    Ok(query.all(db).await?)
}

pub(in crate::privacy) async fn windows(
    db: &impl ConnectionTrait,
    people: &[Address],
) -> Result<Vec<reply_window::Model>> {
    let (account, openid) = (
        reply_window::Column::AccountId,
        reply_window::Column::Openid,
    );
    let query = reply_window::Entity::find().filter(among(account, openid, people));
    Ok(query.all(db).await?)
}

pub(in crate::privacy) async fn binding(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Option<binding::Model>> {
    Ok(binding::Entity::find_by_id(member).only(db).await?)
}

pub(in crate::privacy) async fn conversation(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Option<conversation::Model>> {
    Ok(conversation::Entity::find_by_id(member).only(db).await?)
}

/// A number for each guide she had.
pub(in crate::privacy) async fn numbers(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Vec<guide_number::Model>> {
    let query = guide_number::Entity::find().filter(guide_number::Column::MemberId.eq(member));
    Ok(query.all(db).await?)
}

/// One for each time a guide of hers left, moved or was away.
pub(in crate::privacy) async fn hand_overs(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Vec<hand_over_member::Model>> {
    let query =
        hand_over_member::Entity::find().filter(hand_over_member::Column::MemberId.eq(member));
    Ok(query.all(db).await?)
}

/// What her tags say that are in use.
pub(in crate::privacy) async fn tags(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Vec<String>> {
    let tag = member_tag::Entity::belongs_to(tag::Entity)
        .from(member_tag::Column::TagId)
        .to(tag::Column::Id);
    let query = member_tag::Entity::find()
        .select_only()
        .column(tag::Column::Name)
        .join(JoinType::InnerJoin, tag.into())
        .filter(member_tag::Column::MemberId.eq(member))
        .filter(tag::Column::RemovedAt.eq(Timestamp(0)));
    Ok(query.into_tuple().all(db).await?)
}

pub(in crate::privacy) async fn consents(
    db: &impl ConnectionTrait,
    member: MemberId,
    after: i64,
) -> Result<Vec<consent::Model>> {
    let query = consent::Entity::find()
        .filter(consent::Column::MemberId.eq(member))
        .filter(consent::Column::Id.gt(after))
        .order_by_asc(consent::Column::Id)
        .limit(PAGE);
    Ok(query.all(db).await?)
}

pub(in crate::privacy) async fn binding_events(
    db: &impl ConnectionTrait,
    member: MemberId,
    after: i64,
) -> Result<Vec<binding_event::Model>> {
    let query = binding_event::Entity::find()
        .filter(binding_event::Column::MemberId.eq(member))
        .filter(binding_event::Column::Id.gt(after))
        .order_by_asc(binding_event::Column::Id)
        .limit(PAGE);
    Ok(query.all(db).await?)
}

pub(in crate::privacy) async fn lines(
    db: &impl ConnectionTrait,
    member: MemberId,
    after: i64,
) -> Result<Vec<message::Model>> {
    let query = message::Entity::find()
        .filter(message::Column::MemberId.eq(member))
        .filter(message::Column::Id.gt(after))
        .order_by_asc(message::Column::Id)
        .limit(PAGE);
    Ok(query.all(db).await?)
}

/// What was promised to her as a customer, in the order in which it was: what is sent is forgotten after some weeks. If
/// she is a guide too, what she was told of her customers is theirs.
pub(in crate::privacy) async fn messages(
    db: &impl ConnectionTrait,
    member: MemberId,
    person: &Address,
    after: i64,
) -> Result<Vec<outbound::Model>> {
    let about = outbound::Column::MemberId;
    let query = outbound::Entity::find()
        .filter(outbound::Column::Purpose.is_in(TO_CUSTOMERS))
        .filter(Condition::any().add(about.is_null()).add(about.eq(member)))
        .filter(outbound::Column::AccountId.eq(person.account_id))
        .filter(outbound::Column::Openid.eq(person.openid.as_str()))
        .filter(outbound::Column::Id.gt(after))
        .order_by_asc(outbound::Column::Id)
        .limit(PAGE);
    Ok(query.all(db).await?)
}
