//! Which language a page speaks: Chinese, or English for whoever chose it. Texts of templates are translated once, when the
//! program starts; what handlers say goes through [`ours`] while a request is worked for. What people typed is never
//! touched, and what consumers and guides read is always Chinese.

mod catalogue;
mod holes;
mod segments;
#[cfg(test)]
mod tests;

use std::cell::Cell;

use actix_web::HttpRequest;
use actix_web::body::MessageBody;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use daogou_schema::staff::Language;

use crate::context::Context;

/// The cookie of who chose before signing in.
const COOKIE: &str = "daogou_language";

/// Pages on phones: they speak to consumers, and to those who would be guides.
const PHONES: [&str; 4] = ["join", "join_own", "phone_base", "registration"];

/// How long it is kept.
const KEPT: Duration = Duration::days(365);

tokio::task_local! {
    static SPOKEN: Cell<Language>;
}

/// The language of the request that is being worked for.
pub(super) fn spoken() -> Language {
    SPOKEN.try_with(Cell::get).unwrap_or(Language::Chinese)
}

/// Goes on in this language: whoever is signed in has chosen it.
pub(super) fn speak(language: Language) {
    let _only_in_requests = SPOKEN.try_with(|spoken| spoken.set(language));
}

/// Every request is worked for in the language that its cookie names.
pub(super) async fn heard(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let language = chosen(request.request());
    SPOKEN.scope(Cell::new(language), next.call(request)).await
}

fn chosen(request: &HttpRequest) -> Language {
    let chosen = request.cookie(COOKIE).and_then(|it| named(it.value()));
    chosen.unwrap_or(Language::Chinese)
}

/// The language of a name; how the cookie and forms call it.
pub(super) fn named(name: &str) -> Option<Language> {
    match name {
        "zh" => Some(Language::Chinese),
        "en" => Some(Language::English),
        _ => None,
    }
}

/// The cookie that keeps a choice.
pub(super) fn cookie(ctx: &Context, language: Language) -> Cookie<'static> {
    let name = match language {
        Language::Chinese => "zh",
        Language::English => "en",
    };
    Cookie::build(COOKIE, name)
        .path("/console")
        .max_age(KEPT)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(ctx.config.public_url.starts_with("https:"))
        .finish()
}

/// What `<html lang>` calls it.
pub(super) fn tag(language: Language) -> &'static str {
    match language {
        Language::Chinese => "zh-CN",
        Language::English => "en",
    }
}

/// The words that `text` is in the language of this request. It is ours: nobody typed it, except what stands in its holes.
pub(super) fn ours(text: impl AsRef<str>) -> String {
    let text = text.as_ref();
    let said = match spoken() {
        Language::Chinese => None,
        Language::English => catalogue::english().said(text),
    };
    said.unwrap_or_else(|| text.to_owned())
}

/// The template of a page in a language.
pub(super) fn template(language: Language, page: &str, text: &str) -> String {
    let english = catalogue::english();
    match language {
        Language::Chinese => text.to_owned(),
        Language::English if PHONES.contains(&page) => text.to_owned(),
        Language::English => segments::translated(text, &mut |segment| {
            english.on_page(page, segment).unwrap_or(segment).to_owned()
        }),
    }
}
