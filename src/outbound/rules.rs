//! Pure decisions about sending: may this message go now, and what does WeChat's answer mean.

use chrono::TimeDelta;
use daogou_schema::outbound::Purpose;
use daogou_wechat::{ApiError, CallError, Class};
use strum::{EnumString, IntoStaticStr};

/// Why a message is held, was refused, or is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// No window is open.
    Window,
    /// The window's messages are used up.
    Count,
    /// The person asked to be written to only when she writes.
    Quiet,
    /// The person does not follow the account.
    NotFollowing,
    /// The person refuses or cannot get messages of the account.
    Recipient,
    /// The account lacks a right or is set up wrongly.
    Configuration,
    /// A daily or monthly quota is used up.
    Quota,
    /// WeChat does not take this content.
    Content,
    /// The picture, voice or video could not be fetched or renewed.
    Media,
    /// WeChat could not be reached for a long time.
    Unreachable,
    /// WeChat did not answer: it may have arrived.
    NoAnswer,
    /// The process ended between call and answer: it may have arrived.
    Interrupted,
    /// It was under way when the backup was made from which the store was restored: it may have arrived.
    Restored,
}

impl Reason {
    /// Its word in the store and in templates.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// Whether a message may go now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it.
    Send,
    /// Keep it for the next window.
    Hold,
    /// Keep it, and spend the last message of the window on saying how many wait.
    HoldAndSay,
    /// Not worth keeping: it would be stale.
    Drop,
}

/// Decides by what is left in the person's windows. A guide's last message is kept for saying how many lines wait,
/// never spent on anything else; a label needs room for the picture behind it too.
pub fn decide(purpose: Purpose, leads: bool, remaining: i32) -> Verdict {
    match purpose {
        Purpose::Waiting => {
            if remaining > 0 {
                Verdict::Send
            } else {
                Verdict::Drop
            }
        }
        Purpose::Relay | Purpose::Notice => match remaining {
            ..=0 => Verdict::Hold,
            1 => Verdict::HoldAndSay,
            2 if leads => Verdict::HoldAndSay,
            _ => Verdict::Send,
        },
        Purpose::Answer => {
            if remaining > 0 {
                Verdict::Send
            } else {
                Verdict::Hold
            }
        }
        Purpose::Welcome | Purpose::Courtesy => {
            if remaining > 0 {
                Verdict::Send
            } else {
                Verdict::Drop
            }
        }
    }
}

/// How long a line to a guide waits when WeChat takes no calls of this account now. Everything behind it waits with it,
/// or it would be overtaken.
pub const CALL_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(5);

/// When WeChat takes no calls now, what a guide has to see waits for the next act, whose passive reply needs no call, or
/// for [`CALL_AGAIN_AFTER`].
pub fn waits_for_free_reply(purpose: Purpose, reason: Reason) -> bool {
    matches!(purpose, Purpose::Relay | Purpose::Notice)
        && matches!(
            reason,
            Reason::Quota | Reason::Configuration | Reason::Unreachable
        )
}

/// What becomes of a message after a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// WeChat took it.
    Sent,
    /// Not taken, try again after a while; the window is not spent.
    Again(TimeDelta),
    /// Not taken because no window is open, whatever we thought: keep it and correct the ledger.
    Closed(Reason),
    /// Not taken, and it never will be.
    Refused(Reason),
    /// Nobody knows.
    Unknown(Reason),
}

/// The only call after which a message may have arrived.
const SEND: &str = "/cgi-bin/message/custom/send";
/// Waits before the second, third and fourth attempt. WeChat asks for backoff at "system busy"; a lane is blocked for
/// their sum at the most.
const RETRY_AFTER: [TimeDelta; 3] = [
    TimeDelta::seconds(2),
    TimeDelta::seconds(8),
    TimeDelta::seconds(30),
];
/// While WeChat cannot be reached at all, nothing was sent: that is tried for longer.
const RECONNECT_EVERY: TimeDelta = TimeDelta::seconds(15);
const RECONNECT_TRIES: i32 = 40;

