//! What is counted of every call: how often with which code, and how long it took. Names and labels hold nothing of the
//! account, the people or what is said.

use std::borrow::Cow;
use std::time::Instant;

use crate::errors::CallError;

/// Calls by `path` and `errcode`: the platform's number, `0` for a success, `unknown` when the outcome is unknown,
/// `not_sent` when no connection could be made.
pub const CALLS: &str = "daogou_wechat_calls_total";
/// How long calls took, by `path`, in seconds.
pub const SECONDS: &str = "daogou_wechat_seconds";

/// Lets a call be made and counts it.
pub(crate) async fn counted<T>(
    path: &'static str,
    call: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let begun = Instant::now();
    let outcome = call.await;
    metrics::histogram!(SECONDS, "path" => path).record(begun.elapsed());
    let code = outcome.as_ref().map_or_else(code, |_| "0".into());
    metrics::counter!(CALLS, "path" => path, "errcode" => code).increment(1);
    outcome
}

fn code(error: &CallError) -> Cow<'static, str> {
    match error {
        CallError::Refused(refusal) => refusal.code.to_string().into(),
        CallError::NotSent { .. } => "not_sent".into(),
        CallError::Unknown { .. } => "unknown".into(),
    }
}
