//! `daogou serve`.

use std::net::TcpListener;

use daogou_ground::{Chance, Clock};

use super::{Done, Failure, asked_to_stop};
use crate::app;
use crate::config::Config;

pub(super) async fn run() -> Done {
    let config = Config::from_env_with_key()?;
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
    tracing::info!(address = %running.address(), "serving");
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
