//! Who comes in: a guide with a cookie, who has not left.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use daogou_schema::{MemberId, conversation, guide};
use minijinja::{Value, context};

use super::stop::Stop;
use crate::accounts::{self, Account};
use crate::bindings::pool::Row;
use crate::context::Context;
use crate::conversations::desk;
use crate::guides::sign_in::{self, LASTS, SignedIn};
use crate::web::form::{Fields, is_own};

/// The cookie of a sign-in.
const COOKIE: &str = "daogou_workbench";

type Loading<T> = Pin<Box<dyn Future<Output = Result<T, Stop>>>>;

/// The cookie that signs somebody in.
pub(super) fn cookie(ctx: &Context, token: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, token.to_owned())
        .path("/workbench")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(ctx.config.public_url.starts_with("https:"))
        .max_age(Duration::days(LASTS.num_days()))
        .finish()
}

/// The cookie that takes it away again.
pub(super) fn no_cookie(ctx: &Context) -> Cookie<'static> {
    let mut cookie = cookie(ctx, "");
    cookie.make_removal();
    cookie
}

/// What the sign-in cookie holds.
pub(super) fn token_of(request: &HttpRequest) -> Option<String> {
    request
        .cookie(COOKIE)
        .map(|cookie| cookie.value().to_owned())
}

/// A guide who is signed in, at the account that the guide answers through.
pub(super) struct Seat {
    pub guide: guide::Model,
    pub account: Arc<Account>,
    signed_in: SignedIn,
}

impl Seat {
    /// Whether our page's script sent a request that is no form.
    pub(super) fn own_script(&self, request: &HttpRequest, key: &str) -> Result<(), Stop> {
        match is_own(request) && key == self.signed_in.form_key {
            true => Ok(()),
            false => Err(Stop::Foreign),
        }
    }

    /// The same of what is known of the guide by now.
    pub(super) fn with(self, guide: guide::Model) -> Self {
        Self { guide, ..self }
    }

    /// Her customer; nobody else is there.
    pub(super) async fn customer(
        &self,
        ctx: &Context,
        member: i64,
    ) -> Result<(Row, Option<conversation::Model>), Stop> {
        let found = desk::customer(ctx, &self.guide, MemberId(member)).await?;
        found.ok_or(Stop::NotFound)
    }

    /// What the frame of every page shows; `here` is its tab.
    pub(super) fn frame(&self, here: &str, waiting: u32) -> Value {
        context! {
            me => context! { name => &self.guide.name, on_duty => self.guide.on_duty },
            csrf => &self.signed_in.form_key,
            here,
            waiting,
            waiting_max => desk::WAITING_MAX,
        }
    }
}

impl FromRequest for Seat {
    type Error = Stop;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { seat(&request).await })
    }
}

async fn seat(request: &HttpRequest) -> Result<Seat, Stop> {
    // A script asks in the background: it has to be told, not led away.
    let outside = match request.headers().contains_key("x-part") {
        true => || Stop::SignedOut,
        false => || Stop::SignIn,
    };
    let ctx = request.app_data::<Data<Context>>().cloned();
    let ctx = ctx.ok_or(Stop::NotFound)?;
    let token = token_of(request).ok_or_else(outside)?;
    let signed_in = sign_in::signed_in(&ctx, &token).await?;
    let signed_in = signed_in.ok_or_else(outside)?;
    let accounts = accounts::list(&ctx).await?;
    let account = accounts
        .iter()
        .find(|account| account.id == signed_in.guide.account_id);
    Ok(Seat {
        account: account.cloned().ok_or(Stop::NotFound)?,
        guide: signed_in.guide.clone(),
        signed_in,
    })
}

/// A form of a guide who is signed in, with the key that our page gave it.
pub(super) struct SentBy(pub Seat, pub Fields);

impl FromRequest for SentBy {
    type Error = Stop;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (own, fields) = (is_own(request), Fields::read(request, payload));
        let request = request.clone();
        Box::pin(async move {
            let seat = seat(&request).await?;
            if !own {
                return Err(Stop::Foreign);
            }
            let fields = fields.await.map_err(|_unreadable| Stop::Unreadable)?;
            match fields.get("csrf") == seat.signed_in.form_key {
                true => Ok(Self(seat, fields)),
                false => Err(Stop::Foreign),
            }
        })
    }
}

/// A form of our own page, before anybody is signed in.
pub(super) struct Sent;

impl FromRequest for Sent {
    type Error = Stop;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let own = is_own(request);
        Box::pin(async move { own.then_some(Self).ok_or(Stop::Foreign) })
    }
}
