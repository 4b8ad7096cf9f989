//! Every call that is known, on one screen: path, method, whether a token is needed, who may call.

use super::call::{Answer, Call, Outcome, Refusal};
use super::{codes, kf, quota, tokens, users};
use crate::world::Kind;

/// Which method a call wants.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Get,
    Post,
    Any,
}

/// Who may call.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// Anyone: the call brings its own secret or needs none.
    Anyone,
    /// An account with a token.
    Account,
    Service,
    Miniprogram,
}

type Endpoint = (&'static str, Method, Caller, fn(&mut Call<'_>) -> Outcome);

use Caller::{Account, Anyone, Miniprogram, Service};
use Method::{Any, Get, Post};

const ENDPOINTS: &[Endpoint] = &[
    // tokens, tickets, addresses, quotas
    ("/cgi-bin/token", Any, Anyone, tokens::classic),
    ("/cgi-bin/stable_token", Post, Anyone, tokens::stable),
    ("/cgi-bin/ticket/getticket", Any, Account, tokens::ticket),
    ("/cgi-bin/getcallbackip", Any, Account, quota::addresses),
    ("/cgi-bin/get_api_domain_ip", Any, Account, quota::addresses),
    (
        "/cgi-bin/callback/check",
        Post,
        Account,
        quota::callback_check,
    ),
    ("/cgi-bin/clear_quota", Post, Account, quota::clear),
    (
        "/cgi-bin/clear_quota/v2",
        Post,
        Anyone,
        quota::clear_by_secret,
    ),
    (
        "/cgi-bin/openapi/quota/clear",
        Post,
        Account,
        quota::clear_one,
    ),
    ("/cgi-bin/openapi/quota/get", Post, Account, quota::get),
    ("/cgi-bin/openapi/rid/get", Post, Account, quota::rid),
    // customer-service messages and their desk
    ("/cgi-bin/message/custom/send", Post, Account, kf::send),
    ("/cgi-bin/message/custom/typing", Post, Account, kf::typing),
    // codes
    ("/cgi-bin/qrcode/create", Post, Service, codes::create),
    ("/cgi-bin/showqrcode", Get, Anyone, codes::show),
    ("/cgi-bin/shorten/gen", Post, Account, codes::shorten),
    ("/cgi-bin/shorten/fetch", Post, Account, codes::lengthen),
    // users, blacklist
    ("/cgi-bin/user/info", Any, Service, users::info),
    ("/cgi-bin/user/info/batchget", Post, Service, users::infos),
    (
        "/cgi-bin/user/info/updateremark",
        Post,
        Service,
        users::remark,
    ),
    ("/cgi-bin/user/get", Any, Service, users::followers),
    ("/cgi-bin/changeopenid", Post, Service, users::change_openid),
    // material, publishing
    // templates and notices
    // mass sends
    // menus
    // web authorisation
    // mini-programs
    // figures
];

/// Chats, menus and drafts show `\uXXXX` as it is written.
const LITERAL: [&str; 5] = [
    "/cgi-bin/message/custom/",
    "/cgi-bin/message/mass/",
    "/cgi-bin/menu/",
    "/cgi-bin/draft/",
    "/customservice/",
];

/// Finds the call, lets the caller in, and does it.
pub(super) fn dispatch(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let path = call.input.path.clone();
    let Some(&(_, method, caller, run)) = ENDPOINTS.iter().find(|(known, ..)| *known == path)
    else {
        if path.starts_with("/datacube/get") {
            call.authenticate()?;
            return super::call::ok();
        }
        return Err(Refusal::new(40_066, "invalid url"));
    };
    match method {
        Get if call.input.is_post => return Err(Refusal::new(43_001, "require GET method")),
        Post if !call.input.is_post => return Err(Refusal::new(43_002, "require POST method")),
        Get | Post | Any => {}
    }
    if caller != Anyone {
        call.authenticate()?;
        let kind = call.account()?.settings.kind;
        if (caller == Service && kind != Kind::Service)
            || (caller == Miniprogram && kind != Kind::Miniprogram)
        {
            return Err(Refusal::new(48_001, "api unauthorized"));
        }
        let now = call.now;
        if call.world.quirks.counts() && !call.account()?.quotas.spend(&path, now) {
            return Err(Refusal::new(45_009, "reach max api daily quota limit"));
        }
    }
    let wants_json =
        call.input.is_post && call.input.parts.is_empty() && !path.starts_with("/cgi-bin/token");
    if wants_json && (method == Post || !call.input.body.is_empty()) && !path.contains("upload") {
        let literal = LITERAL.iter().any(|prefix| path.starts_with(prefix));
        match call.parse(literal) {
            // A call of either method, or an upload, may have a body that is no JSON.
            Err(refusal) if method == Post && !path.contains("add_material") => {
                return Err(refusal);
            }
            Ok(()) | Err(_) => {}
        }
    }
    run(call)
}
