//! `daogou serve`.

use std::net::TcpListener;

use daogou_ground::{Chance, Clock};

use super::{Done, Failure, asked_to_stop};
use crate::app;
use crate::config::{Config, Role};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Which part of the work this process takes; parts need REDIS_URL.
    #[arg(long, value_enum, default_value_t)]
    role: Role,
}

pub(super) async fn run(args: Args) -> Done {
    let mut config = Config::from_env_with_key()?;
    config.role = args.role;
    app::refuse_half(&config)?;
    let address = config.listen;
    let listener = match TcpListener::bind(address) {
        Ok(listener) => listener,
        Err(error) => {
            // A second `serve` in the same folder meets the port first; the database is the better reason.
            app::refuse_second(&config).await?;
            return Err(Failure::Failed(format!(
                "DAOGOU_LISTEN: cannot listen on {address}: {error}; end what listens there, or choose another port"
            )));
        }
    };
    let running = app::start(config, listener, Clock::system(), Chance::system()).await?;
    tracing::info!(address = %running.address(), role = ?args.role, "serving");
    let superseded = tokio::select! {
        () = asked_to_stop() => false,
        () = running.superseded() => true,
    };
    tracing::info!("stopping");
    running.stop().await;
    if superseded {
        return Err(Failure::Failed(
            "another process serves this database now".into(),
        ));
    }
    Ok(())
}
