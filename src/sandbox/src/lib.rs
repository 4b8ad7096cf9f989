//! A simulator of the WeChat platform: accounts, followers with phones, the platform's HTTP interface with its limits,
//! delays and lies, and a control interface to play it.
//!
//! It is written from the platform's documents and from captured traffic, never from this project's own client: the
//! two share no code and no types, so that they cannot share a mistake. Everything is kept in memory.

mod acts;
mod api;
mod control;
mod intake;
mod page;
mod picture;
mod push;
mod text;
mod trouble;
mod wire;
mod world;

/// The handle that stops a server.
pub use actix_web::dev::ServerHandle;

use std::net::TcpListener;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer};
use daogou_ground::{Chance, Clock};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::world::World;

/// How long pushes under way may still take when the simulator closes: the three attempts of one.
const CLOSING: Duration = Duration::from_secs(16);

/// The simulated platform. Cloning shares it.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) http: reqwest::Client,
    pub(crate) tasks: TaskTracker,
    /// Ends the live streams of open pages.
    pub(crate) closing: CancellationToken,
    world: Mutex<World>,
}

impl Inner {
    /// The world, locked: never hold it while waiting for anything.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sandbox {
    /// An empty world. `clock` is the simulator's time and may be shared with the server under test; `http` delivers
    /// the pushes.
    pub fn new(clock: Clock, chance: Chance, http: reqwest::Client) -> Self {
        let world = Mutex::new(World::new(clock.clone(), chance));
        let tasks = TaskTracker::new();
        Self(Arc::new(Inner {
            clock,
            http,
            tasks,
            closing: CancellationToken::new(),
            world,
        }))
    }

    /// All routes: the platform's own at the root, the control interface under `/sandbox/v1`, the page at `/`.
    pub fn configure(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + use<> {
        let inner = Data::new(self.0.clone());
        move |config| {
            config.app_data(inner.clone());
            control::configure(config);
            page::configure(config);
            api::configure(config);
        }
    }

    /// Ends the live streams and lets the pushes under way come to their end.
    pub async fn close(&self) {
        self.0.closing.cancel();
        self.0.tasks.close();
        // What is still under way after that belongs to a server that never answers.
        let _timed_out = tokio::time::timeout(CLOSING, self.0.tasks.wait()).await;
    }
}

/// Serves the simulator on a listener. Await or spawn the server; stop it by its handle, then call
/// [`Sandbox::close`].
///
/// # Errors
/// When the listener cannot be used.
pub fn serve(listener: TcpListener, sandbox: Sandbox) -> std::io::Result<Server> {
    let configure = sandbox.configure();
    let server = HttpServer::new(move || App::new().configure(configure.clone()))
        .workers(1)
        .disable_signals()
        .shutdown_timeout(2)
        .listen(listener)?
        .run();
    Ok(server)
}
