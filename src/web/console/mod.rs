//! The console of headquarters: `/console`. A handler loads what it may, calls a verb and fills a page.

mod accounts;
mod acts;
mod audit;
mod bulks;
mod campaigns;
mod chart;
mod chat;
mod closing;
mod codes;
mod content;
mod conversations;
mod erasures;
mod exports;
mod fields;
mod figures;
mod followers;
mod gate;
mod guides;
mod hand_overs;
mod imports;
mod insiders;
mod invitation;
mod inviting;
mod join;
mod joining;
mod me;
mod member_fields;
mod members;
mod menu;
mod merges;
mod organisation;
mod overview;
mod personal;
mod photos;
mod place;
mod pool;
mod posters;
mod privacy;
mod profiles;
mod proposals;
mod regions;
mod registration;
mod scripts;
mod search;
mod sensitive;
mod sign_in;
mod staff;
mod stop;
mod stores;
mod table_file;
mod tables;
mod tags;
mod talk;
mod tongue;
mod undelivered;
mod upload;
mod variants;
mod visits;
mod welcome;
mod words;
mod workbench;

use actix_web::web::{self, FormConfig, ServiceConfig};

/// A menu of fifteen buttons, each with a text to answer, is the longest form.
const FORM_BYTES_MAX: usize = 192 * 1024;

/// The URL map of the console, each line with who may call it.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.app_data(FormConfig::default().limit(FORM_BYTES_MAX));
    // First, because its pages look like an account's whose appid is a word.
    whole_installation(config);
    scoped(config);
    talk::routes(config);
    workbench::routes(config);
    content::routes(config);
    of_codes(config);
    inviting::routes(config);
    of_privacy(config);
    tables::routes(config);
    personal::routes(config);
    headquarters(config);
}

fn whole_installation(config: &mut ServiceConfig) {
    config
        // Everybody: they are how one comes in.
        .route("/console/sign-in", web::get().to(sign_in::show))
        .route("/console/sign-in", web::post().to(sign_in::sign_in))
        .route("/console/sign-in/code", web::post().to(sign_in::with_code))
        .route("/console/language", web::post().to(tongue::choose))
        .route(
            "/console/invitations/{token}",
            web::get().to(invitation::show),
        )
        .route(
            "/console/invitations/{token}",
            web::post().to(invitation::accept),
        )
        .configure(organisation::of_would_be_guides)
        .configure(personal::of_consumers)
        // Whoever is signed in.
        .route("/console", web::get().to(overview::first))
        .route("/console/sign-out", web::post().to(sign_in::sign_out))
        .configure(of_herself)
        // Administrators of headquarters.
        .route("/console/audit", web::get().to(audit::show))
        .route("/console/audit.csv", web::get().to(audit::export))
        .configure(of_accounts)
        .route("/console/staff", web::get().to(staff::show))
        .route("/console/staff", web::post().to(staff::invite))
        .route(
            "/console/staff/{id}/sign-out",
            web::post().to(staff::sign_out),
        )
        .route("/console/staff/{id}/leave", web::post().to(staff::leave))
        .route(
            "/console/staff/{id}/regions",
            web::post().to(staff::set_regions),
        )
        .route(
            "/console/staff/{id}/codes-off",
            web::post().to(staff::codes_off),
        )
        .route(
            "/console/staff/invitations/{id}/withdraw",
            web::post().to(staff::withdraw),
        );
}

/// Whoever is signed in, store managers their own store's.
fn scoped(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}", web::get().to(overview::show))
        .route("/console/{appid}/members", web::get().to(pool::list))
        .route(
            "/console/{appid}/members/{id}",
            web::get().to(members::show),
        )
        .route(
            "/console/{appid}/members/{id}/tags",
            web::post().to(members::set_tags),
        )
        .route(
            "/console/{appid}/members/{id}/name",
            web::post().to(members::set_name),
        )
        .route("/console/{appid}/bulks", web::get().to(bulks::list))
        .route("/console/{appid}/bulks", web::post().to(bulks::start))
        .route("/console/{appid}/bulks/new", web::post().to(bulks::choose))
        .route("/console/{appid}/bulks/{id}", web::get().to(bulks::show))
        .route(
            "/console/{appid}/bulks/{id}/stop",
            web::post().to(bulks::stop),
        )
        .route(
            "/console/{appid}/bulks/{id}/undo",
            web::post().to(bulks::undo),
        )
        .route("/console/{appid}/stores", web::get().to(stores::list))
        .route("/console/{appid}/stores/{id}", web::get().to(stores::show))
        .configure(organisation::of_joining)
        .route("/console/{appid}/guides", web::get().to(guides::list))
        .route("/console/{appid}/guides/{id}", web::get().to(guides::show));
}

