//! What shows that the store takes writes.

use daogou_schema::lane::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::db::Txn;
use crate::error::Result;

/// Changes no row, but a store that is read-only or full of locks refuses it.
pub(super) async fn touch(txn: &Txn) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(0))
        // No account has this id.
        .filter(Column::AccountId.eq(0))
        .exec(txn.conn())
        .await?;
    Ok(())
}
