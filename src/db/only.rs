//! The one row that a key names.
//!
//! Not SeaORM's `one`: it binds a LIMIT, and SQLite (3.47 and later) prepares a statement anew whenever a bound LIMIT is
//! bound again, which costs several times what running it costs. Where a key is unique no limit is needed.

use sea_orm::{ConnectionTrait, DbErr, EntityTrait, Select, SelectTwo};

/// Reads the row that a unique key names.
pub trait Only {
    /// The row.
    type Row;

    /// The row, if there is one.
    ///
    /// # Errors
    /// When the store fails.
    fn only(
        self,
        db: &impl ConnectionTrait,
    ) -> impl Future<Output = Result<Option<Self::Row>, DbErr>> + Send;
}

impl<E: EntityTrait> Only for Select<E> {
    type Row = E::Model;

    async fn only(self, db: &impl ConnectionTrait) -> Result<Option<Self::Row>, DbErr> {
        Ok(self.all(db).await?.into_iter().next())
    }
}

impl<E: EntityTrait, F: EntityTrait> Only for SelectTwo<E, F> {
    type Row = (E::Model, Option<F::Model>);

    async fn only(self, db: &impl ConnectionTrait) -> Result<Option<Self::Row>, DbErr> {
        Ok(self.all(db).await?.into_iter().next())
    }
}
