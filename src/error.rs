//! One error, by what the caller can do about it. Only the doors know what it means on HTTP or as an exit code.

use daogou_session::SessionError;

/// Why something did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It does not exist, or not for this caller.
    #[error("{0}")]
    NotFound(String),
    /// The input is wrong; the text names what and what to do.
    #[error("{0}")]
    Invalid(String),
    /// A rule says no; the text says which.
    #[error("{0}")]
    Refused(String),
    /// WeChat, or the way to it, did not do what was asked; the text says what to do.
    #[error("{0}")]
    Upstream(String),
    /// The store cannot be reached or did not commit: nothing was accepted, try again.
    #[error("the store is not available: {0}")]
    Unavailable(#[source] sea_orm::DbErr),
    /// Two writers met; the unit of work was rolled back and may be run again.
    #[error("the store asked for another try: {0}")]
    Deadlock(#[source] sea_orm::DbErr),
    /// A unique key was taken by somebody else in the same moment; look again.
    #[error("somebody else was faster")]
    Taken,
    /// The session layer cannot be reached, or refuses: the text says what to do.
    #[error(transparent)]
    Session(SessionError),
    /// A fault of ours.
    #[error("internal fault: {0}")]
    Internal(String),
}

/// A result with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<sea_orm::DbErr> for Error {
    fn from(error: sea_orm::DbErr) -> Self {
        use sea_orm::DbErr;
        if is_deadlock(&error) {
            return Self::Deadlock(error);
        }
        if answer_of(&error).is_some_and(|said| said.is_unique_violation()) {
            return Self::Taken;
        }
        if is_refused(&error) {
            return Self::Internal(format!("the store refuses this: {error}"));
        }
        match error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) | DbErr::Query(_) | DbErr::Exec(_) => {
                Self::Unavailable(error)
            }
            other => Self::Internal(format!("the store answered something unexpected: {other}")),
        }
    }
}

/// Whether the database gave this unit up so that another could go on: SQLSTATE 40001 and 40P01, MySQL 1213 and 1205.
fn is_deadlock(error: &sea_orm::DbErr) -> bool {
    let Some(database) = answer_of(error) else {
        return false;
    };
    let message = database.message();
    database
        .code()
        .is_some_and(|code| matches!(code.as_ref(), "40001" | "40P01"))
        || message.contains("Deadlock found")
        || message.contains("Lock wait timeout")
}

/// Whether the database is well and says no to this statement or these values: trying again cannot help. SQLSTATE classes
/// 21 to 23 and 42 on the servers; on SQLite error, too big, constraint, mismatch and out of range.
fn is_refused(error: &sea_orm::DbErr) -> bool {
    let Some(code) = answer_of(error).and_then(|database| database.code()) else {
        return false;
    };
    match code.parse::<u32>() {
        Ok(extended) if code.len() < 5 => matches!(extended & 0xff, 1 | 18 | 19 | 20 | 25),
        _ => ["21", "22", "23", "42"]
            .iter()
            .any(|class| code.starts_with(class)),
    }
}

/// What the database itself said, when it was reached.
fn answer_of(error: &sea_orm::DbErr) -> Option<&dyn sea_orm::sqlx::error::DatabaseError> {
    let (sea_orm::DbErr::Query(sea_orm::RuntimeErr::SqlxError(e))
    | sea_orm::DbErr::Exec(sea_orm::RuntimeErr::SqlxError(e))) = error
    else {
        return None;
    };
    e.as_database_error()
}
