//! The database as it is used: does it take writes, and what time is it there.

use std::time::Duration;

use daogou_ground::Clock;
use daogou_schema::Timestamp;

use super::{Finding, State, Words, end, queries};
use crate::db::Db;

/// From here on the database's clock is worth a word. Nothing is decided by it, so it is never a failure.
const CLOCKS_APART_MAX: Duration = Duration::from_secs(60);

/// Whether a row can be written.
pub async fn write(db: &Db) -> Finding {
    let written = db
        .write((), |txn, ()| Box::pin(queries::write_and_take_back(txn)))
        .await;
    let judged = match written {
        Ok(()) => end(
            State::Ok,
            "a row was written and taken away again",
            "写入了一行又删掉，一切正常",
        ),
        Err(error) => end(
            State::Fail,
            format!("{error}: check that the disk is not full and that the user may write"),
            "数据库写不进去：请检查磁盘是否已满、数据库用户有没有写权限",
        ),
    };
    Finding::new("database_write", judged)
}

/// Whether the database's clock agrees with this machine's.
pub async fn clock(db: &Db, clock: &Clock) -> Finding {
    let before = clock.now();
    let there = queries::clock(db.reads()).await;
    let here = Timestamp::from(before + (clock.now() - before) / 2);
    let judged = match there {
        Ok(there) => compare(there, here.seconds()),
        Err(error) => end(
            State::Skipped,
            format!("the database does not tell its time ({error})"),
            "数据库没有说出它的时间",
        ),
    };
    Finding::new("database_clock", judged)
}

fn compare(there: i64, here: i64) -> (State, Words) {
    let apart = there.abs_diff(here);
    if apart <= CLOCKS_APART_MAX.as_secs() {
        return end(State::Ok, "agrees with this machine's", "与这台服务器一致");
    }
    end(
        State::Warn,
        format!("{apart} s apart from this machine's: one of the two is wrong; set both by NTP"),
        format!("与这台服务器相差 {apart} 秒，其中一个不准：请都用 NTP 对时"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_may_be_a_minute_apart() {
        assert_eq!(compare(1000, 1060).0, State::Ok);
        assert_eq!(compare(1061, 1000).0, State::Warn);
    }
}
