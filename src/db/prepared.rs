//! Statements over many rows of one kind, whose text is kept: building it anew for every batch costs as much as running it.

use std::any::TypeId;
use std::collections::HashMap;
use std::mem::{Discriminant, discriminant};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use sea_orm::sea_query::Query;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, DbBackend, EntityTrait, Iterable, QueryFilter,
    QueryTrait, Statement, Value,
};

use super::case;

/// What a text depends on. There are few: lists have few lengths.
#[derive(PartialEq, Eq, Hash)]
struct Shape {
    table: TypeId,
    verb: Verb,
    columns: Columns,
    rows: usize,
    db: Discriminant<DbBackend>,
}

#[derive(PartialEq, Eq, Hash)]
enum Verb {
    Insert { returning: bool },
    Update,
}

/// Which columns a row sets, a bit each in the order of its table. (No table has 64.)
pub(super) type Columns = u64;

/// The values that a row sets, and in which columns.
pub(super) fn set<A: ActiveModelTrait>(row: &A) -> (Columns, Vec<Value>) {
    let mut columns = 0;
    let mut values = Vec::new();
    for (place, column) in <A::Entity as EntityTrait>::Column::iter().enumerate() {
        if let ActiveValue::Set(value) | ActiveValue::Unchanged(value) = row.get(column) {
            columns |= 1 << place;
            values.push(value);
        }
    }
    (columns, values)
}

/// Inserts `rows`; the database says their keys when they are `returning`.
pub(super) fn insert<A: ActiveModelTrait>(
    db: DbBackend,
    rows: &[&A],
    returning: bool,
) -> Statement {
    let (columns, values): (Vec<_>, Vec<_>) = rows.iter().map(|row| set(*row)).unzip();
    let build = || {
        let mut query = A::Entity::insert_many(rows.iter().map(|row| (*row).clone())).into_query();
        if returning {
            let keys = <A::Entity as EntityTrait>::PrimaryKey::iter();
            query.returning(Query::returning().columns(keys));
        }
        db.build(&query)
    };
    match columns.split_first() {
        Some((first, others)) if others.iter().all(|other| other == first) => {
            let shape = Shape {
                table: TypeId::of::<A::Entity>(),
                verb: Verb::Insert { returning },
                columns: *first,
                rows: rows.len(),
                db: discriminant(&db),
            };
            let text = text(shape, || build().sql);
            Statement::from_sql_and_values(db, &*text, values.concat())
        }
        // What one leaves out the others say: the text depends on who.
        _ => build(),
    }
}

/// Changes rows that all set the same `columns`, each row by its `key`.
pub(super) fn update<A, K>(
    db: DbBackend,
    key: <A::Entity as EntityTrait>::Column,
    columns: Columns,
    rows: &[(K, Vec<Value>)],
) -> Statement
where
    A: ActiveModelTrait,
    K: Copy + Into<Value>,
{
    let set = <A::Entity as EntityTrait>::Column::iter()
        .enumerate()
        .filter(|(place, _)| columns & (1 << place) != 0);
    let chosen = |at: usize| {
        let value = move |(id, values): &(K, Vec<Value>)| Some((*id, values.get(at)?.clone()));
        rows.iter().filter_map(value)
    };
    let build = || {
        let mut update = A::Entity::update_many();
        for (at, (_, column)) in set.clone().enumerate() {
            update = update.col_expr(column, case(key, chosen(at)));
        }
        let update = update.filter(key.is_in(rows.iter().map(|(id, _)| *id)));
        db.build(update.as_query())
    };
    let shape = Shape {
        table: TypeId::of::<A::Entity>(),
        verb: Verb::Update,
        columns,
        rows: rows.len(),
        db: discriminant(&db),
    };
    let text = text(shape, || build().sql);
    let mut values: Vec<Value> = Vec::new();
    for at in 0..set.clone().count() {
        for (id, value) in chosen(at) {
            // One row alone needs no choice.
            if rows.len() > 1 {
                values.push(id.into());
            }
            values.push(value);
        }
    }
    values.extend(rows.iter().map(|(id, _)| (*id).into()));
    Statement::from_sql_and_values(db, &*text, values)
}

fn text(shape: Shape, build: impl FnOnce() -> String) -> Arc<str> {
    static TEXTS: LazyLock<RwLock<HashMap<Shape, Arc<str>>>> = LazyLock::new(RwLock::default);
    let known = TEXTS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .get(&shape)
        .cloned();
    known.unwrap_or_else(|| {
        let text = Arc::from(build());
        let mut texts = TEXTS.write().unwrap_or_else(PoisonError::into_inner);
        texts.entry(shape).or_insert(text).clone()
    })
}

#[cfg(test)]
mod tests {
    use daogou_schema::{AccountId, TagId, Timestamp, tag};
    use sea_orm::Set;

    use super::*;

    const BACKENDS: [DbBackend; 3] = [DbBackend::Sqlite, DbBackend::Postgres, DbBackend::MySql];

    fn row(name: &str) -> tag::ActiveModel {
        tag::ActiveModel {
            account_id: Set(AccountId(1)),
            name: Set(name.to_owned()),
            created_at: Set(Timestamp(5)),
            removed_at: Set(Timestamp(0)),
            ..Default::default()
        }
    }

    #[test]
    fn an_insert_says_what_it_said_without_its_text_kept() {
        // Each length twice: the second finds the text of the first.
        for db in BACKENDS {
            for names in [&["新客"][..], &["常来"], &["a", "b"], &["c", "d"]] {
                let rows: Vec<_> = names.iter().map(|name| row(name)).collect();
                let plain = db.build(&tag::Entity::insert_many(rows.clone()).into_query());
                let kept = insert(db, &rows.iter().collect::<Vec<_>>(), false);
                assert_eq!(kept.to_string(), plain.to_string());
            }
        }
    }

    #[test]
    fn rows_that_set_different_columns_are_not_mixed_up() {
        let (mut one, other) = (row("新客"), row("常来"));
        one.id = Set(TagId(7));
        for db in BACKENDS {
            let plain =
                db.build(&tag::Entity::insert_many([one.clone(), other.clone()]).into_query());
            let kept = insert(db, &[&one, &other], false);
            assert_eq!(kept.to_string(), plain.to_string());
        }
    }

    #[test]
    fn an_update_gives_each_row_its_own() {
        for names in [["新客", "常来"], ["甲", "乙"]] {
            let changes = names.map(|name| tag::ActiveModel {
                name: Set(name.to_owned()),
                removed_at: Set(Timestamp(9)),
                ..Default::default()
            });
            let rows: Vec<_> = (1..)
                .map(TagId)
                .zip(changes.iter().map(|change| set(change).1))
                .collect();
            let (columns, _) = set(&changes[0]);
            let update = |rows| {
                update::<tag::ActiveModel, _>(DbBackend::Sqlite, tag::Column::Id, columns, rows)
            };
            let [one, other] = names;
            assert_eq!(
                update(&rows).to_string(),
                format!(
                    r#"UPDATE "tag" SET "name" = (CASE WHEN ("tag"."id" = 1) THEN '{one}' WHEN ("tag"."id" = 2) THEN '{other}' END), "removed_at" = (CASE WHEN ("tag"."id" = 1) THEN 9 WHEN ("tag"."id" = 2) THEN 9 END) WHERE "tag"."id" IN (1, 2)"#
                )
            );
            assert_eq!(
                update(&rows[..1]).to_string(),
                format!(
                    r#"UPDATE "tag" SET "name" = '{one}', "removed_at" = 9 WHERE "tag"."id" IN (1)"#
                )
            );
        }
    }
}
