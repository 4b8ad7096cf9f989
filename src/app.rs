//! The only place that builds things: settings → context → server and workers; start and graceful stop.

mod limits;

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpServer};
use daogou_ground::{Chance, Clock, http_client, install_tls};
use daogou_session::{Session, SessionError};
use daogou_wechat::Client;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::{Config, Role, Secret};
use crate::context::{Context, Parts, Tasks};
use crate::db::{self, Guard};
use crate::error::{Error, Result};
use crate::{accounts, reception, sensitive, telemetry, web, workers};

pub use crate::db::listen_to_statements;

/// How long a stop waits for requests.
const REQUESTS_PATIENCE: Duration = Duration::from_secs(10);
/// How long it waits after that for work in progress: a call to WeChat has settled by then, whatever becomes of it.
const WORK_PATIENCE: Duration = Duration::from_secs(45);
/// More web threads than this gain nothing: the work is in the store.
const WEB_THREADS_MAX: usize = 4;

/// How often the lock of the only process is looked after: well within the hours after which a server closes a silent
/// connection.
const GUARD_EVERY: Duration = Duration::from_secs(60);

/// How long a start waits for the lock of the only process: a database server may notice a moment later that the last
/// one is gone.
const HANDOVER: Duration = Duration::from_secs(1);

/// The lock that a process with the embedded session holds while it serves.
const SERVING: &str = "serve";

/// A running server with its workers.
pub struct Running {
    address: SocketAddr,
    server: ServerHandle,
    stop: CancellationToken,
    tasks: TaskTracker,
    ctx: Context,
    alone: Option<Alone>,
}

/// What makes sure that this is the only process, while the session is embedded.
struct Alone {
    guard: Arc<Mutex<Guard>>,
    lost: CancellationToken,
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
        stop: CancellationToken::new(),
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
    refuse_half(&config)?;
    telemetry::metrics();
    let alone = config.redis_url.is_none();
    let url = config.database_url.clone();
    let settings = config.account.clone();
    let ctx = open(config, clock, chance).await?;
    let alone = match alone {
        true => Some(Alone {
            guard: Arc::new(Mutex::new(only_process(url.expose()).await?)),
            lost: CancellationToken::new(),
        }),
        false => None,
    };
    if let Some(settings) = &settings {
        accounts::save(&ctx, settings).await?;
    }
    if alone.is_some() {
        reception::start_alone(&ctx).await?;
        let healing = ctx.clone();
        ctx.tasks.run(async move {
            if let Err(error) = reception::take_up_all(&healing).await {
                tracing::error!(%error, "pushes of the last run wait for the next sweep");
            }
        });
    }
    let address = listener
        .local_addr()
        .map_err(|e| Error::Internal(e.to_string()))?;
    // Before the first push: what must not go out is known from the beginning.
    sensitive::refresh(&ctx).await?;
    let for_server = ctx.clone();
    let threads = std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(WEB_THREADS_MAX);
    let server = HttpServer::new(move || App::new().configure(web::routes(for_server.clone())))
        .workers(threads)
        .max_connections(limits::connections_for_each(threads))
        .client_request_timeout(limits::HEAD_PATIENCE)
        .keep_alive(limits::KEEP_ALIVE)
        .client_disconnect_timeout(limits::CLOSE_PATIENCE)
        .shutdown_timeout(REQUESTS_PATIENCE.as_secs())
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
    let stop = ctx.tasks.stop.clone();
    workers::start(&ctx, &stop);
    if let Some(alone) = &alone {
        keep_alone(&ctx, alone, url, &stop);
    }
    let tasks = ctx.tasks.tracker.clone();
    Ok(Running {
        address,
        server: handle,
        stop,
        tasks,
        ctx,
        alone,
    })
}

/// Looks after the lock: a database server drops it with its connection, and somebody else may take it then.
fn keep_alone(ctx: &Context, alone: &Alone, url: Secret, stop: &CancellationToken) {
    let (guard, lost, stop) = (alone.guard.clone(), alone.lost.clone(), stop.clone());
    let keep = async move {
        let mut ticks = tokio::time::interval(GUARD_EVERY);
        loop {
            ticks.tick().await;
            let mut guard = guard.lock().await;
            if guard.still_holds().await {
                continue;
            }
            match Guard::try_take(url.expose(), SERVING).await {
                Ok(Some(again)) => *guard = again,
                Ok(None) => {
                    tracing::error!("another process serves this database now; stopping");
                    lost.cancel();
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, "the lock of the only process is asked for again")
                }
            }
        }
    };
    ctx.tasks.run(async move {
        // None: the stop came first.
        let _ended = stop.run_until_cancelled(keep).await;
    });
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
    if alone && matches!(take_serving(config.database_url.expose()).await, Ok(None)) {
        return Err(second());
    }
    Ok(())
}

/// The lock of the only process, for a command that must not meet a server.
///
/// # Errors
/// When a server with the embedded session has it.
pub(crate) async fn claim_unserved(url: &str) -> Result<Guard> {
    take_serving(url)
        .await?
        .ok_or_else(|| Error::Refused("a server serves this database now: stop it first".into()))
}

/// Says no to a part of the work where nobody else can do the rest.
///
/// # Errors
/// When the session is embedded and the role is not everything.
pub(crate) fn refuse_half(config: &Config) -> Result<()> {
    if config.redis_url.is_none() && config.role != Role::All {
        return Err(Error::Invalid(
            "--role web and --role work share the work with other processes, which needs REDIS_URL; set it, or leave \
             --role out"
                .into(),
        ));
    }
    Ok(())
}

async fn only_process(url: &str) -> Result<Guard> {
    take_serving(url).await?.ok_or_else(second)
}

/// The lock of the only process, or none when another holds it and does not let it go.
async fn take_serving(url: &str) -> Result<Option<Guard>> {
    let deadline = Instant::now() + HANDOVER;
    loop {
        let taken = Guard::try_take(url, SERVING).await?;
        if taken.is_some() || Instant::now() >= deadline {
            return Ok(taken);
        }
        // A lock that is held tells nobody when it is free: it is tried again.
        tokio::time::sleep(HANDOVER / 20).await;
    }
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

    /// Returns when this process must not go on: another one serves the database. Never otherwise.
    pub(crate) async fn superseded(&self) {
        match &self.alone {
            Some(alone) => alone.lost.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Takes no more requests, finishes what is under way and hands the rest back: lanes are free when this returns, and
    /// another node goes on at once, or this one at its next start.
    pub async fn stop(self) {
        self.server.stop(true).await;
        self.stop.cancel();
        drop(self.ctx);
        self.tasks.close();
        if tokio::time::timeout(WORK_PATIENCE, self.tasks.wait())
            .await
            .is_err()
        {
            tracing::warn!("some work did not end in time; it is taken up at the next start");
        }
    }
}
