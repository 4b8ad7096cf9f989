//! The one way a call takes: build, send, bound, read, classify. The methods stand in `api`, one file per family.
//!
//! The platform answers HTTP 200 also when it refuses; success is an absent or zero `errcode`. The token travels in the
//! query, so no address ever reaches an error or a log.

use std::fmt;

use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::counted::counted;
use crate::errors::{ApiError, CallError};

/// The most bytes of a JSON answer that are read.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Where the platform is; a simulator answers all three.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hosts {
    /// The API.
    pub api: String,
    /// Pictures of QR codes.
    pub mp: String,
    /// The page where people agree to tell who they are.
    pub open: String,
}

impl Default for Hosts {
    fn default() -> Self {
        Self {
            api: "https://api.weixin.qq.com".to_owned(),
            mp: "https://mp.weixin.qq.com".to_owned(),
            open: "https://open.weixin.qq.com".to_owned(),
        }
    }
}

/// Calls the platform. Cloning is cheap and shares the connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    hosts: Hosts,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client on the process's HTTP client, which sets the time-outs. Trailing slashes of the hosts are ignored.
    pub fn new(http: reqwest::Client, hosts: Hosts) -> Self {
        let without_slash = |host: String| host.trim_end_matches('/').to_owned();
        let hosts = Hosts {
            api: without_slash(hosts.api),
            mp: without_slash(hosts.mp),
            open: without_slash(hosts.open),
        };
        Self { http, hosts }
    }

    pub(crate) fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// A request to the API's host.
    pub(crate) fn request(
        &self,
        method: Method,
        path: &'static str,
        query: &[(&str, &str)],
    ) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.hosts.api))
            .query(query)
    }

    /// A request to any address.
    pub(crate) fn request_url(&self, url: &str) -> RequestBuilder {
        self.http.get(url)
    }

    /// GET with the token and further parameters.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &'static str,
        query: &[(&str, &str)],
    ) -> Result<T, CallError> {
        call(path, self.request(Method::GET, path, query)).await
    }

    /// POST of JSON with the token.
    pub(crate) async fn post<T: DeserializeOwned>(
        &self,
        path: &'static str,
        token: &str,
        body: &Value,
    ) -> Result<T, CallError> {
        call(
            path,
            with_json(
                self.request(Method::POST, path, &[("access_token", token)]),
                body,
            ),
        )
        .await
    }
}

/// Puts JSON into a request: UTF-8 as it is, never `\uXXXX`, which people would see or the platform refuse (40033).
/// serde_json escapes control characters so; [`clean`] takes them out first.
pub(crate) fn with_json(request: RequestBuilder, body: &Value) -> RequestBuilder {
    request
        .header("Content-Type", "application/json; charset=utf-8")
        .body(clean(body).to_string())
}

/// The value without the characters that XML forbids, in any of its texts.
fn clean(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(crate::text::strip_forbidden(text).into_owned()),
        Value::Array(items) => items.iter().map(clean).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), clean(value)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// Sends a request and reads its JSON answer.
pub(crate) async fn call<T: DeserializeOwned>(
    path: &'static str,
    request: RequestBuilder,
) -> Result<T, CallError> {
    counted(path, ask(path, request)).await
}

async fn ask<T: DeserializeOwned>(
    path: &'static str,
    request: RequestBuilder,
) -> Result<T, CallError> {
    let response = expect_ok(path, send(path, request).await?)?;
    let bytes = read(path, response, ANSWER_BYTES_MAX).await?;
    let answer =
        json_object(&bytes).ok_or_else(|| unknown(path, "the answer is not a JSON object"))?;
    refuse(path, &answer)?;
    serde_json::from_value(answer).map_err(|fault| {
        unknown(
            path,
            &format!("the answer lacks something: {}", shape(&fault)),
        )
    })
}

/// Sends a request. A connection that could not be made was never seen by the platform; everything else may have been.
pub(crate) async fn send(
    path: &'static str,
    request: RequestBuilder,
) -> Result<Response, CallError> {
    request.send().await.map_err(|fault| {
        let source = fault.without_url();
        if source.is_connect() || source.is_builder() {
            CallError::NotSent { path, source }
        } else {
            interrupted(path, source)
        }
    })
}

/// Only 200 is documented.
pub(crate) fn expect_ok(path: &'static str, response: Response) -> Result<Response, CallError> {
    match response.status() {
        StatusCode::OK => Ok(response),
        status => Err(unknown(path, &format!("HTTP {}", status.as_u16()))),
    }
}

/// Reads at most `bytes_max` bytes of a body.
pub(crate) async fn read(
    path: &'static str,
    mut response: Response,
    bytes_max: usize,
) -> Result<Vec<u8>, CallError> {
    let mut bytes = Vec::new();
    while let Some(piece) = response
        .chunk()
        .await
        .map_err(|fault| interrupted(path, fault.without_url()))?
    {
        if bytes.len() + piece.len() > bytes_max {
            return Err(unknown(
                path,
                &format!("the answer is larger than {bytes_max} bytes"),
            ));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(bytes)
}

/// The body as a JSON object, if it is one. Content types are not to be trusted.
pub(crate) fn json_object(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes)
        .ok()?
        .trim_start_matches('\u{feff}');
    serde_json::from_str::<Value>(text)
        .ok()
        .filter(Value::is_object)
}

/// Turns an answer with an error code into the platform's refusal.
pub(crate) fn refuse(path: &'static str, answer: &Value) -> Result<(), CallError> {
    let code = match answer.get("errcode") {
        Some(Value::Number(code)) => code.as_i64(),
        Some(Value::String(code)) => code.trim().parse().ok(),
        _ => None,
    };
    match code {
        None | Some(0) => Ok(()),
        Some(code) => {
            let message = answer
                .get("errmsg")
                .and_then(Value::as_str)
                .unwrap_or_default();
            Err(CallError::Refused(ApiError::new(path, code, message)))
        }
    }
}

pub(crate) fn unknown(path: &'static str, why: &str) -> CallError {
    CallError::Unknown {
        path,
        why: why.to_owned(),
        source: None,
    }
}

fn interrupted(path: &'static str, source: reqwest::Error) -> CallError {
    let why = if source.is_timeout() {
        "time-out"
    } else {
        "the connection broke"
    };
    CallError::Unknown {
        path,
        why: why.to_owned(),
        source: Some(source),
    }
}

/// What serde says about a missing field, without the values that it quotes.
fn shape(fault: &serde_json::Error) -> String {
    let text = fault.to_string();
    if text.starts_with("missing field") {
        text
    } else {
        "a value of the wrong type".to_owned()
    }
}
