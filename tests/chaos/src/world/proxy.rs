//! A line to a back end that can become slow, be cut or go dead, and be healed.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::plan::Line;
use crate::trouble::Result;

/// A line.
pub struct Proxy {
    port: u16,
    state: watch::Sender<Line>,
    closed: CancellationToken,
}

impl Proxy {
    /// A line to these ports of this machine: connections go to one after the other, past those that do not answer.
    pub async fn to(targets: Vec<u16>) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let (state, watched) = watch::channel(Line::Open);
        let closed = CancellationToken::new();
        let tasks = TaskTracker::new();
        let serving = serve(listener, targets, watched, tasks.clone());
        let end = closed.clone();
        tasks.spawn(async move { end.run_until_cancelled(serving).await });
        Ok(Self {
            port,
            state,
            closed,
        })
    }

    /// Where it is reached.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How it is from now on.
    pub fn set(&self, line: Line) {
        self.state.send_replace(line);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.state.send_replace(Line::Cut);
        self.closed.cancel();
    }
}

async fn serve(
    listener: TcpListener,
    targets: Vec<u16>,
    state: watch::Receiver<Line>,
    tasks: TaskTracker,
) {
    let mut turn = 0;
    while let Ok((client, _)) = listener.accept().await {
        let line = *state.borrow();
        match line {
            Line::Cut => continue,
            Line::HalfOpen => {
                tasks.spawn(forgotten(client));
                continue;
            }
            Line::Open | Line::Slow(_) | Line::Silent => {}
        }
        turn += 1;
        let Some(server) = reach(&targets, turn).await else {
            continue;
        };
        tasks.spawn(talk(client, server, state.clone()));
    }
}

async fn reach(targets: &[u16], turn: usize) -> Option<TcpStream> {
    for step in 0..targets.len() {
        let port = targets.get((turn + step) % targets.len())?;
        let address = SocketAddr::from(([127, 0, 0, 1], *port));
        if let Ok(server) = TcpStream::connect(address).await {
            return Some(server);
        }
    }
    None
}

/// The other end knows nothing of it: it hears everything and answers nothing, until its client gives up.
async fn forgotten(mut client: TcpStream) {
    let mut bytes = vec![0; 4 * 1024];
    while let Ok(1..) = client.read(&mut bytes).await {}
}

async fn talk(client: TcpStream, server: TcpStream, mut state: watch::Receiver<Line>) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let watched = state.clone();
    let both = async {
        tokio::select! {
            () = carry(&mut from_client, &mut to_server, watched.clone()) => {}
            () = carry(&mut from_server, &mut to_client, watched) => {}
        }
    };
    let ended = tokio::select! {
        () = both => None,
        ended = state.wait_for(|line| matches!(line, Line::Cut | Line::HalfOpen)) => {
            ended.ok().map(|line| *line)
        }
    };
    if ended == Some(Line::HalfOpen) {
        drop((from_server, to_server));
        if let Ok(client) = from_client.reunite(to_client) {
            forgotten(client).await;
        }
    }
}

/// Carries bytes one way until either end is gone.
async fn carry(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    mut state: watch::Receiver<Line>,
) {
    let mut bytes = vec![0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        let passes = state.wait_for(|line| *line != Line::Silent).await;
        let line = passes.map(|line| *line);
        match line {
            Ok(Line::Slow(millis)) => tokio::time::sleep(Duration::from_millis(millis)).await,
            Ok(_) => {}
            Err(_closed) => return,
        }
        let Some(piece) = bytes.get(..count) else {
            return;
        };
        if to.write_all(piece).await.is_err() {
            return;
        }
    }
}
