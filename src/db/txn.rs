//! An open unit of work.

use std::sync::{Mutex, MutexGuard, PoisonError};

use daogou_schema::Address;
use sea_orm::{DatabaseTransaction, DbBackend, DbErr, TransactionTrait};

/// An open unit of work. Queries take it; nothing else may happen while it is open: no network, no waiting, no second
/// write, or the one writer would wait for itself.
pub struct Txn {
    transaction: DatabaseTransaction,
    promised: Mutex<Vec<Address>>,
}

impl Txn {
    pub(super) fn new(transaction: DatabaseTransaction) -> Self {
        Self {
            transaction,
            promised: Mutex::default(),
        }
    }

    /// The connection, for queries.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    /// Whether nobody else can write while this unit is open. Elsewhere rows have to be locked before they are judged.
    pub fn is_alone(&self) -> bool {
        use sea_orm::ConnectionTrait;
        self.transaction.get_database_backend() == DbBackend::Sqlite
    }

    /// Something is ready for `person`: whoever sends is woken after the commit, and only then.
    pub fn promise(&self, person: &Address) {
        let mut promised = self.promised();
        if !promised.contains(person) {
            promised.push(person.clone());
        }
    }

    /// Whether this unit has promised `person` something.
    pub fn has_promised(&self, person: &Address) -> bool {
        self.promised().contains(person)
    }

    /// What was promised to `person` goes another way: nobody need be woken.
    pub fn take_back(&self, person: &Address) {
        self.promised().retain(|promised| promised != person);
    }

    fn promised(&self) -> MutexGuard<'_, Vec<Address>> {
        self.promised.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A part of this unit that can be rolled back alone.
    pub(super) async fn savepoint(&self) -> Result<Self, DbErr> {
        Ok(Self::new(self.transaction.begin().await?))
    }

    /// Keeps what a savepoint did, as a part of `whole`.
    pub(super) async fn join(self, whole: &Self) -> Result<(), DbErr> {
        let promised = self.commit().await?;
        for person in &promised {
            whole.promise(person);
        }
        Ok(())
    }

    /// Makes it last, and says who was promised something.
    pub(super) async fn commit(self) -> Result<Vec<Address>, DbErr> {
        self.transaction.commit().await?;
        Ok(self
            .promised
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// Undoes it.
    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.transaction.rollback().await
    }
}
