//! What can go wrong with a call, and what each of the platform's error codes means for the caller: one table.

use std::fmt;

/// A call that did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The platform read the call and said no. It had no effect, [`Class::Done`] and -1 aside.
    #[error(transparent)]
    Refused(ApiError),
    /// No connection could be made: the platform never saw the call.
    #[error("{path}: WeChat could not be reached")]
    NotSent {
        /// The API's path.
        path: &'static str,
        /// What the network said, without the address (it carries the token).
        source: reqwest::Error,
    },
    /// The call may have taken effect: a time-out, a reset, a status or an answer that the platform does not document.
    #[error("{path}: no usable answer, the outcome is unknown ({why})")]
    Unknown {
        /// The API's path.
        path: &'static str,
        /// What came instead of an answer. Holds neither tokens nor the answer's text.
        why: String,
        /// What the network said, if it was the network.
        source: Option<reqwest::Error>,
    },
}

impl CallError {
    /// The platform's refusal, if it is one.
    pub fn refusal(&self) -> Option<&ApiError> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            Self::NotSent { .. } | Self::Unknown { .. } => None,
        }
    }

    /// What the refusal means, if it is one.
    pub fn class(&self) -> Option<Class> {
        self.refusal().map(|refusal| refusal.class)
    }
}

/// The platform's refusal: `{"errcode":40013,"errmsg":"invalid appid rid: …"}` under HTTP 200.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ApiError {
    /// The API's path, without host and query.
    pub path: &'static str,
    /// `errcode`.
    pub code: i64,
    /// `errmsg` without the rid. The wording varies between the platform's subsystems: for people, never to match on.
    pub message: String,
    /// The support handle by which the platform finds the call again; kept there for seven days.
    pub rid: Option<String>,
    /// What the code means for the caller.
    pub class: Class,
}

impl ApiError {
    pub(crate) fn new(path: &'static str, code: i64, message: &str) -> Self {
        // `… rid: 6aac005a-…` and, from another subsystem, `…, rid: 6aac005a-…`.
        let (text, rid) = match message.rsplit_once("rid:") {
            Some((text, rid)) => (
                text,
                Some(rid.trim().to_owned()).filter(|rid| !rid.is_empty()),
            ),
            None => (message, None),
        };
        let message = text.trim().trim_end_matches(',').trim_end().to_owned();
        Self {
            path,
            code,
            message,
            rid,
            class: classify(path, code),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: WeChat refused with {}: {}",
            self.path, self.code, self.message
        )?;
        match &self.rid {
            Some(rid) => write!(f, " (rid {rid})"),
            None => Ok(()),
        }
    }
}

/// What a refusal means for the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// The access token is not (any longer) valid: fetch it once more and repeat the call once.
    Token,
    /// The platform is busy or asked too fast: again after a pause.
    Retry,
    /// Permanent for this person or target.
    Recipient,
    /// Outside what the person has permitted: wait for the person's next act.
    Window,
    /// A quota is used up: wait for the next period.
    Quota,
    /// The account's settings: a person has to act. Never repeat by itself.
    Configuration,
    /// A mistake in the request: never repeat it.
    Request,
    /// Was done before: treat as success.
    Done,
    /// Means nothing for the caller.
    Ignored,
}

/// What `code` of the API at `path` means. The same number can mean different things from one API to another.
///
/// 45015 is a closed window but also what the platform answers for someone who has unfollowed. A code that is not in
/// the table is a mistake in the request: the one class that nobody repeats.
pub fn classify(path: &str, code: i64) -> Class {
    by_path(path, code).unwrap_or_else(|| by_code(code))
}

