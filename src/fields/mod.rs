//! Fields 自定义字段: what the brand wants to know of its members, and what it knows. A field is archived rather than removed: what
//! stands in it is kept.

mod editing;
mod queries;
pub mod rules;

use std::collections::BTreeMap;

use daogou_schema::{AccountId, FieldId, MemberId, Timestamp};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::accounts::Account;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::members;
use rules::{Field, Values, Wrong};

pub use editing::{Draft, FIELDS_MAX, No, add, archive, change, move_up};
pub use queries::{having_among, list, members, size};

/// What somebody says of the fields of a member.
pub type Said = Vec<(FieldId, String)>;

/// The fields of an account that are used, in their order.
///
/// # Errors
/// When the store fails.
pub async fn in_use(db: &impl ConnectionTrait, account: AccountId) -> Result<Vec<Field>> {
    let mut fields = list(db, account).await?;
    fields.retain(Field::is_in_use);
    Ok(fields)
}

/// What stands in the fields of `members`; who has nothing is not there.
///
/// # Errors
/// When the store fails.
pub async fn of(
    db: &impl ConnectionTrait,
    members: &[MemberId],
) -> Result<BTreeMap<MemberId, Values>> {
    let mut all = BTreeMap::new();
    for row in queries::rows(db, members).await? {
        all.insert(row.member_id, rules::read(&row.content)?);
    }
    Ok(all)
}

/// What is known of a member, as people say it: the names of fields, archived ones too, and what stands there.
///
/// # Errors
/// When the store fails.
pub async fn told_of(
    db: &impl ConnectionTrait,
    member: MemberId,
) -> Result<BTreeMap<String, String>> {
    let values = of(db, &[member]).await?.remove(&member).unwrap_or_default();
    let ids: Vec<_> = values.keys().copied().collect();
    let fields = queries::those(db, &ids).await?;
    let told = fields.iter().filter_map(|field| {
        let value = values.get(&field.row.id)?;
        Some((field.row.name.clone(), field.said(value).to_owned()))
    });
    Ok(told.collect())
}

/// What stands in the fields of a member.
///
/// # Errors
/// When the store fails.
pub async fn values_in(txn: &Txn, member: MemberId) -> Result<Values> {
    let found = of(txn.conn(), &[member]).await?.remove(&member);
    Ok(found.unwrap_or_default())
}

struct Setting {
    account: AccountId,
    member: MemberId,
    said: Said,
    by: By,
    now: Timestamp,
}

/// Notes what somebody says of a member, in all fields or in none; what is empty is forgotten, and a field that the account does
/// not use is passed over.
///
/// # Errors
/// When the store fails.
pub async fn set(
    ctx: &Context,
    account: &Account,
    member: MemberId,
    said: Said,
    by: By,
) -> Result<Result<(), Vec<(FieldId, Wrong)>>> {
    let args = Setting {
        account: account.id,
        member,
        said,
        by,
        now: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write(args, |txn, args| Box::pin(set_in(txn, args)))
        .await
}

async fn set_in(txn: &Txn, args: &Setting) -> Result<Result<(), Vec<(FieldId, Wrong)>>> {
    members::lock_in(txn, args.member).await?;
    let fields = in_use(txn.conn(), args.account).await?;
    let before = values_in(txn, args.member).await?;
    let (mut after, mut wrong) = (before.clone(), Vec::new());
    for (id, text) in &args.said {
        let Some(field) = fields.iter().find(|field| field.row.id == *id) else {
            continue;
        };
        let present = before.get(id).map_or("", |value| field.said(value));
        match text.trim() {
            // A choice that is gone can stay where it stands.
            same if same == present => {}
            "" => {
                after.remove(id);
            }
            text => match field.read(text) {
                Ok(value) => {
                    after.insert(*id, value);
                }
                Err(why) => wrong.push((*id, why)),
            },
        }
    }
    if !wrong.is_empty() {
        return Ok(Err(wrong));
    }
    let changed = |id: &&FieldId| before.get(id) != after.get(id);
    let changed: Vec<_> = fields
        .iter()
        .map(|field| &field.row.id)
        .filter(changed)
        .collect();
    if changed.is_empty() {
        return Ok(Ok(()));
    }
    write_in(txn, args.member, &before, &after).await?;
    let entry = Entry {
        by: args.by,
        account: Some(args.account),
        act: Act::SetFields,
        subject: audit::subject("member", args.member),
        before: None,
        after: Some(json!({ "fields": changed })),
    };
    audit::note_in(txn, args.now, entry).await?;
    Ok(Ok(()))
}

/// What stood in the fields of a member was `before` and is `after` from now on.
///
/// # Errors
/// When the store fails.
pub async fn write_in(txn: &Txn, member: MemberId, before: &Values, after: &Values) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let content = match after.is_empty() {
        true => None,
        false => Some(rules::written(after)?),
    };
    queries::replace(txn, member, content).await?;
    let (had, has): (Vec<_>, Vec<_>) = (
        rules::choices_of(before).collect(),
        rules::choices_of(after).collect(),
    );
    for choice in had.iter().filter(|it| !has.contains(it)) {
        queries::unchoose(txn, *choice, member).await?;
    }
    let new: Vec<_> = has.into_iter().filter(|it| !had.contains(it)).collect();
    queries::choose(txn, member, &new).await
}

/// Members get what they lack, as the rows of a file say; what stands there already stays.
///
/// # Errors
/// When the store fails.
pub async fn fill_in(txn: &Txn, said: &[(MemberId, &Values)]) -> Result<()> {
    let mut wanted: BTreeMap<MemberId, Values> = BTreeMap::new();
    for (member, values) in said.iter().filter(|(_, values)| !values.is_empty()) {
        let own = wanted.entry(*member).or_default();
        for (field, value) in *values {
            own.entry(*field).or_insert_with(|| value.clone());
        }
    }
    let ids: Vec<_> = wanted.keys().copied().collect();
    let present = of(txn.conn(), &ids).await?;
    let (known, new): (Vec<_>, Vec<_>) = wanted
        .into_iter()
        .partition(|(member, _)| present.contains_key(member));
    queries::insert(txn, &new).await?;
    for (member, mut after) in known {
        members::lock_in(txn, member).await?;
        let before = values_in(txn, member).await?;
        after.extend(before.clone());
        write_in(txn, member, &before, &after).await?;
    }
    Ok(())
}

/// Nothing is known of a member any more; says whether anything was.
///
/// # Errors
/// When the store fails.
pub async fn forget_member_in(txn: &Txn, member: MemberId) -> Result<u64> {
    let before = values_in(txn, member).await?;
    write_in(txn, member, &before, &Values::new()).await?;
    Ok(u64::from(!before.is_empty()))
}
