//! The store's migrations, the same for SQLite, PostgreSQL and MySQL/MariaDB.
//!
//! They are append-only: once released, a migration is never edited, renamed or removed; a change of mind is another
//! one. There is no way down: a backup is. Statements name tables and columns as they were then, in words, and do not
//! follow the entities of `daogou-schema`; the tests keep the two equal.
//!
//! Nothing here locks: of several processes that start at once, the caller lets one in.

mod change;
mod shape;

mod m2026_11_22_000001_account;
mod m2026_11_22_000002_store;
mod m2026_11_22_000003_member;
mod m2026_11_22_000004_guide;
mod m2026_11_22_000005_code;
mod m2026_11_22_000006_guide_number;
mod m2026_11_22_000007_identity;
mod m2026_11_22_000008_binding;
mod m2026_11_22_000009_binding_event;
mod m2026_11_22_000010_conversation;
mod m2026_11_22_000011_question;
mod m2026_11_22_000012_media;
mod m2026_11_22_000013_inbound;
mod m2026_11_22_000014_inbound_key;
mod m2026_11_22_000015_lane;
mod m2026_11_22_000016_reply_window;
mod m2026_11_22_000017_message;
mod m2026_11_22_000018_outbound;
mod m2026_11_22_000019_node;
mod m2026_11_22_000020_indices;
mod m2026_11_22_000021_unfinished_inbound;
mod m2026_11_22_000022_lost_line;
mod m2026_11_22_000023_staff;
mod m2026_11_22_000024_hand_over;
mod m2026_11_22_000025_audit;
mod m2026_11_22_000026_tag;
mod m2026_11_22_000027_bulk;
mod m2026_11_22_000028_fans;
mod m2026_11_22_000029_privacy;
mod m2026_11_22_000030_member_phone;
mod m2026_11_22_000031_account_console;
mod m2026_11_22_000032_second_step;
mod m2026_11_22_000033_region;
mod m2026_11_22_000034_joining;
mod m2026_11_22_000035_import;
mod m2026_11_22_000036_export;
mod m2026_11_22_000037_merge;
mod m2026_11_22_000038_campaign;
mod m2026_11_22_000039_follower_sync;
mod m2026_11_22_000040_menu;
mod m2026_11_22_000041_search;
mod m2026_11_22_000042_sensitive;
mod m2026_11_22_000043_tag_rule;
mod m2026_11_22_000044_insider;
mod m2026_11_22_000045_field;
mod m2026_11_22_000046_birthday;
mod m2026_11_22_000048_language;
mod m2026_11_22_000049_picture;
mod m2026_11_22_000050_script;
mod m2026_11_22_000051_visit;
mod m2026_11_23_000052_workbench;
mod m2026_11_23_000053_care;

use sea_orm_migration::prelude::{DbErr, MigrationTrait, MigratorTrait};
use sea_orm_migration::sea_orm::DatabaseConnection;
use sea_orm_migration::{Migration, MigrationStatus};

/// Applies what is pending and says how many migrations that were. A process that dies in between leaves a database
/// on which this can be called again.
///
/// # Errors
///
/// What the database said; also when the database has migrations that this program does not know, being newer.
pub async fn up(db: &DatabaseConnection) -> Result<u32, DbErr> {
    let applied = pending(db).await?;
    Migrator::up(db, None).await?;
    Ok(applied)
}

/// Applies only the next `steps` of what is pending: for a restore, which needs the schema that its file was made with.
///
/// # Errors
///
/// As [`up`].
pub async fn up_by(db: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    Migrator::up(db, Some(steps)).await
}

/// The names of all migrations that this program knows, in order.
pub fn names() -> Vec<String> {
    let migrations = Migrator::migrations();
    migrations.iter().map(|m| m.name().to_owned()).collect()
}

/// Every migration in order and whether it is applied. Writes nothing, so a read-only user may ask.
///
/// # Errors
///
/// As [`up`].
pub async fn status(db: &DatabaseConnection) -> Result<Vec<(String, bool)>, DbErr> {
    let known = Migrator::get_migration_with_status_read_only(db).await?;
    Ok(known
        .iter()
        .map(|migration| (migration.name().to_owned(), is_applied(migration)))
        .collect())
}

/// How many migrations are not applied yet. Writes nothing, so a read-only user may ask.
///
/// # Errors
///
/// As [`up`].
pub async fn pending(db: &DatabaseConnection) -> Result<u32, DbErr> {
    let known = Migrator::get_migration_with_status_read_only(db).await?;
    let pending = known.iter().filter(|migration| !is_applied(migration));
    Ok(pending.fold(0, |count, _| count + 1))
}

fn is_applied(migration: &Migration) -> bool {
    migration.status() == MigrationStatus::Applied
}

struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        [
            m2026_11_22_000001_account::changes(),
            m2026_11_22_000002_store::changes(),
            m2026_11_22_000003_member::changes(),
            m2026_11_22_000004_guide::changes(),
            m2026_11_22_000005_code::changes(),
            m2026_11_22_000006_guide_number::changes(),
            m2026_11_22_000007_identity::changes(),
            m2026_11_22_000008_binding::changes(),
            m2026_11_22_000009_binding_event::changes(),
            m2026_11_22_000010_conversation::changes(),
            m2026_11_22_000011_question::changes(),
            m2026_11_22_000012_media::changes(),
            m2026_11_22_000013_inbound::changes(),
            m2026_11_22_000014_inbound_key::changes(),
            m2026_11_22_000015_lane::changes(),
            m2026_11_22_000016_reply_window::changes(),
            m2026_11_22_000017_message::changes(),
            m2026_11_22_000018_outbound::changes(),
            m2026_11_22_000019_node::changes(),
            m2026_11_22_000020_indices::changes(),
            m2026_11_22_000021_unfinished_inbound::changes(),
            m2026_11_22_000022_lost_line::changes(),
            m2026_11_22_000023_staff::changes(),
            m2026_11_22_000024_hand_over::changes(),
            m2026_11_22_000025_audit::changes(),
            m2026_11_22_000026_tag::changes(),
            m2026_11_22_000027_bulk::changes(),
            m2026_11_22_000028_fans::changes(),
            m2026_11_22_000029_privacy::changes(),
            m2026_11_22_000030_member_phone::changes(),
            m2026_11_22_000031_account_console::changes(),
            m2026_11_22_000032_second_step::changes(),
            m2026_11_22_000033_region::changes(),
            m2026_11_22_000034_joining::changes(),
            m2026_11_22_000035_import::changes(),
            m2026_11_22_000036_export::changes(),
            m2026_11_22_000037_merge::changes(),
            m2026_11_22_000038_campaign::changes(),
            m2026_11_22_000039_follower_sync::changes(),
            m2026_11_22_000040_menu::changes(),
            m2026_11_22_000041_search::changes(),
            m2026_11_22_000042_sensitive::changes(),
            m2026_11_22_000043_tag_rule::changes(),
            m2026_11_22_000044_insider::changes(),
            m2026_11_22_000045_field::changes(),
            m2026_11_22_000046_birthday::changes(),
            m2026_11_22_000048_language::changes(),
            m2026_11_22_000049_picture::changes(),
            m2026_11_22_000050_script::changes(),
            m2026_11_22_000051_visit::changes(),
            m2026_11_23_000052_workbench::changes(),
            m2026_11_23_000053_care::changes(),
        ]
        .into_iter()
        .flatten()
        .map(|change| Box::new(change) as Box<dyn MigrationTrait>)
        .collect()
    }
}
