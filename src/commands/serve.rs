//! `daogou serve`.

use std::net::TcpListener;

use daogou_ground::{Chance, Clock};

use super::{Done, Failure, asked_to_stop, say};
use crate::app;
use crate::config::{Config, Role};
use crate::context::Context;
use crate::staff;

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
    if args.role.serves() {
        invite_the_first(running.context()).await;
    }
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

/// Says how the first administrator comes in: to whoever sits at the terminal, not into the log.
async fn invite_the_first(ctx: &Context) {
    match staff::first_invitation(ctx).await {
        Ok(Some(token)) => say(&format!(
            "总部控制台还没有人。打开这个链接设置管理员的登录名和密码（3 天内有效，只能用一次）：\n{}",
            staff::link(&ctx.config.public_url, &token)
        )),
        Ok(None) => {}
        Err(error) => {
            tracing::warn!(%error, "nobody was invited into the console; `daogou admin create` does it");
        }
    }
}
