//! Capitals count: a lookup that ignores them reaches the wrong person.

use std::fmt::Debug;

use daogou_migrations::up;
use daogou_schema::*;
use sea_orm_migration::sea_orm::{
    self, ActiveModelTrait, ActiveValue::NotSet, ColumnTrait, DatabaseConnection, DbBackend, DbErr,
    EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, Set, SqlErr, Statement,
};

use crate::database::on_every_database;
use crate::round_trip::samples;

on_every_database! {
    openids_scenes_and_appids_that_differ_only_in_capitals_are_different
    rows_without_an_openid_or_unionid_are_as_many_as_they_like
    names_that_only_look_alike_are_different
    key_columns_compare_by_code_point_in_the_catalogue_too
}

/// Inserts a row, a second one whose key differs only in capitals, and an equal one, which must be refused.
macro_rules! distinct {
    ($db:expr, $entity:ident :: $column:ident, $row:expr, |$active:ident, $key:ident| $set:expr) => {{
        let write = |key: &str| {
            let mut $active = $row.into_active_model();
            let $key = key.to_owned();
            $set;
            $entity::Entity::insert($active).exec_without_returning($db)
        };
        write("oAbCdE").await.unwrap();
        write("oabcde").await.unwrap();
        assert_refused(write("oAbCdE").await);
        let found = $entity::Entity::find()
            .filter($entity::Column::$column.eq("oabcde"))
            .all($db)
            .await
            .unwrap();
        assert_eq!(found.len(), 1, concat!(stringify!($entity), " by its key"));
    }};
}

async fn openids_scenes_and_appids_that_differ_only_in_capitals_are_different(
    db: DatabaseConnection,
) {
    up(&db).await.unwrap();
    samples::insert_people(&db).await;
    let db = &db;
    distinct!(db, account::Appid, samples::account(), |row, key| {
        row.id = NotSet;
        row.appid = Set(key)
    });
    distinct!(db, member::Unionid, samples::member(), |row, key| {
        row.id = NotSet;
        row.unionid = Set(Some(key))
    });
    distinct!(db, guide::Openid, samples::guide(), |row, key| {
        row.id = NotSet;
        row.openid = Set(Some(key))
    });
    distinct!(db, code::Scene, samples::code(), |row, key| {
        row.id = NotSet;
        row.scene = Set(key)
    });
    distinct!(db, identity::Openid, samples::identity(), |row, key| row
        .openid =
        Set(key));
    distinct!(db, media::WechatId, samples::media(), |row, key| {
        row.id = NotSet;
        row.wechat_id = Set(key)
    });
    distinct!(
        db,
        inbound_key::DedupeKey,
        samples::inbound_key(),
        |row, key| { row.dedupe_key = Set(key) }
    );
    distinct!(db, lane::Openid, samples::lane(), |row, key| row.openid =
        Set(key));
    distinct!(
        db,
        reply_window::Openid,
        samples::reply_window(),
        |row, key| { row.openid = Set(key) }
    );
}

async fn rows_without_an_openid_or_unionid_are_as_many_as_they_like(db: DatabaseConnection) {
    up(&db).await.unwrap();
    samples::insert_people(&db).await;
    for _ in 0..2 {
        let mut unknown = samples::member().into_active_model();
        unknown.id = NotSet;
        unknown.unionid = Set(None);
        unknown.insert(&db).await.unwrap();
        let mut unlinked = samples::guide().into_active_model();
        unlinked.id = NotSet;
        unlinked.openid = Set(None);
        unlinked.insert(&db).await.unwrap();
    }
    let unlinked = guide::Entity::find().filter(guide::Column::Openid.is_null());
    assert_eq!(unlinked.all(&db).await.unwrap().len(), 2);
}

async fn names_that_only_look_alike_are_different(db: DatabaseConnection) {
    up(&db).await.unwrap();
    samples::insert_people(&db).await;
    let open = async |name: &str| {
        let mut store = samples::store().into_active_model();
        store.id = NotSet;
        store.name = Set(name.to_owned());
        store.insert(&db).await.map(drop)
    };
    for name in ["🌸店", "🌹店", "Cafe", "cafe", "Café"] {
        open(name).await.unwrap();
    }
    assert_refused(open("🌸店").await);
}

/// A column with a collation of its own, as the catalogue has it.
#[derive(Debug, FromQueryResult)]
struct Collated {
    name: String,
    collation: Option<String>,
}

async fn key_columns_compare_by_code_point_in_the_catalogue_too(db: DatabaseConnection) {
    up(&db).await.unwrap();
    let (query, expected) = match db.get_database_backend() {
        DbBackend::Postgres => (
            "SELECT table_name || '.' || column_name AS name, collation_name::text AS collation \
             FROM information_schema.columns WHERE table_schema = current_schema() AND \
             column_name IN ('appid', 'dedupe_key', 'openid', 'original_id', 'scene', 'ticket', \
             'unionid', 'usable_id', 'wechat_id')",
            "C",
        ),
        DbBackend::MySql => (
            "SELECT CONCAT(table_name, '.', column_name) AS name, collation_name AS collation \
             FROM information_schema.columns WHERE table_schema = DATABASE() AND \
             collation_name IS NOT NULL AND table_name <> 'seaql_migrations'",
            "utf8mb4_bin",
        ),
        // SQLite has no other collation unless a column asks for one.
        _ => return,
    };
    let statement = Statement::from_string(db.get_database_backend(), query);
    let columns = Collated::find_by_statement(statement)
        .all(&db)
        .await
        .unwrap();
    assert!(columns.len() > 10, "{columns:?}");
    for column in columns {
        assert_eq!(
            column.collation.as_deref(),
            Some(expected),
            "{}",
            column.name
        );
    }
}

fn assert_refused<T: Debug>(written: Result<T, DbErr>) {
    let error = written.unwrap_err();
    let kind = error.sql_err();
    assert!(
        matches!(kind, Some(SqlErr::UniqueConstraintViolation(_))),
        "{error}"
    );
}
