//! A line to a database server that can be cut, or go dead without a word, and be healed.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// How the line is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    /// New connections are closed at once, old ones now.
    Cut,
    /// Connections stay and nothing gets through.
    Dead,
}

/// A line.
pub struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    /// Counted up when every connection of now is forgotten.
    forgotten: watch::Sender<u32>,
}

impl Proxy {
    /// A line to the server that `url` names, and the same address over the line.
    pub async fn to(url: &str) -> (Self, String) {
        let (before, after) = url.split_once('@').expect("an address with a user");
        let (server, database) = after.split_once('/').expect("an address with a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (state, watched) = watch::channel(State::Open);
        let (forgotten, forgets) = watch::channel(0);
        let watched = Watched {
            state: watched,
            forgets,
        };
        let tasks = TaskTracker::new();
        tasks.spawn(serve(listener, server.to_owned(), watched, tasks.clone()));
        let over = format!("{before}@{address}/{database}");
        let line = Self {
            address,
            state,
            forgotten,
        };
        (line, over)
    }

    pub fn cut(&self) {
        self.state.send_replace(State::Cut);
    }

    pub fn go_dead(&self) {
        self.state.send_replace(State::Dead);
    }

    /// The connections of now stay, and nothing ever gets through them again, as when a firewall has forgotten them. New ones
    /// work.
    pub fn forget(&self) {
        self.forgotten.send_modify(|times| *times += 1);
    }

    /// Connections that were cut stay so.
    pub fn heal(&self) {
        self.state.send_replace(State::Open);
    }
}

impl std::fmt::Display for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the line at {}", self.address)
    }
}

/// What a connection looks at.
#[derive(Clone)]
struct Watched {
    state: watch::Receiver<State>,
    forgets: watch::Receiver<u32>,
}

async fn serve(listener: TcpListener, server: String, watched: Watched, tasks: TaskTracker) {
    while let Ok((client, _)) = listener.accept().await {
        if *watched.state.borrow() == State::Cut {
            continue;
        }
        let Ok(server) = TcpStream::connect(&server).await else {
            continue;
        };
        let ((from_client, to_client), (from_server, to_server)) =
            (client.into_split(), server.into_split());
        let mut watched = watched.clone();
        watched.forgets.mark_unchanged();
        tasks.spawn(carry(from_client, to_server, watched.clone()));
        tasks.spawn(carry(from_server, to_client, watched));
    }
}

/// Carries bytes one way until either end or the line is gone.
async fn carry(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, watched: Watched) {
    let mut cut = watched.state.clone();
    let mut forgets = watched.forgets;
    let carrying = async {
        let mut bytes = vec![0; 16 * 1024];
        let mut alive = watched.state;
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            let not_dead = alive.wait_for(|state| *state != State::Dead);
            if not_dead.await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
                break;
            }
        }
    };
    let forgotten = tokio::select! {
        () = carrying => false,
        _ = cut.wait_for(|state| *state == State::Cut) => false,
        changed = forgets.changed() => changed.is_ok(),
    };
    if forgotten {
        // Both ends stay open for as long as the line lives.
        std::future::pending().await
    }
}
