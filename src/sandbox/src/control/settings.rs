//! Time, faults, quirks and the counts of what happened.

use std::collections::HashMap;

use actix_web::web::{Json, Payload, Query};
use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

use super::{State, object};
use crate::trouble::Trouble;
use crate::world::{Fault, Fulfilment, Stats};

/// A century: enough for any test, and far from the end of time.
const ADVANCE_SECONDS_MAX: i64 = 3_200_000_000;

pub(super) async fn clock(inner: State) -> Json<Value> {
    Json(time(&inner))
}

fn time(inner: &State) -> Value {
    let now = inner.clock.now();
    json!({"now": now.timestamp(), "iso": now.to_rfc3339_opts(SecondsFormat::Millis, true)})
}

pub(super) async fn advance(payload: Payload, inner: State) -> Result<Json<Value>, Trouble> {
    let body = object(payload).await?;
    let seconds = body
        .get("advance_seconds")
        .and_then(Value::as_f64)
        .filter(|seconds| *seconds >= 0.0);
    let seconds = seconds
        .ok_or_else(|| Trouble::bad("advance_seconds must be a number that is not negative"))?;
    if seconds > ADVANCE_SECONDS_MAX as f64 {
        return Err(Trouble::bad("advance_seconds is too large"));
    }
    let by = TimeDelta::from_std(std::time::Duration::from_secs_f64(seconds));
    inner
        .clock
        .advance(by.map_err(|_error| Trouble::bad("advance_seconds is too large"))?);
    inner.world().changed("clock", None, None, None);
    Ok(Json(time(&inner)))
}

pub(super) async fn add_fault(payload: Payload, inner: State) -> Result<Json<Value>, Trouble> {
    let body = object(payload).await?;
    let fault = fault(&body)?;
    inner.world().faults.push(fault);
    Ok(listed(&inner))
}

pub(super) async fn faults(inner: State) -> Json<Value> {
    listed(&inner)
}

/// Takes back what no call has met yet, and says what that was.
pub(super) async fn clear_faults(inner: State) -> Json<Value> {
    let left = listed(&inner);
    inner.world().faults.clear();
    left
}

fn listed(inner: &State) -> Json<Value> {
    let world = inner.world();
    let faults: Vec<Value> = world
        .faults
        .iter()
        .map(|fault| json!({"path": fault.path, "times": fault.times}))
        .collect();
    Json(json!({"faults": faults}))
}

fn fault(body: &Value) -> Result<Fault, Trouble> {
    let number = |name: &str| body.get(name).and_then(Value::as_i64);
    let path = body
        .get("path")
        .and_then(Value::as_str)
        .ok_or_else(|| Trouble::bad("path is missing"))?;
    let path = path.split('?').next().unwrap_or_default();
    let is_whole = path.starts_with('/') || path == "*";
    let delay_ms = number("delay_ms")
        .and_then(|delay| u64::try_from(delay).ok())
        .unwrap_or(0);
    let drop = body.get("drop").and_then(Value::as_bool) == Some(true);
    let fulfilment = match (number("errcode"), number("http_status")) {
        _ if drop => Fulfilment::Drop,
        (Some(code), _) => Fulfilment::Errcode(code),
        (None, Some(status)) => {
            let status = u16::try_from(status)
                .ok()
                .filter(|status| (200..600).contains(status));
            Fulfilment::Status(
                status.ok_or_else(|| Trouble::bad("http_status must be between 200 and 599"))?,
            )
        }
        (None, None) if delay_ms > 0 => Fulfilment::Usual,
        (None, None) => {
            return Err(Trouble::bad(
                "errcode, http_status, delay_ms or drop is missing",
            ));
        }
    };
    Ok(Fault {
        path: if is_whole {
            path.to_owned()
        } else {
            format!("/{path}")
        },
        fulfilment,
        delay_ms,
        after_effect: body
            .get("after_effect")
            .and_then(Value::as_bool)
            .unwrap_or(false),
        times: number("times")
            .and_then(|times| u64::try_from(times).ok())
            .filter(|times| *times > 0)
            .unwrap_or(1),
    })
}

pub(super) async fn quirks(inner: State) -> Result<Json<Value>, Trouble> {
    set(&inner)
}

pub(super) async fn set_quirks(payload: Payload, inner: State) -> Result<Json<Value>, Trouble> {
    let body = object(payload).await?;
    {
        let mut world = inner.world();
        world.quirks = world
            .quirks
            .changed(&body)
            .map_err(|fault| Trouble::bad(&fault))?;
    }
    set(&inner)
}

fn set(inner: &State) -> Result<Json<Value>, Trouble> {
    serde_json::to_value(&inner.world().quirks)
        .map(Json)
        .map_err(|error| Trouble::bad(&error.to_string()))
}

pub(super) async fn stats(inner: State) -> Json<Stats> {
    Json(inner.world().stats.clone())
}

/// What was sent by the customer-service interface, call by call, after the one that `after` names.
pub(super) async fn sends(
    query: Query<HashMap<String, String>>,
    inner: State,
) -> Result<Json<Value>, Trouble> {
    let after = match query.get("after").filter(|after| !after.is_empty()) {
        Some(after) => after
            .parse()
            .map_err(|_error| Trouble::bad("after must be a number"))?,
        None => 0,
    };
    Ok(Json(json!({"sends": inner.world().sends.after(after)})))
}
