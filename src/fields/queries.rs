//! Fields, and what stands in them, in the store.

use std::collections::BTreeSet;

use daogou_schema::{
    AccountId, ChoiceId, FieldId, MemberId, Timestamp, field, field_choice, member_choice,
    member_field,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, NotSet, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set,
};

use super::editing::Draft;
use super::rules::{self, Field, Values};
use crate::db::{Txn, count_to, insert_all, padded};
use crate::error::Result;

/// How many members one statement names: of more, PostgreSQL and MariaDB read the whole table.
const AT_ONCE: usize = 64;

/// All fields of an account in their order, archived ones too.
///
/// # Errors
/// When the store fails.
pub async fn list(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Field>> {
    let query = field::Entity::find()
        .filter(field::Column::AccountId.eq(account))
        .order_by_asc(field::Column::Place)
        .order_by_asc(field::Column::Id);
    with_choices(db, query.all(db).await?).await
}

/// These fields, of whatever account.
pub(super) async fn those(db: &impl ConnectionTrait, ids: &[FieldId]) -> Result<Vec<Field>> {
    let mut rows = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let these = field::Column::Id.is_in(padded(some.iter().copied()));
        rows.extend(field::Entity::find().filter(these).all(db).await?);
    }
    with_choices(db, rows).await
}

async fn with_choices(db: &impl ConnectionTrait, rows: Vec<field::Model>) -> Result<Vec<Field>> {
    let mut choices = Vec::new();
    for some in rows.chunks(AT_ONCE) {
        let ids = padded(some.iter().map(|row| row.id));
        let query = field_choice::Entity::find()
            .filter(field_choice::Column::FieldId.is_in(ids))
            .order_by_asc(field_choice::Column::Place)
            .order_by_asc(field_choice::Column::Id);
        choices.extend(query.all(db).await?);
    }
    let field = |row: field::Model| {
        let own = choices.iter().filter(|it| it.field_id == row.id);
        Field {
            choices: own.cloned().collect(),
            row,
        }
    };
    Ok(rows.into_iter().map(field).collect())
}

pub(super) async fn save(
    txn: &Txn,
    account: AccountId,
    id: Option<FieldId>,
    draft: &Draft,
    place: i32,
    now: Timestamp,
) -> Result<FieldId> {
    let named = field::ActiveModel {
        name: Set(draft.name.clone()),
        masked: Set(draft.masked),
        ..Default::default()
    };
    if let Some(id) = id {
        update(txn, id, named).await?;
        return Ok(id);
    }
    let row = field::ActiveModel {
        account_id: Set(account),
        kind: Set(draft.kind),
        place: Set(place),
        created_at: Set(now),
        archived_at: Set(None),
        ..named
    };
    Ok(row.insert(txn.conn()).await?.id)
}

