//! The check-up 体检: what may be wrong with an installation or one of its accounts, each finding with what to do. The
//! command `doctor` and the console's self-test ask the same questions here; nothing is changed by asking.

mod callback;
mod fonts;
mod house;
mod patient;
mod promises;
mod queries;
mod self_test;
mod session;
mod store;
mod wechat;

pub use callback::examine as callback;
pub use fonts::examine as font;
pub use house::{media_folder, mode, public_url, templates};
pub use patient::Patient;
pub use promises::examine as promises;
pub use self_test::self_test;
pub use session::try_out as session;
pub use store::{clock as database_clock, write as database_write};
pub use wechat::{callback_check, clock, token};

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Ok,
    /// It runs, but somebody should look.
    Warn,
    /// It does not work.
    Fail,
    /// Could not be checked; the words say why.
    Skipped,
}

/// What is wrong and what to do, for both who read it.
#[derive(Clone, Debug)]
pub struct Words {
    /// At the terminal, in English: settings and commands are named.
    pub terminal: String,
    /// On the page, in Chinese and without a server at hand.
    pub page: String,
}

impl Words {
    fn new(terminal: impl Into<String>, page: impl Into<String>) -> Self {
        Self {
            terminal: terminal.into(),
            page: page.into(),
        }
    }
}

/// One check and its end.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The name that programs look for.
    pub name: &'static str,
    /// How it ended.
    pub state: State,
    /// What to say about it.
    pub words: Words,
}

impl Finding {
    fn new(name: &'static str, (state, words): (State, Words)) -> Self {
        Self { name, state, words }
    }
}

/// An end in both languages.
fn end(state: State, terminal: impl Into<String>, page: impl Into<String>) -> (State, Words) {
    (state, Words::new(terminal, page))
}
