//! Pages: templates with what stands in them, and the headers that every page has.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use super::assets;

/// Styles, scripts and pictures come from here only.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

macro_rules! templates {
    ($($name:literal)*) => {
        const TEMPLATES: &[(&str, &str)] = &[$((
            concat!("console/", $name, ".html"),
            include_str!(concat!("../../templates/console/", $name, ".html")),
        )),*];
    };
}

templates! {
    "base" "icons" "parts" "side" "sign_in" "invitation" "overview" "stores" "store" "guides" "guide" "hand_overs" "hand_over" "hand_over_parts" "audit" "members" "member" "tags" "fields" "bulks" "bulk" "bulk_new" "bulk_parts" "staff" "failure" "sign_in_code" "me" "me_codes" "accounts" "account" "account_new" "account_parts" "chart" "undelivered" "codes" "code" "people" "campaigns" "campaign" "campaign_form" "campaign_parts" "followers" "menu" "menu_bar" "code_welcome" "menu_live" "phone" "poster" "privacy_parts" "member_privacy" "member_erase" "erasures" "erasure" "imports" "import" "import_parts" "exports" "export" "export_new" "export_parts" "member_merge" "store_close" "proposal" "joining" "join" "join_own" "registration" "phone_base" "chat_parts" "conversations" "conversation" "search" "sensitive_parts" "sensitive" "sensitive_hits"
}

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut pages = Environment::new();
    pages.set_undefined_behavior(UndefinedBehavior::Strict);
    pages.set_auto_escape_callback(|_name| AutoEscape::Html);
    // As the texts: a tag on a line of its own leaves no line behind.
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    match syntax {
        Ok(syntax) => pages.set_syntax(syntax),
        Err(error) => tracing::error!(%error, "the syntax of pages is wrong"),
    }
    pages.add_function("asset", |name: &str| assets::address(name));
    for (name, text) in TEMPLATES {
        if let Err(error) = pages.add_template(name, text) {
            tracing::error!(name, %error, "a page's template is wrong");
        }
    }
    pages
});

/// The page `name` with its variables.
pub(super) fn show(status: StatusCode, name: &str, variables: Value) -> HttpResponse {
    let text = PAGES
        .get_template(&format!("console/{name}.html"))
        .and_then(|template| template.render(variables));
    match text {
        Ok(text) => HttpResponse::build(status)
            .insert_header((CONTENT_SECURITY_POLICY, POLICY))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header((REFERRER_POLICY, "same-origin"))
            .insert_header((CACHE_CONTROL, "no-store"))
            .content_type("text/html; charset=utf-8")
            .body(text),
        Err(error) => {
            tracing::error!(name, %error, "a page cannot be shown");
            HttpResponse::InternalServerError()
                .content_type("text/plain; charset=utf-8")
                .body("页面暂时无法显示，请稍后再试")
        }
    }
}

/// On to another page, after a form was taken.
pub(super) fn go_to(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, address))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_one() {
        for (name, text) in TEMPLATES {
            let mut pages = Environment::new();
            assert!(pages.add_template(name, text).is_ok(), "{name}");
        }
    }
}
