//! The migrations on real databases: SQLite always, PostgreSQL and MariaDB where their servers are named by
//! `DAOGOU_TEST_POSTGRES` and `DAOGOU_TEST_MARIADB` (URLs of users who may create databases).

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "these are tests: what is missing or fails ends them"
)]

mod applying;
mod capitals;
mod database;
mod drift;
mod round_trip;
