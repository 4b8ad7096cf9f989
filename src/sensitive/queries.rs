//! Sensitive words and the lines in which they were found, in the store.

use daogou_schema::message::Author;
use daogou_schema::{
    AccountId, GuideId, MemberId, MessageId, SensitiveHitId, SensitiveWordId, Timestamp,
    sensitive_hit, sensitive_word,
};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::Found;
use super::rules::Word;
use crate::db::{Only, Txn, insert_all, padded};
use crate::error::Result;

/// How many lines of one conversation are shown.
const OF_MEMBER_MAX: u64 = 500;
/// Asked for more at once, a database may read the table from end to end.
const AT_ONCE: usize = 64;

/// What tells one state of the words from another: they are added and removed, never changed.
pub(super) type Stamp = (Option<i64>, i64);

pub(super) async fn stamp(db: &impl ConnectionTrait) -> Result<Stamp> {
    let found: Option<Stamp> = sensitive_word::Entity::find()
        .select_only()
        .column_as(sensitive_word::Column::Id.max(), "newest")
        .column_as(sensitive_word::Column::Id.count(), "words")
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.unwrap_or_default())
}

pub(super) async fn all(db: &impl ConnectionTrait) -> Result<Vec<sensitive_word::Model>> {
    let query = sensitive_word::Entity::find().order_by_asc(sensitive_word::Column::Id);
    Ok(query.all(db).await?)
}

/// The words that count in an account, the newest first.
///
/// # Errors
/// When the store fails.
pub async fn list(
    db: &impl ConnectionTrait,
    account: AccountId,
) -> Result<Vec<sensitive_word::Model>> {
    let own = sensitive_word::Column::AccountId.eq(account);
    let everywhere = sensitive_word::Column::AccountId.is_null();
    let query = sensitive_word::Entity::find()
        .filter(Condition::any().add(own).add(everywhere))
        .order_by_desc(sensitive_word::Column::Id);
    Ok(query.all(db).await?)
}

pub(super) async fn get(txn: &Txn, id: SensitiveWordId) -> Result<Option<sensitive_word::Model>> {
    let query = sensitive_word::Entity::find_by_id(id).lock_exclusive();
    Ok(query.only(txn.conn()).await?)
}

pub(super) async fn insert(
    txn: &Txn,
    account: Option<AccountId>,
    words: &[&Word],
    now: Timestamp,
) -> Result<()> {
    let row = |word: &&Word| sensitive_word::ActiveModel {
        account_id: Set(account),
        word: Set(word.word.clone()),
        category: Set(word.category.clone()),
        added_at: Set(now),
        ..Default::default()
    };
    let rows: Vec<_> = words.iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}

pub(super) async fn remove(txn: &Txn, id: SensitiveWordId) -> Result<()> {
    sensitive_word::Entity::delete_by_id(id)
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn note(
    txn: &Txn,
    found: Found,
    author: Author,
    line: Option<MessageId>,
    content: Option<&str>,
) -> Result<()> {
    let row = sensitive_hit::ActiveModel {
        account_id: Set(found.account),
        member_id: Set(found.member),
        guide_id: Set(found.guide),
        author: Set(author),
        message_id: Set(line),
        content: Set(content.map(str::to_owned)),
        words: Set(found.words),
        at: Set(found.at),
        ..Default::default()
    };
    row.insert(txn.conn()).await?;
    Ok(())
}

pub(super) async fn hits(
    db: &impl ConnectionTrait,
    account: AccountId,
    author: Author,
    before: SensitiveHitId,
    most: u64,
) -> Result<Vec<sensitive_hit::Model>> {
    let query = sensitive_hit::Entity::find()
        .filter(sensitive_hit::Column::AccountId.eq(account))
        .filter(sensitive_hit::Column::Author.eq(author))
        .filter(sensitive_hit::Column::Id.lt(before))
        .order_by_desc(sensitive_hit::Column::Id)
        .limit(most);
    Ok(query.all(db).await?)
}

pub(super) async fn hits_by(
    db: &impl ConnectionTrait,
    guide: GuideId,
    author: Author,
    before: SensitiveHitId,
    most: u64,
) -> Result<Vec<sensitive_hit::Model>> {
    let query = sensitive_hit::Entity::find()
        .filter(sensitive_hit::Column::GuideId.eq(guide))
        .filter(sensitive_hit::Column::Author.eq(author))
        .filter(sensitive_hit::Column::Id.lt(before))
        .order_by_desc(sensitive_hit::Column::Id)
        .limit(most);
    Ok(query.all(db).await?)
}

/// The newest lines of a member's conversation in which words were found.
///
/// # Errors
/// When the store fails.
pub async fn hits_of(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<Vec<sensitive_hit::Model>> {
    let query = sensitive_hit::Entity::find()
        .filter(sensitive_hit::Column::MemberId.eq(member))
        .order_by_desc(sensitive_hit::Column::Id)
        .limit(OF_MEMBER_MAX);
    Ok(query.all(db).await?)
}

/// Her lines, and those that never were any, belong to `to` from now on; says which.
pub(super) async fn take_along(
    txn: &Txn,
    from: MemberId,
    to: MemberId,
) -> Result<Vec<SensitiveHitId>> {
    let hers = sensitive_hit::Entity::find()
        .select_only()
        .column(sensitive_hit::Column::Id)
        .filter(sensitive_hit::Column::MemberId.eq(from));
    let ids: Vec<SensitiveHitId> = hers.into_tuple().all(txn.conn()).await?;
    give(txn, &ids, to).await?;
    Ok(ids)
}

pub(super) async fn give(txn: &Txn, ids: &[SensitiveHitId], to: MemberId) -> Result<()> {
    for some in ids.chunks(AT_ONCE) {
        sensitive_hit::Entity::update_many()
            .col_expr(sensitive_hit::Column::MemberId, Expr::value(to))
            .filter(sensitive_hit::Column::Id.is_in(padded(some.iter().copied())))
            .exec(txn.conn())
            .await?;
    }
    Ok(())
}

pub(super) async fn forget(txn: &Txn, member: MemberId) -> Result<u64> {
    let gone = sensitive_hit::Entity::delete_many()
        .filter(sensitive_hit::Column::MemberId.eq(member))
        .exec(txn.conn())
        .await?;
    Ok(gone.rows_affected)
}
