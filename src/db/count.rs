//! Counting what may be very much, so far as anybody wants to know.

use sea_orm::sea_query::{Alias, Asterisk, Expr, Func, Query, SelectStatement};
use sea_orm::{ConnectionTrait, DbErr};

use crate::error::Result;

/// How many rows `rows` finds, at most `most`: no more of its index is read.
///
/// # Errors
/// When the store fails.
pub async fn count_to(
    db: &impl ConnectionTrait,
    mut rows: SelectStatement,
    most: u32,
) -> Result<u32> {
    rows.limit(most.into());
    let mut count = Query::select();
    count
        .expr(Func::count(Expr::col(Asterisk)))
        .from_subquery(rows, Alias::new("found"));
    let row = db.query_one(&count).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("a count".to_owned()))?;
    let found: i64 = row.try_get_by_index(0)?;
    Ok(u32::try_from(found).unwrap_or(most))
}
