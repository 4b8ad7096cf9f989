//! The two questions that only a check-up asks the database.

use daogou_schema::lane::{self, Way};
use daogou_schema::{AccountId, Timestamp};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, EntityTrait, Set, Statement};

use crate::db::Txn;
use crate::error::Result;

/// No account has this id and no person this openid.
const NOBODY: (AccountId, &str, Way) = (AccountId(0), "daogou doctor", Way::Out);

/// Writes a row that means nothing to anybody and deletes it in the same transaction: whatever its end, nothing stays.
pub(super) async fn write_and_take_back(txn: &Txn) -> Result<()> {
    let (account_id, openid, way) = NOBODY;
    let row = lane::ActiveModel {
        account_id: Set(account_id),
        openid: Set(openid.to_owned()),
        way: Set(way),
        owner: Set(None),
        lease_until: Set(Timestamp(0)),
        fence: Set(0),
    };
    lane::Entity::insert(row)
        .exec_without_returning(txn.conn())
        .await?;
    lane::Entity::delete_by_id((account_id, openid.to_owned(), way))
        .exec(txn.conn())
        .await?;
    Ok(())
}

/// The database's clock, in seconds since 1970.
pub(super) async fn clock(db: &impl ConnectionTrait) -> Result<i64> {
    let backend = db.get_database_backend();
    let question = match backend {
        DbBackend::Postgres => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS BIGINT)",
        DbBackend::MySql => "SELECT CAST(UNIX_TIMESTAMP() AS SIGNED)",
        _ => "SELECT CAST(strftime('%s', 'now') AS INTEGER)",
    };
    let row = db
        .query_one_raw(Statement::from_string(backend, question))
        .await?
        .ok_or_else(|| DbErr::RecordNotFound("the time".to_owned()))?;
    Ok(row.try_get_by_index(0)?)
}