/// Headquarters only.
fn headquarters(config: &mut ServiceConfig) {
    config
        .route("/console/{appid}/tags", web::get().to(tags::list))
        .route("/console/{appid}/tags", web::post().to(tags::add))
        .route(
            "/console/{appid}/tags/{id}/name",
            web::post().to(tags::rename),
        )
        .route(
            "/console/{appid}/tags/{id}/rule",
            web::post().to(tags::set_rule),
        )
        .route(
            "/console/{appid}/tags/{id}/remove",
            web::post().to(tags::remove),
        )
        .route(
            "/console/{appid}/hand-overs",
            web::get().to(hand_overs::list),
        )
        .route(
            "/console/{appid}/hand-overs",
            web::post().to(hand_overs::freeze),
        )
        .route(
            "/console/{appid}/hand-overs/{id}",
            web::get().to(hand_overs::show),
        )
        .route(
            "/console/{appid}/hand-overs/{id}/confirm",
            web::post().to(hand_overs::confirm),
        )
        .route(
            "/console/{appid}/hand-overs/{id}/undo",
            web::post().to(hand_overs::undo),
        )
        .configure(organisation::of_regions)
        .configure(organisation::of_closing)
        .route("/console/{appid}/stores", web::post().to(stores::add))
        .route(
            "/console/{appid}/stores/{id}",
            web::post().to(stores::change),
        )
        .route(
            "/console/{appid}/guides/{id}",
            web::post().to(guides::change),
        )
        .route("/console/{appid}/guides", web::post().to(guides::add))
        .route(
            "/console/{appid}/guides/{id}/link",
            web::post().to(guides::link),
        );
}

/// What everybody does about her own account.
fn of_herself(config: &mut ServiceConfig) {
    config
        .route("/console/me", web::get().to(me::show))
        .route("/console/me/name", web::post().to(me::rename))
        .route("/console/me/password", web::post().to(me::change_password))
        .route(
            "/console/me/sign-ins/{key}/end",
            web::post().to(me::end_sign_in),
        )
        .route("/console/me/codes", web::get().to(me::codes::offer))
        .route("/console/me/codes", web::post().to(me::codes::switch_on))
        .route(
            "/console/me/codes/off",
            web::post().to(me::codes::switch_off),
        );
}

/// The installation's accounts: for administrators of headquarters.
fn of_accounts(config: &mut ServiceConfig) {
    config
        .route("/console/accounts", web::get().to(accounts::list))
        .route("/console/accounts", web::post().to(accounts::wizard::add))
        .route(
            "/console/accounts/new",
            web::get().to(accounts::wizard::show),
        )
        .route(
            "/console/accounts/new",
            web::post().to(accounts::wizard::go_on),
        )
        .route("/console/accounts/{id}", web::get().to(accounts::show))
        .route(
            "/console/accounts/{id}/check",
            web::post().to(accounts::check),
        )
        .route(
            "/console/accounts/{id}/name",
            web::post().to(accounts::change::rename),
        )
        .route(
            "/console/accounts/{id}/secret",
            web::post().to(accounts::change::replace_secret),
        )
        .route(
            "/console/accounts/{id}/keys",
            web::post().to(accounts::change::change_keys),
        )
        .route(
            "/console/accounts/{id}/changed-over",
            web::post().to(accounts::change::forget_previous),
        );
}

/// Codes: their pictures, their posters, what came by them, and the first words of whom they bring.
fn of_codes(config: &mut ServiceConfig) {
    config
        // Whoever is signed in, store managers their own store's.
        .route(
            "/console/{appid}/stores/{id}/code.{kind}",
            web::get().to(codes::of_store),
        )
        .route(
            "/console/{appid}/stores/{id}/poster",
            web::get().to(posters::of_store),
        )
        .route(
            "/console/{appid}/guides/{id}/code.{kind}",
            web::get().to(codes::of_guide),
        )
        .route(
            "/console/{appid}/guides/{id}/poster",
            web::get().to(posters::of_guide),
        )
        .route(
            "/console/{appid}/guides/{id}/link.svg",
            web::get().to(codes::link_of_guide),
        )
        .route(
            "/console/{appid}/posters",
            web::get().to(posters::of_guides),
        )
        .route(
            "/console/{appid}/codes.zip",
            web::get().to(posters::pictures),
        )
        .route("/console/{appid}/codes", web::get().to(figures::list))
        .route("/console/{appid}/codes/{id}", web::get().to(figures::show))
        .route(
            "/console/{appid}/undelivered",
            web::get().to(undelivered::show),
        )
        // Headquarters.
        .route(
            "/console/{appid}/codes/{id}/welcome",
            web::get().to(variants::show),
        )
        .route(
            "/console/{appid}/codes/{id}/welcome",
            web::post().to(variants::save),
        )
        .route(
            "/console/{appid}/codes/{id}/welcome/preview",
            web::post().to(variants::preview),
        )
        .route(
            "/console/{appid}/guides/{id}/welcome",
            web::post().to(welcome::save),
        )
        .route(
            "/console/{appid}/guides/{id}/welcome/preview",
            web::post().to(welcome::preview),
        );
}

/// What is kept about a member, and its end.
fn of_privacy(config: &mut ServiceConfig) {
    config
        // Headquarters.
        .route(
            "/console/{appid}/members/{id}/privacy",
            web::get().to(privacy::show),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/consents",
            web::post().to(privacy::note),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/phone",
            web::post().to(privacy::set_phone),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/phone/reveal",
            web::post().to(privacy::reveal),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/export",
            web::post().to(privacy::export),
        )
        .route("/console/{appid}/erasures", web::get().to(erasures::list))
        .route(
            "/console/{appid}/erasures/{id}",
            web::get().to(erasures::show),
        )
        // Administrators of headquarters.
        .route(
            "/console/{appid}/members/{id}/privacy/erase",
            web::get().to(privacy::ask_erasure),
        )
        .route(
            "/console/{appid}/members/{id}/privacy/erase",
            web::post().to(privacy::erase),
        );
}
