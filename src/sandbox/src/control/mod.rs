//! The control interface: it makes accounts and people, lets people act, shows their phones, and sets what goes
//! wrong.

mod accounts;
mod live;
mod people;
mod settings;

use std::sync::Arc;

use actix_web::web::{self, Data, Payload, ServiceConfig};
use serde_json::Value;

use crate::Inner;
use crate::intake;
use crate::trouble::Trouble;

type State = Data<Arc<Inner>>;

pub(crate) fn configure(config: &mut ServiceConfig) {
    let scope = web::scope("/sandbox/v1")
        .route("/accounts", web::post().to(accounts::put))
        .route("/accounts", web::get().to(accounts::list))
        .route("/accounts/{appid}/verify", web::post().to(accounts::verify))
        .route("/people", web::post().to(people::add))
        .route("/people", web::get().to(people::list))
        .route("/crowd", web::post().to(people::crowd))
        .route("/people/{id}", web::get().to(people::show))
        .route("/people/{id}/acts", web::post().to(people::act))
        .route("/people/{id}/chat", web::get().to(people::chat))
        .route("/codes", web::get().to(accounts::codes))
        .route("/codes", web::post().to(accounts::label))
        .route("/menu", web::get().to(accounts::menu))
        .route("/media", web::post().to(accounts::upload))
        .route("/media/{media_id}", web::get().to(accounts::media))
        .route("/live", web::get().to(live::stream))
        .route("/clock", web::get().to(settings::clock))
        .route("/clock", web::post().to(settings::advance))
        .route("/faults", web::get().to(settings::faults))
        .route("/faults", web::post().to(settings::add_fault))
        .route("/faults", web::delete().to(settings::clear_faults))
        .route("/quirks", web::get().to(settings::quirks))
        .route("/quirks", web::post().to(settings::set_quirks))
        .route("/stats", web::get().to(settings::stats))
        .route("/sends", web::get().to(settings::sends))
        .default_service(web::to(nothing));
    config.service(scope);
}

async fn nothing() -> Result<String, Trouble> {
    Err(Trouble::missing("the control interface has no such call"))
}

/// The JSON object in the body, whatever its content type; an empty body is an empty object.
async fn object(payload: Payload) -> Result<Value, Trouble> {
    let body = intake::body(payload)
        .await
        .map_err(|error| Trouble::bad(&error.to_string()))?;
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    match serde_json::from_slice(&body) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err(Trouble::bad("a JSON object is expected")),
        Err(error) => Err(Trouble::bad(&format!("the body is not JSON: {error}"))),
    }
}