/// Reads WeChat's answer to attempt number `attempts` (from 1).
pub fn outcome(answer: &Result<(), CallError>, attempts: i32) -> Outcome {
    match answer {
        Ok(()) => Outcome::Sent,
        Err(CallError::NotSent { .. }) => later(attempts),
        Err(CallError::Unknown { path, .. }) if *path == SEND => Outcome::Unknown(Reason::NoAnswer),
        // What was not answered was a preparation: a token, a file. The message itself was not sent yet.
        Err(CallError::Unknown { .. }) => later(attempts),
        Err(CallError::Refused(refusal)) => refused(refusal, attempts),
    }
}

/// Nothing was sent; it is tried for some minutes.
pub fn later(attempts: i32) -> Outcome {
    if attempts < RECONNECT_TRIES {
        Outcome::Again(retry_after(attempts).unwrap_or(RECONNECT_EVERY))
    } else {
        Outcome::Refused(Reason::Unreachable)
    }
}

fn refused(refusal: &ApiError, attempts: i32) -> Outcome {
    match (refusal.class, refusal.code) {
        (Class::Window, 45047) => Outcome::Closed(Reason::Count),
        (Class::Window, _) => Outcome::Closed(Reason::Window),
        (Class::Recipient, 43004 | 50005) => Outcome::Refused(Reason::NotFollowing),
        (Class::Recipient, _) => Outcome::Refused(Reason::Recipient),
        (Class::Retry, _) => {
            retry_after(attempts).map_or(Outcome::Refused(Reason::Unreachable), Outcome::Again)
        }
        (Class::Quota, _) => Outcome::Refused(Reason::Quota),
        // A token that is refused twice is a wrong secret or a second system that refreshes it.
        (Class::Token | Class::Configuration, _) => Outcome::Refused(Reason::Configuration),
        // 40007: the media id is gone; the second attempt uploads it anew.
        (Class::Request, 40007) if attempts < 2 => Outcome::Again(TimeDelta::zero()),
        (Class::Request, 40007) => Outcome::Refused(Reason::Media),
        (Class::Request | Class::Ignored, _) => Outcome::Refused(Reason::Content),
        (Class::Done, _) => Outcome::Sent,
    }
}

fn retry_after(attempts: i32) -> Option<TimeDelta> {
    RETRY_AFTER
        .get(usize::try_from(attempts - 1).ok()?)
        .copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: i64) -> Result<(), CallError> {
        let path = "/cgi-bin/message/custom/send";
        let class = daogou_wechat::classify(path, code);
        Err(CallError::Refused(ApiError {
            path,
            code,
            message: String::new(),
            rid: None,
            class,
        }))
    }

    #[test]
    fn a_guides_last_message_is_kept_for_saying_how_many_wait() {
        assert_eq!(decide(Purpose::Relay, false, 2), Verdict::Send);
        assert_eq!(decide(Purpose::Relay, false, 1), Verdict::HoldAndSay);
        assert_eq!(decide(Purpose::Notice, false, 1), Verdict::HoldAndSay);
        assert_eq!(decide(Purpose::Waiting, false, 1), Verdict::Send);
        assert_eq!(decide(Purpose::Relay, false, 0), Verdict::Hold);
    }

    #[test]
    fn a_label_goes_only_with_room_for_its_picture() {
        assert_eq!(decide(Purpose::Relay, true, 3), Verdict::Send);
        assert_eq!(decide(Purpose::Relay, true, 2), Verdict::HoldAndSay);
    }

    #[test]
    fn what_wechat_refuses_is_never_sent() {
        assert_eq!(outcome(&refusal(45015), 1), Outcome::Closed(Reason::Window));
        assert_eq!(outcome(&refusal(45047), 1), Outcome::Closed(Reason::Count));
        assert_eq!(
            outcome(&refusal(43004), 1),
            Outcome::Refused(Reason::NotFollowing)
        );
        assert_eq!(
            outcome(&refusal(48001), 1),
            Outcome::Refused(Reason::Configuration)
        );
        assert_eq!(
            outcome(&refusal(45002), 1),
            Outcome::Refused(Reason::Content)
        );
        assert_eq!(
            outcome(&refusal(-1), 1),
            Outcome::Again(TimeDelta::seconds(2))
        );
        assert_eq!(
            outcome(&refusal(-1), 4),
            Outcome::Refused(Reason::Unreachable)
        );
        assert_eq!(outcome(&Ok(()), 1), Outcome::Sent);
    }
}
