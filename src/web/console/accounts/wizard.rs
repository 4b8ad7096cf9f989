//! Adding an account: who it is, then how its pushes are protected. What the first form says travels to the second one
//! sealed, so that an account exists only when it is whole, and no secret stands in a page.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use daogou_schema::Timestamp;
use daogou_wechat::{Kind, Mode};
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};

use super::{Shown, view};
use crate::accounts::{self, Keys, rules};
use crate::config::{AccountSettings, Secret};
use crate::context::Context;
use crate::error::Error;
use crate::web::console::gate::{Fields, Gate, SentBy};
use crate::web::console::stop::{Page, Stop};
use crate::web::console::words::problem;
use crate::web::language::ours;
use crate::web::page;

/// How long somebody may take over the second form.
const DRAFT_LASTS: TimeDelta = TimeDelta::hours(1);

/// What the first form said.
#[derive(Serialize, Deserialize)]
struct Draft {
    name: String,
    appid: String,
    kind: String,
    secret: String,
    until: i64,
}

impl Draft {
    /// What is wrong with the first form, or the draft of it.
    fn of(fields: &Fields, now: Timestamp) -> Result<Self, Vec<Value>> {
        let (name, appid) = (fields.get("name"), fields.get("appid"));
        let (secret, kind) = (fields.get("secret"), fields.get("kind"));
        let known = view::KINDS.iter().any(|each| each.to_string() == kind);
        let wrong = [
            (!known).then(|| problem("kind", "请选择服务号或小程序")),
            rules::wrong_name(name).map(|why| problem("name", why)),
            rules::wrong_appid(appid).map(|why| problem("appid", why)),
            rules::wrong_secret(secret).map(|why| problem("secret", why)),
        ];
        let wrong: Vec<Value> = wrong.into_iter().flatten().collect();
        match wrong.is_empty() {
            true => Ok(Self {
                name: name.to_owned(),
                appid: appid.to_owned(),
                kind: kind.to_owned(),
                secret: secret.to_owned(),
                until: (now + DRAFT_LASTS).0,
            }),
            false => Err(wrong),
        }
    }

