//! Who comes in, and how far.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use daogou_schema::StoreId;
use daogou_schema::staff::Role;
use minijinja::{Value, context};

use super::stop::Stop;
use crate::accounts::{self, Account};
use crate::audit::By;
use crate::bindings::pool::Scope;
use crate::context::Context;
use crate::guides;
use crate::staff::{self, SignedIn, rules};
use crate::web::language::{self, ours};

pub(super) use crate::web::form::{Fields, is_own};

/// The cookie of a sign-in.
const COOKIE: &str = "daogou_console";

type Loading<T> = Pin<Box<dyn Future<Output = Result<T, Stop>>>>;

/// The cookie that signs somebody in.
pub(super) fn cookie(ctx: &Context, token: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, token.to_owned())
        .path("/console")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(ctx.config.public_url.starts_with("https:"))
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

/// Somebody who is signed in.
pub(super) struct Gate {
    pub signed_in: SignedIn,
}

impl Gate {
    /// Who does what she sends.
    pub(super) fn by(&self) -> By {
        By::Staff(self.signed_in.staff.id)
    }

    pub(super) fn role(&self) -> Role {
        self.signed_in.staff.role
    }

    /// Only whoever may manage the staff goes on.
    pub(super) fn for_staff(&self) -> Result<(), Stop> {
        match rules::may_manage_staff(self.role()) {
            true => Ok(()),
            false => Err(Stop::Forbidden),
        }
    }

    /// What the frame of every page shows.
    pub(super) fn frame(&self, accounts: &[Arc<Account>], current: Option<&Account>) -> Value {
        let staff = &self.signed_in.staff;
        let appid = current.map(|account| account.appid.as_str());
        let shown: Vec<_> = accounts
            .iter()
            .map(|account| {
                context! {
                    appid => &account.appid,
                    title => account.title(),
                    href => format!("/console/{}", account.appid),
                    current => Some(account.appid.as_str()) == appid,
                }
            })
            .collect();
        context! {
            me => context! {
                name => &staff.name,
                role => rules::key(staff.role),
                role_word => ours(rules::word(staff.role)),
            },
            csrf => &self.signed_in.form_key,
            accounts => shown,
            appid => appid.unwrap_or_default(),
            account_title => current.map_or("", |account| account.title()),
            at => appid.map(|appid| format!("/console/{appid}")).unwrap_or_default(),
            may => context! {
                organise => rules::may_organise(staff.role),
                staff => rules::may_manage_staff(staff.role),
                // A manager has one store and no regions.
                roam => staff.role != Role::StoreManager,
            },
            notice => Value::from(()),
        }
    }
}

impl FromRequest for Gate {
    type Error = Stop;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { gate(&request).await })
    }
}

pub(super) async fn gate(request: &HttpRequest) -> Result<Gate, Stop> {
    let ctx = context_of(request)?;
    let token = token_of(request).ok_or(Stop::SignIn)?;
    let signed_in = staff::signed_in(&ctx, &token).await?;
    let signed_in = signed_in.ok_or(Stop::SignIn)?;
    if let Some(language) = signed_in.staff.language {
        language::speak(language);
    }
    Ok(Gate { signed_in })
}

fn context_of(request: &HttpRequest) -> Result<Data<Context>, Stop> {
    let ctx = request.app_data::<Data<Context>>().cloned();
    ctx.ok_or(Stop::NotFound)
}

/// Somebody who is signed in, at the account that the address names.
pub(super) struct Desk {
    pub gate: Gate,
    pub account: Arc<Account>,
    pub accounts: Vec<Arc<Account>>,
    scope: Scope,
}

impl Desk {
    /// How far she may look.
    pub(super) fn scope(&self) -> Scope {
        self.scope.clone()
    }

    /// Whether a store is in her scope.
    pub(super) fn sees(&self, store: StoreId) -> bool {
        self.scope.sees(store)
    }

    /// Whether every store is, and who has no guide.
    pub(super) fn sees_all(&self) -> bool {
        self.scope.stores.is_none()
    }

    /// Only headquarters goes on.
    pub(super) fn for_headquarters(&self) -> Result<(), Stop> {
        match rules::may_organise(self.gate.role()) {
            true => Ok(()),
            false => Err(Stop::Forbidden),
        }
    }

    /// Where the pages of this account are.
    pub(super) fn at(&self) -> String {
        format!("/console/{}", self.account.appid)
    }

    /// What the frame of every page shows.
    pub(super) fn frame(&self) -> Value {
        self.gate.frame(&self.accounts, Some(&self.account))
    }
}

impl FromRequest for Desk {
    type Error = Stop;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let gate = gate(&request).await?;
            desk(&request, gate).await
        })
    }
}

async fn desk(request: &HttpRequest, gate: Gate) -> Result<Desk, Stop> {
    let ctx = context_of(request)?;
    let appid = request.match_info().get("appid").unwrap_or_default();
    let accounts = accounts::list(&ctx).await?;
    let account = accounts.iter().find(|account| account.appid == appid);
    let account = account.cloned().ok_or(Stop::NotFound)?;
    let stores = guides::stores_seen_by(&ctx, account.id, &gate.signed_in.staff).await?;
    Ok(Desk {
        scope: Scope {
            account: account.id,
            stores,
        },
        account,
        gate,
        accounts,
    })
}

/// A form that came from our page.
pub(super) struct Sent(pub Fields);

impl FromRequest for Sent {
    type Error = Stop;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let own = is_own(request);
        let fields = Fields::read(request, payload);
        Box::pin(async move {
            if !own {
                return Err(Stop::Foreign);
            }
            let fields = fields.await.map_err(|_unreadable| Stop::Unreadable)?;
            Ok(Self(fields))
        })
    }
}

/// A form of somebody who is signed in, with the key that our page gave it.
pub(super) struct SentBy<T>(pub T, pub Fields);

/// Where a form of somebody who is signed in can be sent: the gate is passed, and then so much more.
pub(super) trait Behind: Sized + 'static {
    fn load(request: HttpRequest, gate: Gate) -> Loading<Self>;
}

impl Behind for Gate {
    fn load(_request: HttpRequest, gate: Gate) -> Loading<Self> {
        Box::pin(async { Ok(gate) })
    }
}

impl Behind for Desk {
    fn load(request: HttpRequest, gate: Gate) -> Loading<Self> {
        Box::pin(async move { desk(&request, gate).await })
    }
}

impl<T: Behind> FromRequest for SentBy<T> {
    type Error = Stop;
    type Future = Loading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (sent, request) = (Sent::from_request(request, payload), request.clone());
        Box::pin(async move {
            let gate = gate(&request).await?;
            let fields = checked(&gate, sent.await?)?;
            Ok(Self(T::load(request, gate).await?, fields))
        })
    }
}

pub(super) fn checked(gate: &Gate, Sent(fields): Sent) -> Result<Fields, Stop> {
    match fields.get("csrf") == gate.signed_in.form_key {
        true => Ok(fields),
        false => Err(Stop::Foreign),
    }
}
