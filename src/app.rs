//! The only place that builds things: settings → context → server and workers; start and graceful stop.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use daogou_ground::{Chance, Clock, http_client, install_tls};
use daogou_session::{Session, SessionError};
use daogou_wechat::Client;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Config;
use crate::context::{Context, Parts, Tasks};
use crate::db::{self, Guard};
use crate::error::{Error, Result};
use crate::{accounts, reception, telemetry, web, workers};

/// How long a stop waits for requests and background work.
const STOP_PATIENCE: Duration = Duration::from_secs(10);
/// More web threads than this gain nothing: the work is in the store.
const WEB_THREADS_MAX: usize = 4;

/// The lock that a process with the embedded session holds while it serves.
const SERVING: &str = "serve";

/// A running server with its workers.
pub struct Running {
    address: SocketAddr,
    server: ServerHandle,
    stop: CancellationToken,
    tasks: TaskTracker,
    ctx: Context,
    _guard: Option<Guard>,
}

/// Opens the store and the session layer.
///
/// # Errors
/// When either cannot be reached, or a template of the brand is wrong.
pub(crate) async fn open(config: Config, clock: Clock, chance: Chance) -> Result<Context> {
    install_tls();
    let tracker = TaskTracker::new();
    let session = match &config.redis_url {
        Some(url) => Session::connect(url.expose()).await.map_err(no_session)?,
        None => Session::embedded(clock.clone()),
    };
    let db = db::connect(config.database_url.expose(), config.migrate, &tracker).await?;
    let http = http_client().map_err(|e| Error::Internal(format!("no HTTP client: {e}")))?;
    let wechat = Client::new(http, config.hosts.clone());
    let tasks = Tasks {
        tracker,
        runtime: Handle::current(),
    };
    Context::new(Parts {
        db,
        session,
        wechat,
        clock,
        chance,
        config,
        tasks,
    })
}

/// Starts the server and its workers on `listener`.
///
/// # Errors
/// When a setting, the store or the session layer is not usable, or another process holds the embedded session.
pub async fn start(
    config: Config,
    listener: TcpListener,
    clock: Clock,
    chance: Chance,
) -> Result<Running> {
    config
        .require_secret_key()
        .map_err(|e| Error::Invalid(e.to_string()))?;
    telemetry::metrics();
    let alone = config.redis_url.is_none();
    let url = config.database_url.clone();
    let settings = config.account.clone();
    let ctx = open(config, clock, chance).await?;
    let guard = if alone {
        Some(only_process(url.expose()).await?)
    } else {
        None
    };
    if let Some(settings) = &settings {
        accounts::save(&ctx, settings).await?;
    }
    if alone {
        let healing = ctx.clone();
        ctx.tasks.run(async move {
            if let Err(error) = reception::heal_alone(&healing).await {
                tracing::error!(%error, "pushes of the last run wait for the next sweep");
            }
        });
    }
    let address = listener
        .local_addr()
        .map_err(|e| Error::Internal(e.to_string()))?;
    let for_server = ctx.clone();
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(WEB_THREADS_MAX);
    let server = HttpServer::new(move || App::new().configure(web::routes(for_server.clone())))
        .workers(threads)
        .shutdown_timeout(STOP_PATIENCE.as_secs())
        .disable_signals()
        .listen(listener)
        .map_err(|e| Error::Invalid(format!("cannot listen on {address}: {e}")))?
        .run();
    let handle = server.handle();
    ctx.tasks.run(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the web server ended");
        }
    });
    let stop = CancellationToken::new();
    workers::start(&ctx, &stop);
    let tasks = ctx.tasks.tracker.clone();
    Ok(Running {
        address,
        server: handle,
        stop,
        tasks,
        ctx,
        _guard: guard,
    })
}

/// An address that nobody understands must be changed; a Redis that is away comes back by itself.
fn no_session(error: SessionError) -> Error {
    match error {
        SessionError::Address { .. } => Error::Invalid(error.to_string()),
        SessionError::Away { .. } | SessionError::Refused { .. } => Error::Session(error),
    }
}

/// Whether a process with the embedded session serves the database at `url` now. With Redis nobody takes that lock.
///
/// # Errors
/// When the lock cannot even be asked for.
pub(crate) async fn is_served(url: &str) -> Result<bool> {
    Ok(Guard::try_take(url, SERVING).await?.is_none())
}

/// Says no where another process with the embedded session serves this database now.
///
/// # Errors
/// When it does.
pub(crate) async fn refuse_second(config: &Config) -> Result<()> {
    let alone = config.redis_url.is_none();
    // Where the lock cannot be asked for there is another reason, which its owner finds himself.
    if alone
        && is_served(config.database_url.expose())
            .await
            .unwrap_or(false)
    {
        return Err(second());
    }
    Ok(())
}

async fn only_process(url: &str) -> Result<Guard> {
    Guard::try_take(url, SERVING).await?.ok_or_else(second)
}

fn second() -> Error {
    Error::Invalid(
        "another process serves this database. Without REDIS_URL there can be only one; stop it, or set REDIS_URL for \
         both"
            .into(),
    )
}

impl Running {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its handles.
    pub(crate) fn context(&self) -> &Context {
        &self.ctx
    }

    /// Ends requests and work in progress, then returns; what was accepted and not handled is taken up at the next start.
    pub async fn stop(self) {
        self.server.stop(true).await;
        self.stop.cancel();
        drop(self.ctx);
        self.tasks.close();
        if tokio::time::timeout(STOP_PATIENCE, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some work did not end in time; it is taken up at the next start");
        }
    }
}
