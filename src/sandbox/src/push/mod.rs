//! Pushes: what the platform posts to an account's server, and what it makes of the answer.

mod answer;
mod deliver;
mod lanes;
mod prepare;
mod verify;

pub(crate) use deliver::Delivery;
pub(crate) use lanes::{Lanes, enqueue, enqueue_soon, repeat};
pub(crate) use prepare::{Prepared, with_query};
pub(crate) use verify::verify;

use crate::wire::Field;

/// What an answer to a push may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answerable {
    /// Nothing: an answer is only looked at as an acknowledgement, and a failure shows nowhere.
    No,
    /// A reply with up to so many articles (one for messages, eight for events).
    Articles(usize),
}

/// A push before it is laid out.
#[derive(Clone, Debug)]
pub(crate) struct Push {
    pub(crate) appid: String,
    /// Whose phone shows what the answer brings; `None` for pushes of the platform.
    pub(crate) person: Option<usize>,
    /// FromUserName.
    pub(crate) from: String,
    /// MsgType and everything after it, in order.
    pub(crate) fields: Vec<Field>,
    pub(crate) answerable: Answerable,
}

impl Push {
    /// The event of this name with what belongs to it.
    pub(crate) fn event(
        appid: &str,
        person: Option<usize>,
        from: String,
        name: &str,
        fields: Vec<Field>,
        answerable: Answerable,
    ) -> Self {
        let mut all = vec![Field::text("MsgType", "event"), Field::text("Event", name)];
        all.extend(fields);
        Self {
            appid: appid.to_owned(),
            person,
            from,
            fields: all,
            answerable,
        }
    }
}
