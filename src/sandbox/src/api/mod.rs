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
use std::time::{Duration, Instant};

use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::web::{Bytes, Data, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;

use self::call::{Answer, Call, Refusal};
use crate::Inner;
use crate::intake;
use crate::world::{Fault, Fulfilment, SEND_PATH};

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
    let begun = Instant::now();
    let (fault, latency, send) = {
        let mut world = inner.world();
        let now = world.now();
        (
            Fault::take(&mut world.faults, &input.path),
            world.quirks.latency_ms,
            (input.path == SEND_PATH).then(|| world.sends.begin(now, &input.body)),
        )
    };
    let (answer, heard) = work(&inner, input, fault, latency, send).await;
    if let Some(send) = send {
        let millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        inner.world().sends.answered(send, &heard, millis);
    }
    answer
}

/// The answer, and what of it is counted.
async fn work(
    inner: &Arc<Inner>,
    input: intake::Input,
    fault: Option<Fault>,
    latency: u64,
    send: Option<u64>,
) -> (HttpResponse, String) {
    let delay = latency.saturating_add(fault.as_ref().map_or(0, |fault| fault.delay_ms));
    let after_effect = fault.as_ref().is_some_and(|fault| fault.after_effect);
    if delay > 0 && !after_effect {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let fulfilment = fault.map_or(Fulfilment::Usual, |fault| fault.fulfilment);
    if fulfilment != Fulfilment::Usual && !after_effect {
        return failed(inner, &input.path, &fulfilment);
    }
    let (path, result) = run(inner, input);
    if let (Some(send), Ok(_)) = (send, &result) {
        inner.world().sends.arrived(send);
    }
    if delay > 0 && after_effect {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    if fulfilment != Fulfilment::Usual {
        return failed(inner, &path, &fulfilment);
    }
    respond(inner, &path, result)
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

fn respond(inner: &Inner, path: &str, result: Result<Answer, Refusal>) -> (HttpResponse, String) {
    let errcode = match &result {
        Ok(Answer::Missing) => "http_404".to_owned(),
        Ok(_) => "0".to_owned(),
        Err(refusal) => refusal.code.to_string(),
    };
    let mut world = inner.world();
    world.stats.called(path, errcode.clone());
    let response = match result {
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
    };
    (response, errcode)
}

/// The answer that a fault gives.
fn failed(inner: &Inner, path: &str, fulfilment: &Fulfilment) -> (HttpResponse, String) {
    match fulfilment {
        Fulfilment::Errcode(code) => {
            let refusal = Refusal::new(*code, "fault injected by the simulator");
            respond(inner, path, Err(refusal))
        }
        Fulfilment::Status(status) => {
            let heard = format!("http_{status}");
            inner.world().stats.called(path, heard.clone());
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::BAD_GATEWAY);
            let response = HttpResponse::build(status)
                .content_type("text/html")
                .body("<html><body>Bad gateway</body></html>");
            (response, heard)
        }
        Fulfilment::Drop | Fulfilment::Usual => {
            inner.world().stats.called(path, "drop".to_owned());
            (cut_off(), "drop".to_owned())
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