pub(super) async fn update(txn: &Txn, id: FieldId, row: field::ActiveModel) -> Result<()> {
    field::Entity::update_many()
        .set(row)
        .filter(field::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// These can be chosen from now on, in this order; others that are `present` cannot any more.
pub(super) async fn save_choices(
    txn: &Txn,
    field: FieldId,
    present: &[field_choice::Model],
    words: &[String],
    now: Timestamp,
) -> Result<()> {
    for gone in present.iter().filter(|it| !words.contains(&it.word)) {
        let removed = field_choice::ActiveModel {
            removed_at: Set(Some(gone.removed_at.unwrap_or(now))),
            ..Default::default()
        };
        update_choice(txn, gone.id, removed).await?;
    }
    for (place, word) in (1..).zip(words) {
        let row = field_choice::ActiveModel {
            id: NotSet,
            field_id: Set(field),
            word: Set(word.clone()),
            place: Set(place),
            removed_at: Set(None),
        };
        match present.iter().find(|it| it.word == *word) {
            Some(known) => update_choice(txn, known.id, row).await?,
            None => row.insert(txn.conn()).await.map(drop)?,
        }
    }
    Ok(())
}

async fn update_choice(txn: &Txn, id: ChoiceId, row: field_choice::ActiveModel) -> Result<()> {
    field_choice::Entity::update_many()
        .set(row)
        .filter(field_choice::Column::Id.eq(id))
        .exec(txn.conn())
        .await?;
    Ok(())
}

pub(super) async fn rows(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<Vec<member_field::Model>> {
    let mut all = Vec::new();
    for some in members.chunks(AT_ONCE) {
        let these = member_field::Column::MemberId.is_in(padded(some.iter().copied()));
        all.extend(member_field::Entity::find().filter(these).all(db).await?);
    }
    Ok(all)
}

pub(super) async fn replace(txn: &Txn, member: MemberId, content: Option<String>) -> Result<()> {
    member_field::Entity::delete_by_id(member)
        .exec(txn.conn())
        .await?;
    let Some(content) = content else {
        return Ok(());
    };
    let row = member_field::ActiveModel {
        member_id: Set(member),
        content: Set(content),
    };
    insert_all(txn, &[row]).await.map(drop)
}

/// Members of whom nothing was known so far.
pub(super) async fn insert(txn: &Txn, known: &[(MemberId, Values)]) -> Result<()> {
    let mut rows = Vec::with_capacity(known.len());
    let mut chosen = Vec::new();
    for (member, values) in known {
        rows.push(member_field::ActiveModel {
            member_id: Set(*member),
            content: Set(rules::written(values)?),
        });
        let row = |choice: ChoiceId| member_choice::ActiveModel {
            choice_id: Set(choice),
            member_id: Set(*member),
        };
        chosen.extend(rules::choices_of(values).map(row));
    }
    insert_all(txn, &rows).await?;
    insert_all(txn, &chosen).await.map(drop)
}

pub(super) async fn choose(txn: &Txn, member: MemberId, choices: &[ChoiceId]) -> Result<()> {
    let row = |choice: &ChoiceId| member_choice::ActiveModel {
        choice_id: Set(*choice),
        member_id: Set(member),
    };
    let rows: Vec<_> = choices.iter().map(row).collect();
    insert_all(txn, &rows).await.map(drop)
}

pub(super) async fn unchoose(txn: &Txn, choice: ChoiceId, member: MemberId) -> Result<()> {
    member_choice::Entity::delete_by_id((choice, member))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// Members with a choice, the newest first, those behind `after`.
///
/// # Errors
/// When the store fails.
pub async fn members(
    db: &impl ConnectionTrait,
    choice: ChoiceId,
    after: Option<MemberId>,
    count: u64,
) -> Result<Vec<MemberId>> {
    let mut query = member_choice::Entity::find()
        .select_only()
        .column(member_choice::Column::MemberId)
        .filter(member_choice::Column::ChoiceId.eq(choice))
        .order_by_desc(member_choice::Column::MemberId)
        .limit(count);
    if let Some(after) = after {
        query = query.filter(member_choice::Column::MemberId.lt(after));
    }
    Ok(query.into_tuple().all(db).await?)
}

/// How many members have a choice, at most `most`.
///
/// # Errors
/// When the store fails.
pub async fn size(db: &impl ConnectionTrait, choice: ChoiceId, most: u32) -> Result<u32> {
    let rows = member_choice::Entity::find()
        .select_only()
        .column(member_choice::Column::MemberId)
        .filter(member_choice::Column::ChoiceId.eq(choice))
        .into_query();
    count_to(db, rows, most).await
}

/// Who of `members` has a choice.
///
/// # Errors
/// When the store fails.
pub async fn having_among(
    db: &impl ConnectionTrait,
    choice: ChoiceId,
    members: &[MemberId],
) -> Result<BTreeSet<MemberId>> {
    let mut having = BTreeSet::new();
    for some in members.chunks(AT_ONCE) {
        let query = member_choice::Entity::find()
            .select_only()
            .column(member_choice::Column::MemberId)
            .filter(member_choice::Column::ChoiceId.eq(choice))
            .filter(member_choice::Column::MemberId.is_in(padded(some.iter().copied())));
        let found: Vec<MemberId> = query.into_tuple().all(db).await?;
        having.extend(found);
    }
    Ok(having)
}
