//! `daogou sandbox`: the simulator of WeChat alone.

use std::net::{SocketAddr, TcpListener};

use clap::Args as ClapArgs;
use daogou_ground::{Chance, Clock, http_client, install_tls};
use daogou_sandbox::Sandbox;

use super::{Done, Failure, asked_to_stop, complain};

#[derive(ClapArgs)]
pub(super) struct Args {
    /// Where it listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    listen: SocketAddr,
}

pub(super) async fn run(args: Args) -> Done {
    install_tls();
    let failed =
        |e: &dyn std::fmt::Display| Failure::Failed(format!("the simulator does not start: {e}"));
    let http = http_client().map_err(|e| failed(&e))?;
    let sandbox = Sandbox::new(Clock::system(), Chance::system(), http);
    let listener = TcpListener::bind(args.listen)
        .map_err(|e| Failure::Failed(format!("cannot listen on {}: {e}", args.listen)))?;
    let address = listener.local_addr().map_err(|e| failed(&e))?;
    let server = daogou_sandbox::serve(listener, sandbox.clone()).map_err(|e| failed(&e))?;
    complain(&format!("the simulator of WeChat: http://{address}/"));
    let handle = server.handle();
    let stopping = async {
        asked_to_stop().await;
        tokio::join!(sandbox.close(), handle.stop(true));
    };
    let (ended, ()) = tokio::join!(server, stopping);
    ended.map_err(|e| failed(&e))
}
