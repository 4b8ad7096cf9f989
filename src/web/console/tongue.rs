//! The switch between Chinese and English: for everybody, also before signing in.

use actix_web::HttpRequest;
use actix_web::http::header::REFERER;
use actix_web::web::Data;

use super::gate::{self, Gate, Sent};
use super::stop::{Page, Stop};
use crate::context::Context;
use crate::staff;
use crate::web::{language, page};

/// Where the pages are that she can come back to.
const HOME: &str = "/console";

/// Keeps the choice in this browser and, when she is signed in, with her.
pub(super) async fn choose(
    ctx: Data<Context>,
    request: HttpRequest,
    gate: Option<Gate>,
    sent: Sent,
) -> Page {
    let fields = match &gate {
        Some(gate) => gate::checked(gate, sent)?,
        None => sent.0,
    };
    let language = language::named(fields.get("language")).ok_or(Stop::Unreadable)?;
    if let Some(gate) = gate {
        staff::choose_language(&ctx, gate.signed_in.staff.id, language).await?;
    }
    let mut back = page::go_to(&came_from(&request));
    let _fits = back.add_cookie(&language::cookie(&ctx, language));
    Ok(back)
}

/// The page with the switch; browsers name it, because it is ours.
fn came_from(request: &HttpRequest) -> String {
    let named = request.headers().get(REFERER);
    let page = named.and_then(|referer| {
        let (_, address) = referer.to_str().ok()?.split_once("://")?;
        let (_, path) = address.split_once('/')?;
        Some(format!("/{path}"))
    });
    let is_ours = |page: &String| {
        page.strip_prefix(HOME)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    };
    page.filter(is_ours).unwrap_or_else(|| HOME.to_owned())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn she_comes_back_to_our_pages_only() {
        let back = |referer: &str| {
            let request = TestRequest::default().insert_header((REFERER, referer));
            came_from(&request.to_http_request())
        };
        let on = "/console/wx1/members?q=1";
        assert_eq!(back(&format!("https://brand.example{on}")), on);
        assert_eq!(back("https://brand.example/console"), HOME);
        for elsewhere in [
            "https://evil.example/",
            "https://evil.example//evil.example/console",
            "https://evil.example/consoles",
            "nonsense",
        ] {
            assert_eq!(back(elsewhere), HOME, "{elsewhere}");
        }
        assert_eq!(came_from(&TestRequest::default().to_http_request()), HOME);
    }
}
