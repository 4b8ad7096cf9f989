//! `daogou migrate up|status`.

use clap::Subcommand;
use sea_orm::Database;
use tokio_util::task::TaskTracker;

use super::{Done, Failure, say};
use crate::config::Config;
use crate::db;

#[derive(Subcommand)]
pub(super) enum Action {
    /// Applies what is pending.
    Up,
    /// Shows what is applied and what is pending.
    Status,
}

pub(super) async fn run(action: Action) -> Done {
    let config = Config::from_env()?;
    let url = config.database_url.expose();
    match action {
        Action::Up => {
            let tasks = TaskTracker::new();
            let store = db::connect(url, true, &tasks).await?;
            store.close().await?;
            tasks.close();
            tasks.wait().await;
            say("the schema is up to date");
        }
        Action::Status => {
            let failed = |e: sea_orm::DbErr| Failure::Failed(e.to_string());
            let connection = Database::connect(url).await.map_err(failed)?;
            for (name, applied) in daogou_migrations::status(&connection)
                .await
                .map_err(failed)?
            {
                say(&format!(
                    "{} {name}",
                    if applied { "applied" } else { "pending" }
                ));
            }
        }
    }
    Ok(())
}
