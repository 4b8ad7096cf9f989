//! Applying: once, again, after a crash, and what may not be deleted afterwards.

use daogou_migrations::{pending, status, up};
use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, SqlErr,
};

use crate::database::on_every_database;
use crate::round_trip::samples;

on_every_database! {
    migrations_apply_once_and_a_second_time_there_is_nothing_to_do
    a_database_newer_than_the_program_is_refused
    a_migration_that_was_made_but_not_noted_is_made_good
    what_others_refer_to_cannot_be_deleted
}

async fn migrations_apply_once_and_a_second_time_there_is_nothing_to_do(db: DatabaseConnection) {
    let before = status(&db).await.unwrap();
    assert!(before.iter().all(|(_, applied)| !applied));
    assert_eq!(before[0].0, "m2026_11_22_000001_account");
    let all = u32::try_from(before.len()).unwrap();
    assert_eq!(pending(&db).await.unwrap(), all);

    assert_eq!(up(&db).await.unwrap(), all);
    assert_eq!(up(&db).await.unwrap(), 0);

    assert_eq!(pending(&db).await.unwrap(), 0);
    let after = status(&db).await.unwrap();
    assert!(after.iter().all(|(_, applied)| *applied));
    let mut names: Vec<_> = after.iter().map(|(name, _)| name).collect();
    names.dedup();
    assert_eq!(names.len(), before.len());
}

async fn a_database_newer_than_the_program_is_refused(db: DatabaseConnection) {
    up(&db).await.unwrap();
    db.execute_unprepared(
        "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m2999_01_01_000001_later', 1)",
    )
    .await
    .unwrap();
    assert!(up(&db).await.is_err());
    assert!(status(&db).await.is_err());
}

/// Only MySQL can be left so, because it commits before it changes the schema; on the others a table that is already
/// there is not ours.
async fn a_migration_that_was_made_but_not_noted_is_made_good(db: DatabaseConnection) {
    let made = up(&db).await.unwrap();
    db.execute_unprepared("DELETE FROM seaql_migrations")
        .await
        .unwrap();
    let again = up(&db).await;
    if db.get_database_backend() == DbBackend::MySql {
        assert_eq!(again.unwrap(), made);
    } else {
        assert!(again.is_err());
    }
}

async fn what_others_refer_to_cannot_be_deleted(db: DatabaseConnection) {
    use daogou_schema::{account, guide, store};
    up(&db).await.unwrap();
    samples::insert_people(&db).await;
    let refused = [
        store::Entity::delete_many().exec(&db).await.unwrap_err(),
        account::Entity::delete_many().exec(&db).await.unwrap_err(),
    ];
    for error in refused {
        let kind = error.sql_err();
        assert!(
            matches!(kind, Some(SqlErr::ForeignKeyConstraintViolation(_))),
            "{error}"
        );
    }
    assert!(guide::Entity::find().one(&db).await.unwrap().is_some());
}
