//! Every call that is known, on one screen: path, method, whether a token is needed, who may call.

use super::call::{Answer, Call, Outcome, Refusal};
use super::{
    codes, desk, drafts, figures, kf, mass, media, menus, mini, notices, oauth, quota, tags,
    templates, tokens, users,
};
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

#[rustfmt::skip] // one call a line
const ENDPOINTS: &[Endpoint] = &[
    // tokens, tickets, addresses, quotas
    ("/cgi-bin/token", Any, Anyone, tokens::classic),
    ("/cgi-bin/stable_token", Post, Anyone, tokens::stable),
    ("/cgi-bin/ticket/getticket", Any, Account, tokens::ticket),
    ("/cgi-bin/getcallbackip", Any, Account, quota::addresses),
    ("/cgi-bin/get_api_domain_ip", Any, Account, quota::addresses),
    ("/cgi-bin/callback/check", Post, Account, quota::callback_check),
    ("/cgi-bin/clear_quota", Post, Account, quota::clear),
    ("/cgi-bin/clear_quota/v2", Post, Anyone, quota::clear_by_secret),
    ("/cgi-bin/openapi/quota/clear", Post, Account, quota::clear_one),
    ("/cgi-bin/openapi/quota/get", Post, Account, quota::get),
    ("/cgi-bin/openapi/rid/get", Post, Account, quota::rid),
    // customer-service messages and their desk
    ("/cgi-bin/message/custom/send", Post, Account, kf::send),
    ("/cgi-bin/message/custom/typing", Post, Account, kf::typing),
    ("/customservice/kfaccount/add", Post, Service, desk::add),
    ("/customservice/kfaccount/update", Post, Service, desk::update),
    ("/customservice/kfaccount/del", Any, Service, desk::remove),
    ("/customservice/kfaccount/inviteworker", Post, Service, desk::known_staff),
    ("/customservice/kfaccount/uploadheadimg", Post, Service, desk::picture),
    ("/cgi-bin/customservice/getkflist", Any, Service, desk::list),
    ("/cgi-bin/customservice/getonlinekflist", Any, Service, desk::online),
    ("/customservice/kfsession/create", Post, Service, desk::open_session),
    ("/customservice/kfsession/close", Post, Service, desk::close_session),
    ("/customservice/kfsession/getsession", Any, Service, desk::session),
    ("/customservice/kfsession/getsessionlist", Any, Service, desk::sessions),
    ("/customservice/kfsession/getwaitcase", Any, Service, desk::waiting),
    ("/customservice/msgrecord/getmsglist", Post, Service, desk::records),
    // codes
    ("/cgi-bin/qrcode/create", Post, Service, codes::create),
    ("/cgi-bin/showqrcode", Get, Anyone, codes::show),
    ("/cgi-bin/shorten/gen", Post, Account, codes::shorten),
    ("/cgi-bin/shorten/fetch", Post, Account, codes::lengthen),
    // users, tags, blacklist
    ("/cgi-bin/user/info", Any, Service, users::info),
    ("/cgi-bin/user/info/batchget", Post, Service, users::infos),
    ("/cgi-bin/user/info/updateremark", Post, Service, users::remark),
    ("/cgi-bin/user/get", Any, Service, users::followers),
    ("/cgi-bin/user/tag/get", Post, Service, tags::members),
    ("/cgi-bin/changeopenid", Post, Service, users::change_openid),
    ("/cgi-bin/tags/create", Post, Service, tags::create),
    ("/cgi-bin/tags/get", Any, Service, tags::list),
    ("/cgi-bin/tags/update", Post, Service, tags::update),
    ("/cgi-bin/tags/delete", Post, Service, tags::delete),
    ("/cgi-bin/tags/getidlist", Post, Service, tags::of_person),
    ("/cgi-bin/tags/members/batchtagging", Post, Service, tags::tag),
    ("/cgi-bin/tags/members/batchuntagging", Post, Service, tags::untag),
    ("/cgi-bin/tags/members/getblacklist", Post, Service, tags::blacklist),
    ("/cgi-bin/tags/members/batchblacklist", Post, Service, tags::block),
    ("/cgi-bin/tags/members/batchunblacklist", Post, Service, tags::unblock),
    // media, material, drafts, publishing
    ("/cgi-bin/media/upload", Post, Account, media::upload),
    ("/cgi-bin/media/get", Any, Account, media::get),
    ("/cgi-bin/media/get/jssdk", Any, Account, media::get),
    ("/cgi-bin/media/uploadimg", Post, Account, media::upload_picture),
    ("/cgi-bin/media/uploadvideo", Post, Service, media::mass_video),
    ("/cgi-bin/material/add_material", Post, Service, media::add_material),
    ("/cgi-bin/material/get_material", Post, Service, media::get_material),
    ("/cgi-bin/material/del_material", Post, Service, media::delete_material),
    ("/cgi-bin/material/get_materialcount", Any, Service, media::count_material),
    ("/cgi-bin/material/batchget_material", Post, Service, media::list_material),
    ("/cgi-bin/draft/add", Post, Service, drafts::add),
    ("/cgi-bin/draft/get", Post, Service, drafts::get),
    ("/cgi-bin/draft/delete", Post, Service, drafts::delete),
    ("/cgi-bin/draft/update", Post, Service, drafts::update),
    ("/cgi-bin/draft/count", Any, Service, drafts::count),
    ("/cgi-bin/draft/batchget", Post, Service, drafts::list),
    ("/cgi-bin/draft/switch", Post, Service, drafts::switch),
    ("/cgi-bin/freepublish/submit", Post, Service, drafts::publish),
    ("/cgi-bin/freepublish/get", Post, Service, drafts::publish_state),
    ("/cgi-bin/freepublish/getarticle", Post, Service, drafts::article),
    ("/cgi-bin/freepublish/batchget", Post, Service, drafts::articles),
    ("/cgi-bin/freepublish/delete", Post, Service, drafts::unpublish),
    // templates and notices
    ("/cgi-bin/message/template/send", Post, Service, templates::send),
    ("/cgi-bin/template/api_add_template", Post, Service, templates::add),
    ("/cgi-bin/template/get_all_private_template", Any, Service, templates::list),
    ("/cgi-bin/template/del_private_template", Post, Service, templates::delete),
    ("/cgi-bin/template/api_set_industry", Post, Service, templates::set_industry),
    ("/cgi-bin/template/get_industry", Any, Service, templates::industry),
    ("/cgi-bin/message/subscribe/bizsend", Post, Service, notices::send),
    ("/cgi-bin/message/subscribe/send", Post, Miniprogram, notices::send),
    ("/cgi-bin/message/template/subscribe", Post, Service, notices::send_once),
    ("/cgi-bin/message/wxopen/template/uniform_send", Post, Miniprogram, notices::uniform),
    ("/wxaapi/newtmpl/getcategory", Any, Account, notices::categories),
    ("/wxaapi/newtmpl/getpubtemplatetitles", Any, Account, notices::titles),
    ("/wxaapi/newtmpl/getpubtemplatekeywords", Any, Account, notices::keywords),
    ("/wxaapi/newtmpl/addtemplate", Post, Account, notices::add),
    ("/wxaapi/newtmpl/gettemplate", Any, Account, notices::list),
    ("/wxaapi/newtmpl/deltemplate", Post, Account, notices::delete),
    // mass sends
    ("/cgi-bin/message/mass/sendall", Post, Service, mass::send_all),
    ("/cgi-bin/message/mass/send", Post, Service, mass::send),
    ("/cgi-bin/message/mass/preview", Post, Service, mass::preview),
    ("/cgi-bin/message/mass/delete", Post, Service, mass::delete),
    ("/cgi-bin/message/mass/get", Post, Service, mass::state),
    ("/cgi-bin/message/mass/speed/get", Any, Service, mass::speed),
    ("/cgi-bin/message/mass/speed/set", Post, Service, mass::set_speed),
    // menus
    ("/cgi-bin/menu/create", Post, Service, menus::create),
    ("/cgi-bin/menu/get", Any, Service, menus::get),
    ("/cgi-bin/menu/delete", Any, Service, menus::delete),
    ("/cgi-bin/menu/addconditional", Post, Service, menus::add_conditional),
    ("/cgi-bin/menu/delconditional", Post, Service, menus::delete_conditional),
    ("/cgi-bin/menu/trymatch", Post, Service, menus::try_match),
    ("/cgi-bin/get_current_selfmenu_info", Any, Service, menus::current),
    // web authorisation
    ("/connect/oauth2/authorize", Get, Anyone, oauth::authorize),
    ("/sns/oauth2/access_token", Any, Anyone, oauth::access_token),
    ("/sns/oauth2/refresh_token", Any, Anyone, oauth::refresh_token),
    ("/sns/userinfo", Any, Anyone, oauth::profile),
    ("/sns/auth", Any, Anyone, oauth::check),
    // mini-programs
    ("/sns/jscode2session", Any, Anyone, mini::session),
    ("/wxa/checksession", Any, Miniprogram, mini::check_session),
    ("/wxa/business/getuserphonenumber", Post, Miniprogram, mini::phone_number),
    ("/wxa/getwxacode", Post, Miniprogram, mini::code),
    ("/wxa/getwxacodeunlimit", Post, Miniprogram, mini::unlimited_code),
    ("/cgi-bin/wxaapp/createwxaqrcode", Post, Miniprogram, mini::code),
    ("/wxa/msg_sec_check", Post, Miniprogram, mini::check_text),
    ("/wxa/media_check_async", Post, Miniprogram, mini::check_media),
    ("/wxa/generatescheme", Post, Miniprogram, mini::scheme),
    ("/wxa/generate_urllink", Post, Miniprogram, mini::link),
    ("/wxa/genwxashortlink", Post, Miniprogram, mini::short_link),
    // figures
    ("/datacube/getusersummary", Post, Service, figures::follows),
    ("/datacube/getusercumulate", Post, Service, figures::followers),
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
            return figures::none(call);
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