    fn seal(&self, ctx: &Context, gate: &Gate) -> Result<String, Stop> {
        let text = serde_json::to_string(self).map_err(|e| Error::Internal(e.to_string()))?;
        let sealed = ctx.vault()?.seal(&place(gate), &text)?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The draft that this person's first form gave, within its time.
    fn open(ctx: &Context, gate: &Gate, sealed: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let text = ctx.vault().ok()?.open(&place(gate), &bytes).ok()?;
        let draft: Self = serde_json::from_str(text.expose()).ok()?;
        (draft.until > Timestamp::from(ctx.clock.now()).0).then_some(draft)
    }

    fn kind(&self) -> Kind {
        self.kind.parse().unwrap_or(Kind::Service)
    }
}

/// Nobody can use a draft of somebody else, or anything else as a draft.
fn place(gate: &Gate) -> String {
    format!("console.account_draft.{}", gate.signed_in.staff.id)
}

pub(in super::super) async fn show(ctx: Data<Context>, gate: Gate) -> Page {
    gate.for_staff()?;
    first(&ctx, &gate, &Fields::default(), Vec::new()).await
}

/// The first form was sent.
pub(in super::super) async fn go_on(
    ctx: Data<Context>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    let draft = match Draft::of(&fields, Timestamp::from(ctx.clock.now())) {
        Ok(draft) => draft,
        Err(wrong) => return first(&ctx, &gate, &fields, wrong).await,
    };
    if accounts::find(&ctx, &draft.appid).await?.is_some() {
        return first(&ctx, &gate, &fields, vec![taken()]).await;
    }
    second(&ctx, &gate, &draft, &Fields::default(), Vec::new()).await
}

/// The second form was sent: the account is added.
pub(in super::super) async fn add(ctx: Data<Context>, SentBy(gate, fields): SentBy<Gate>) -> Page {
    gate.for_staff()?;
    let Some(draft) = Draft::open(&ctx, &gate, fields.get("draft")) else {
        let late = problem("", "隔得太久，请从第一步重新填写");
        return first(&ctx, &gate, &fields, vec![late]).await;
    };
    let (keys, drawn) = match keys_of(&ctx, &fields) {
        Ok(keys) => keys,
        Err(wrong) => return second(&ctx, &gate, &draft, &fields, wrong).await,
    };
    let settings = AccountSettings {
        appid: draft.appid.clone(),
        secret: Secret::new(draft.secret.as_str()),
        token: keys.token.clone(),
        aes_key: keys.aes_key.clone(),
        aes_key_previous: None,
        mode: keys.mode,
        original_id: None,
        kind: draft.kind(),
    };
    match accounts::add(&ctx, &draft.name, &settings, gate.by()).await {
        Ok(id) => {
            let shown = Shown {
                fresh: drawn.then_some(keys),
                added: true,
                ..Shown::default()
            };
            shown.page(&ctx, &gate, id).await
        }
        Err(Error::Taken) => first(&ctx, &gate, &fields, vec![taken()]).await,
        Err(error) => Err(error.into()),
    }
}

fn taken() -> Value {
    problem("appid", "这个 AppID 已经添加过了，请到列表里打开它")
}

/// The token, the key and the mode that a form names or wants drawn, and whether they were drawn; or what is wrong.
pub(super) fn keys_of(ctx: &Context, fields: &Fields) -> Result<(Keys, bool), Vec<Value>> {
    let mode: Option<Mode> = fields.get("mode").parse().ok();
    let Some(mode) = mode else {
        return Err(vec![problem("mode", "请选择消息加密方式")]);
    };
    if fields.get("keys") != "typed" {
        return Ok((Keys::draw(ctx, mode), true));
    }
    let (token, key) = (fields.get("token"), fields.get("aes_key"));
    let wants_key = mode != Mode::Plain || !key.is_empty();
    let wrong_key = wants_key.then(|| rules::wrong_aes_key(key)).flatten();
    let wrong = [
        rules::wrong_token(token).map(|why| problem("token", why)),
        wrong_key.map(|why| problem("aes_key", why)),
    ];
    let wrong: Vec<Value> = wrong.into_iter().flatten().collect();
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let keys = Keys {
        token: Secret::new(token),
        aes_key: wants_key.then(|| Secret::new(key)),
        mode,
    };
    Ok((keys, false))
}

async fn first(
    ctx: &Context,
    gate: &Gate,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let chosen = fields.get("kind");
    let kinds: Vec<Value> = view::KINDS
        .iter()
        .map(|kind| {
            let value = kind.to_string();
            let chosen = value == chosen || (chosen.is_empty() && *kind == Kind::Service);
            context! { chosen, word => ours(view::kind(*kind)), value }
        })
        .collect();
    let form = context! { name => fields.get("name"), appid => fields.get("appid") };
    let frame = frame(ctx, gate).await?;
    let status = status(&problems);
    Ok(page::show(
        status,
        "account_new",
        context! { step => 1, kinds, form, problems, ..frame },
    ))
}

async fn second(
    ctx: &Context,
    gate: &Gate,
    draft: &Draft,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let mode = fields.get("mode").parse().unwrap_or(Mode::Secure);
    let form = context! {
        draft => draft.seal(ctx, gate)?,
        name => &draft.name,
        appid => &draft.appid,
        kind => ours(view::kind(draft.kind())),
        typed => fields.get("keys") == "typed",
        token => fields.get("token"),
    };
    let modes = view::modes(mode);
    let frame = frame(ctx, gate).await?;
    let status = status(&problems);
    Ok(page::show(
        status,
        "account_new",
        context! { step => 2, modes, form, problems, ..frame },
    ))
}

fn status(problems: &[Value]) -> StatusCode {
    match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    }
}

async fn frame(ctx: &Context, gate: &Gate) -> Result<Value, Stop> {
    let accounts = accounts::list(ctx).await?;
    let frame = gate.frame(&accounts, accounts.first().map(AsRef::as_ref));
    Ok(context! { here => "accounts", first_ever => accounts.is_empty(), ..frame })
}
