//! Pages: templates with what stands in them, and the headers that every page has.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use daogou_schema::staff::Language;

use super::{assets, language};

/// Styles, scripts and pictures come from here only.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; \
                      frame-ancestors 'none'";

macro_rules! templates {
    ($($all:ident in $folder:literal: $($name:literal)*;)*) => {$(
        const $all: &[(&str, &str)] = &[$((
            concat!($folder, "/", $name, ".html"),
            include_str!(concat!("../../templates/", $folder, "/", $name, ".html")),
        )),*];
    )*};
}

templates! {
    CONSOLE in "console":
    "base" "icons" "parts" "side" "sign_in" "invitation" "overview" "stores" "store" "guides" "guide" "guide_workbench" "hand_overs" "hand_over" "hand_over_parts" "audit" "members" "member" "tags" "bulks" "bulk" "bulk_new" "bulk_parts" "staff" "failure" "sign_in_code" "me" "me_codes" "accounts" "account" "account_new" "account_parts" "chart" "undelivered" "codes" "code" "people" "campaigns" "campaign" "campaign_form" "campaign_parts" "followers" "menu" "menu_bar" "code_welcome" "menu_live" "phone" "poster" "privacy_parts" "member_privacy" "member_erase" "erasures" "erasure" "imports" "import" "import_parts" "exports" "export" "export_new" "export_parts" "member_merge" "store_close" "proposal" "joining" "join" "join_own" "phone_base" "chat_parts" "conversations" "conversation" "search" "sensitive_parts" "sensitive" "sensitive_hits" "scripts" "script_phone" "fields" "registration";
    WORKBENCH in "workbench":
    "base" "sign_in" "link" "failure" "today" "chats" "chats_rows" "chat" "lines" "dock" "parts" "customers" "customer" "tasks" "me" "scripts" "scripts_rows";
}

static PAGES: LazyLock<Environment<'static>> = LazyLock::new(|| pages_in(Language::Chinese));
static ENGLISH: LazyLock<Environment<'static>> = LazyLock::new(|| pages_in(Language::English));

fn pages_in(language: Language) -> Environment<'static> {
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
    pages.add_filter("ours", |text: Value| match text.as_str() {
        Some(text) => Value::from(language::ours(text)),
        None => text,
    });
    pages.add_filter("counted", |count: &Value, one: &str, many: &str| {
        let word = if count.to_string() == "1" { one } else { many };
        word.to_owned()
    });
    pages.add_global("language", language::tag(language));
    for (name, text) in CONSOLE {
        let text = language::template(language, page_of(name), text);
        if let Err(error) = pages.add_template_owned(*name, text) {
            tracing::error!(name, %error, "a page's template is wrong");
        }
    }
    // Guides and consumers read Chinese.
    for (name, text) in WORKBENCH {
        if let Err(error) = pages.add_template(name, text) {
            tracing::error!(name, %error, "a page's template is wrong");
        }
    }
    pages
}

/// The name by which pages are shown.
fn page_of(template: &str) -> &str {
    template
        .trim_start_matches("console/")
        .trim_end_matches(".html")
}

/// Every page and its template.
#[cfg(test)]
pub(super) fn templates() -> impl Iterator<Item = (&'static str, &'static str)> {
    CONSOLE.iter().map(|(name, text)| (page_of(name), *text))
}

/// The page `name` of the console, or of the folder that it names, with its variables.
pub(super) fn show(status: StatusCode, name: &str, variables: Value) -> HttpResponse {
    let file = match name.contains('/') {
        true => format!("{name}.html"),
        false => format!("console/{name}.html"),
    };
    let pages = match language::spoken() {
        Language::Chinese => &PAGES,
        Language::English => &ENGLISH,
    };
    let text = pages
        .get_template(&file)
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
                .body(language::ours("页面暂时无法显示，请稍后再试"))
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
    fn every_template_is_one_in_both_languages() {
        for (page, text) in templates() {
            for language in [Language::Chinese, Language::English] {
                let text = language::template(language, page, text);
                let read = Environment::new().add_template_owned(page, text);
                assert!(read.is_ok(), "{page}: {read:?}");
            }
        }
        for (name, text) in WORKBENCH {
            let read = Environment::new().add_template(name, text);
            assert!(read.is_ok(), "{name}: {read:?}");
        }
    }
}
