//! demo
use clap::Args as ClapArgs;
use super::Done;
#[derive(ClapArgs)]
pub(super) struct Args {
    /// Where the server listens on this machine.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// One line of JSON on stdout when ready.
    #[arg(long)]
    json: bool,
}
pub(super) async fn run(args: Args) -> Done { let _ = (args.json, args.port); Ok(()) }
