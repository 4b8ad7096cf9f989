//! Staff and rights: who may come in, inviting and dismissing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::staff::Role;
use daogou_schema::{InvitationId, StaffId, StoreId, Timestamp, store};
use minijinja::{Value, context};

use super::gate::{Fields, Gate, SentBy};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::accounts;
use crate::context::Context;
use crate::error::Error;
use crate::guides;
use crate::staff::{self, Invited, rules};
use crate::web::page;

const ROLES: [Role; 3] = [Role::HqAdmin, Role::HqOperator, Role::StoreManager];

pub(super) async fn show(ctx: Data<Context>, gate: Gate) -> Page {
    gate.for_staff()?;
    let fields = Fields::default();
    shown(&ctx, &gate, StatusCode::OK, None, &fields, Vec::new()).await
}

async fn shown(
    ctx: &Context,
    gate: &Gate,
    status: StatusCode,
    new_link: Option<String>,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let zone = ctx.config.timezone;
    let now = Timestamp::from(ctx.clock.now());
    let accounts = accounts::list(ctx).await?;
    let stores = stores_of_all(ctx).await?;
    let store_name = |id: Option<StoreId>| {
        let found = stores.iter().find(|store| Some(store.id) == id);
        found.map(|store| store.name.clone())
    };
    let people: Vec<_> = staff::colleagues(ctx.db.reads())
        .await?
        .into_iter()
        .map(|colleague| {
            let person = &colleague.staff;
            context! {
                id => person.id.0,
                name => &person.name,
                login => &person.login,
                role_word => rules::word(person.role),
                store => store_name(person.store_id),
                seen => words::moment_or_none(colleague.seen_at, zone),
                sign_ins => colleague.sign_ins,
                me => person.id == gate.signed_in.staff.id,
                left => person.left_at.is_some(),
                codes => person.totp.is_some(),
            }
        })
        .collect();
    let invitations: Vec<_> = staff::invitations(ctx.db.reads(), now)
        .await?
        .iter()
        .map(|invited| {
            context! {
                id => invited.id.0,
                name => &invited.name,
                role_word => rules::word(invited.role),
                store => store_name(invited.store_id),
                expires_at => words::moment(invited.expires_at, zone),
            }
        })
        .collect();
    let roles: Vec<_> = ROLES
        .iter()
        .map(|role| {
            let value = rules::key(*role);
            let chosen = fields.get("role") == value;
            context! { value, word => rules::word(*role), chosen }
        })
        .collect();
    let choices: Vec<_> = stores
        .iter()
        .map(|s| context! { id => s.id.0, name => &s.name, chosen => s.id.to_string() == fields.get("store") })
        .collect();
    let form = context! { name => fields.get("name") };
    Ok(page::show(
        status,
        "staff",
        context! {
            here => "staff",
            people,
            invitations,
            new_link,
            roles,
            stores => choices,
            form,
            problems,
            ..gate.frame(&accounts, accounts.first().map(AsRef::as_ref))
        },
    ))
}

async fn stores_of_all(ctx: &Context) -> Result<Vec<store::Model>, Stop> {
    let mut all = Vec::new();
    for account in accounts::list(ctx).await? {
        all.extend(guides::list_stores(ctx, &account).await?);
    }
    Ok(all)
}

pub(super) async fn invite(ctx: Data<Context>, SentBy(gate, fields): SentBy<Gate>) -> Page {
    gate.for_staff()?;
    let mut problems = Vec::new();
    problems.extend(rules::wrong_name(fields.get("name")).map(|text| problem("name", text)));
    let role = ROLES
        .into_iter()
        .find(|role| rules::key(*role) == fields.get("role"));
    if role.is_none() {
        problems.push(problem("role", "请选择角色"));
    }
    let stores = stores_of_all(&ctx).await?;
    let store = stores
        .iter()
        .find(|store| store.id.to_string() == fields.get("store"));
    if role == Some(Role::StoreManager) && store.is_none() {
        problems.push(problem("store", "店长需要选择门店"));
    }
    let Some(role) = role.filter(|_role| problems.is_empty()) else {
        return shown(
            &ctx,
            &gate,
            StatusCode::BAD_REQUEST,
            None,
            &fields,
            problems,
        )
        .await;
    };
    let invited = Invited {
        name: fields.get("name").to_owned(),
        role,
        store: store.map(|store| store.id),
    };
    let token = staff::invite(&ctx, invited, gate.by()).await?;
    let link = staff::link(&ctx.config.public_url, &token);
    // Shown here and never again: only its digest is kept.
    let empty = Fields::default();
    shown(&ctx, &gate, StatusCode::OK, Some(link), &empty, Vec::new()).await
}

pub(super) async fn sign_out(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, _): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    staff::sign_out_everywhere(&ctx, gate.by(), StaffId(*id)).await?;
    Ok(page::go_to("/console/staff"))
}

pub(super) async fn leave(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    match staff::leave(&ctx, &gate.signed_in.staff, StaffId(*id)).await {
        Ok(()) => Ok(page::go_to("/console/staff")),
        Err(Error::Refused(why)) => {
            let problems = vec![problem("name", why)];
            shown(&ctx, &gate, StatusCode::CONFLICT, None, &fields, problems).await
        }
        Err(error) => Err(error.into()),
    }
}

/// For somebody who has lost her phone and her recovery codes.
pub(super) async fn codes_off(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, _): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    staff::switch_off_for(&ctx, &gate.signed_in.staff, StaffId(*id)).await?;
    Ok(page::go_to("/console/staff"))
}

pub(super) async fn withdraw(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, _): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    staff::withdraw(&ctx, gate.by(), InvitationId(*id)).await?;
    Ok(page::go_to("/console/staff"))
}
