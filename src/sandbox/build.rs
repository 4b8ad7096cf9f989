//! Tells cargo that the files of the page are part of the program: the macro that embeds them does not, and a new
//! page would come with the old program.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // A debug build reads them from disk at every request.
    if cfg!(not(debug_assertions)) {
        println!("cargo::rerun-if-changed=../../assets/sandbox");
    }
}