fn by_path(path: &str, code: i64) -> Option<Class> {
    let class = match (path, code) {
        // The secret itself is wrong: asking again with it changes nothing.
        ("/cgi-bin/token" | "/cgi-bin/stable_token" | "/sns/oauth2/access_token", 40001) => {
            Class::Configuration
        }
        // "No permission" and "capability banned" there, grant_type and appid elsewhere.
        ("/wxa/generatescheme" | "/wxa/generate_urllink", 40002 | 40013) => Class::Configuration,
        // How often a link has been opened today.
        ("/wxa/generatescheme" | "/wxa/generate_urllink", 85406) => Class::Quota,
        _ => return None,
    };
    Some(class)
}

fn by_code(code: i64) -> Class {
    match code {
        40001 | 40014 | 42001 => Class::Token,
        -1 | 43108 | 44990 | 44991 | 44993 | 45011 | 45066 | 87020 => Class::Retry,
        40003 | 40226 | 43004 | 43019 | 45166 | 45168 | 48002 | 50002 | 50005 | 70000 => {
            Class::Recipient
        }
        40029
        | 40030
        | 40163
        | 42002
        | 42003
        | 42007
        | 43101
        | 45015
        | 45047
        | 50001
        | 61010
        | 87007..=87009 => Class::Window,
        43117 | 45009 | 45028 | 45029 => Class::Quota,
        40013
        | 40036
        | 40037
        | 40125
        | 40164
        | 40201..=40203
        | 40243
        | 41002
        | 41004
        | 43107
        | 43116
        | 45109
        | 48001
        | 48003
        | 48004
        | 48006
        | 48008
        | 50004
        | 50007
        | 61007
        | 89503
        | 89506
        | 89507 => Class::Configuration,
        0 | 45065 => Class::Done,
        45072 | 45080 | 45081 | 9_300_800..=9_300_899 => Class::Ignored,
        _ => Class::Request,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEND: &str = "/cgi-bin/message/custom/send";

    #[test]
    fn each_class_is_what_the_caller_has_to_do() {
        let classes = [
            (Class::Token, &[40001, 40014, 42001][..]),
            (Class::Retry, &[-1, 45011, 43108, 45066]),
            (
                Class::Recipient,
                &[40003, 43004, 43019, 48002, 50005, 70000],
            ),
            (Class::Window, &[45015, 45047, 43101, 40029, 40163]),
            (Class::Quota, &[45009, 43117, 45028]),
            (
                Class::Configuration,
                &[40013, 40037, 40125, 40164, 40243, 48001, 48004, 89503],
            ),
            (
                Class::Request,
                &[40007, 40033, 41001, 45002, 45008, 47001, 47003],
            ),
            (Class::Done, &[45065]),
            (Class::Ignored, &[45080, 45081]),
        ];
        for (class, codes) in classes {
            for code in codes {
                assert_eq!(classify(SEND, *code), class, "{code}");
            }
        }
    }

    #[test]
    fn the_same_code_can_mean_something_else_on_another_path() {
        assert_eq!(
            classify("/cgi-bin/stable_token", 40001),
            Class::Configuration
        );
        assert_eq!(classify("/wxa/generatescheme", 40002), Class::Configuration);
        assert_eq!(classify("/cgi-bin/stable_token", 40002), Class::Request);
    }

    #[test]
    fn a_code_that_nobody_knows_is_never_repeated() {
        assert_eq!(classify(SEND, 99_999), Class::Request);
        assert_eq!(classify("/no/such/path", i64::MIN), Class::Request);
    }

    #[test]
    fn the_rid_is_found_in_both_wordings_and_missed_without_harm() {
        let parse = |message| {
            let error = ApiError::new(SEND, 40013, message);
            (error.message, error.rid)
        };
        let rid = Some("6aac005a-01bfdbee".to_owned());
        assert_eq!(
            parse("invalid appid rid: 6aac005a-01bfdbee"),
            ("invalid appid".to_owned(), rid.clone())
        );
        assert_eq!(
            parse("invalid appid, rid: 6aac005a-01bfdbee"),
            ("invalid appid".to_owned(), rid)
        );
        assert_eq!(parse("invalid appid"), ("invalid appid".to_owned(), None));
        assert_eq!(parse(""), (String::new(), None));
    }
}
