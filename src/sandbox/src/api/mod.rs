//! The platform's own interface: every call answers HTTP 200 with an errcode, faults and limits included.

mod call;
mod codes;
mod content;
mod desk;
mod drafts;
mod figures;
mod kf;
mod mass;
mod media;
mod menus;
mod mini;
mod notices;
mod oauth;
mod quota;
mod table;
mod tags;
mod templates;
mod tokens;
mod users;
mod values;

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Bytes, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

use self::call::{Answer, Call, Refusal};
use crate::Inner;
use crate::intake;
use crate::world::{Fault, Fulfilment};

/// Answers one call of the platform's interface.
pub(crate) async fn answer(
    request: HttpRequest,
    payload: Payload,
    inner: Data<Arc<Inner>>,
) -> HttpResponse {
    let input = match intake::read(&request, payload).await {
        Ok(input) => input,
        Err(_error) => return HttpResponse::PayloadTooLarge().finish(),
    };
    let (fault, latency) = {
        let mut world = inner.world();
        (
            Fault::take(&mut world.faults, &input.path),
            world.quirks.latency_ms,
        )
    };
    let delay = latency.saturating_add(fault.as_ref().map_or(0, |fault| fault.delay_ms));
    let after_effect = fault.as_ref().is_some_and(|fault| fault.after_effect);
    if delay > 0 && !after_effect {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let fulfilment = fault.map_or(Fulfilment::Usual, |fault| fault.fulfilment);
    if fulfilment != Fulfilment::Usual && !after_effect {
        return failed(&inner, &input.path, &fulfilment);
    }
    let (path, result) = run(&inner, input);
    if delay > 0 && after_effect {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if fulfilment != Fulfilment::Usual {
        return failed(&inner, &path, &fulfilment);
    }
    respond(&inner, &path, result)
}

fn run(inner: &Arc<Inner>, input: intake::Input) -> (String, Result<Answer, Refusal>) {
    let path = input.path.clone();
    let (result, pushes) = {
        let mut world = inner.world();
        let mut call = Call::new(&mut world, input);
        let result = table::dispatch(&mut call);
        (result, std::mem::take(&mut call.pushes))
    };
    crate::push::enqueue_soon(inner, pushes);
    (path, result)
}

fn respond(inner: &Inner, path: &str, result: Result<Answer, Refusal>) -> HttpResponse {
    let errcode = match &result {
        Ok(Answer::Missing) => "http_404".to_owned(),
        Ok(_) => "0".to_owned(),
        Err(refusal) => refusal.code.to_string(),
    };
    let mut world = inner.world();
    world.stats.called(path, errcode);
    match result {
        Ok(Answer::Json(value)) => HttpResponse::Ok().json(value),
        Ok(Answer::File {
            content_type,
            name,
            bytes,
        }) => {
            let mut response = HttpResponse::Ok();
            if let Some(name) = name {
                response.insert_header((
                    CONTENT_DISPOSITION,
                    format!("attachment; filename=\"{name}\""),
                ));
            }
            response.content_type(content_type).body(bytes)
        }
        Ok(Answer::Page(html)) => HttpResponse::Ok()
            .insert_header(crate::page::policy())
            .content_type("text/html; charset=utf-8")
            .body(html),
        Ok(Answer::Redirect(to)) => HttpResponse::Found()
            .insert_header(("Location", to))
            .finish(),
        Ok(Answer::Missing) => HttpResponse::NotFound().finish(),
        Err(refusal) => HttpResponse::Ok().json(refusal.body(&world)),
    }
}

/// The answer that a fault gives.
fn failed(inner: &Inner, path: &str, fulfilment: &Fulfilment) -> HttpResponse {
    match fulfilment {
        Fulfilment::Errcode(code) => {
            let refusal = Refusal::new(*code, "fault injected by the simulator");
            respond(inner, path, Err(refusal))
        }
        Fulfilment::Status(status) => {
            inner.world().stats.called(path, format!("http_{status}"));
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            HttpResponse::build(status)
                .content_type("text/html")
                .body("<html><body>Bad gateway</body></html>")
        }
        Fulfilment::Drop | Fulfilment::Usual => {
            inner.world().stats.called(path, "drop".to_owned());
            cut_off()
        }
    }
}

/// A body that breaks at once: the server closes the connection before a byte of the answer has left.
fn cut_off() -> HttpResponse {
    let broken = stream::once(async {
        Err::<Bytes, std::io::Error>(std::io::ErrorKind::ConnectionAborted.into())
    });
    HttpResponse::Ok().streaming(broken)
}

/// The roots of the platform's interface; what is not known below them is refused as the platform does.
const ROOTS: [&str; 11] = [
    "/cgi-bin/{tail:.*}",
    "/sns/{tail:.*}",
    "/wxa/{tail:.*}",
    "/wxaapi/{tail:.*}",
    "/connect/{tail:.*}",
    "/customservice/{tail:.*}",
    "/datacube/{tail:.*}",
    "/card/{tail:.*}",
    "/semantic/{tail:.*}",
    "/shakearound/{tail:.*}",
    "/merchant/{tail:.*}",
];

pub(crate) fn configure(config: &mut ServiceConfig) {
    for root in ROOTS {
        config.route(root, actix_web::web::to(answer));
    }
}
