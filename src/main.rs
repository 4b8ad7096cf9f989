//! The command line.

fn main() -> std::process::ExitCode {
    daogou::main()
}
