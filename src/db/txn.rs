//! An open unit of work.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use daogou_schema::{Address, GuideId};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, TransactionTrait};

use super::abreast::Asked;

/// An open unit of work. Queries take it; nothing else may happen while it is open: no network, no waiting, no second
/// write, or the one writer would wait for itself.
pub struct Txn {
    open: Arc<Open>,
    /// Where questions wait for those of others, when several work abreast.
    pub(super) asked: Option<Asked>,
}

struct Open {
    transaction: DatabaseTransaction,
    told: Mutex<Told>,
}

/// Who is told of a unit of work after its commit, and only then.
#[derive(Default)]
pub(super) struct Told {
    /// For whom something is ready to be sent.
    pub people: Vec<Address>,
    /// On whose pages something has changed.
    pub guides: BTreeSet<GuideId>,
}

impl Txn {
    pub(super) fn new(transaction: DatabaseTransaction) -> Self {
        Self {
            open: Arc::new(Open {
                transaction,
                told: Mutex::default(),
            }),
            asked: None,
        }
    }

    /// The same unit of work, for one of several who work abreast.
    pub(super) fn abreast(&self, asked: Asked) -> Self {
        Self {
            open: self.open.clone(),
            asked: Some(asked),
        }
    }

    /// The connection, for queries.
    pub fn conn(&self) -> &DatabaseTransaction {
        &self.open.transaction
    }

    /// Whether nobody else can write while this unit is open. Elsewhere rows have to be locked before they are judged.
    pub fn is_alone(&self) -> bool {
        self.backend() == DbBackend::Sqlite
    }

    pub(super) fn backend(&self) -> DbBackend {
        self.conn().get_database_backend()
    }

    /// Something is ready for `person`: whoever sends is woken after the commit, and only then.
    pub fn promise(&self, person: &Address) {
        let mut told = self.told();
        if !told.people.contains(person) {
            told.people.push(person.clone());
        }
    }

    /// Whether this unit has promised `person` something.
    pub fn has_promised(&self, person: &Address) -> bool {
        self.told().people.contains(person)
    }

    /// What was promised to `person` goes another way: nobody need be woken.
    pub fn take_back(&self, person: &Address) {
        self.told().people.retain(|promised| promised != person);
    }

    /// Something changes on this guide's pages: those that are open look again after the commit.
    pub fn shows(&self, guide: GuideId) {
        self.told().guides.insert(guide);
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.open
            .told
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// A part of this unit that can be rolled back alone.
    pub(super) async fn savepoint(&self) -> Result<Self, DbErr> {
        Ok(Self::new(self.conn().begin().await?))
    }

    /// Keeps what a savepoint did, as a part of `whole`.
    pub(super) async fn join(self, whole: &Self) -> Result<(), DbErr> {
        let told = self.commit().await?;
        for person in &told.people {
            whole.promise(person);
        }
        whole.told().guides.extend(told.guides);
        Ok(())
    }

    /// Makes it last, and says who is to be told.
    pub(super) async fn commit(self) -> Result<Told, DbErr> {
        let open = self.alone()?;
        open.transaction.commit().await?;
        Ok(open
            .told
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// Undoes it.
    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.alone()?.transaction.rollback().await
    }

    /// Those who worked abreast are gone before the unit ends.
    fn alone(self) -> Result<Open, DbErr> {
        let shared = || DbErr::Custom("a unit of work ended while it was at work".into());
        Arc::into_inner(self.open).ok_or_else(shared)
    }
}
