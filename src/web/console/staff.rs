//! Staff and rights: who may come in, inviting and dismissing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::staff::Role;
use daogou_schema::{InvitationId, RegionId, StaffId, StoreId, Timestamp, region, store};
use minijinja::{Value, context};

use super::gate::{Fields, Gate, SentBy};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::accounts;
use crate::context::Context;
use crate::error::Error;
use crate::guides;
use crate::staff::{self, Invited, rules};
use crate::web::language::ours;
use crate::web::page;

const ROLES: [Role; 4] = [
    Role::HqAdmin,
    Role::HqOperator,
    Role::StoreManager,
    Role::Dealer,
];

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
    let regions = Regions::load(ctx).await?;
    // What she may see: a manager's store, a dealer's regions; none: everything.
    let sight = |role: Role, store: Option<StoreId>, kept: Option<&str>| match role {
        Role::HqAdmin | Role::HqOperator => None,
        Role::StoreManager => {
            let found = stores.iter().find(|known| Some(known.id) == store);
            Some(found.map_or("—", |store| store.name.as_str()).to_owned())
        }
        Role::Dealer => Some(regions.names(&rules::regions(kept))),
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
                role_word => ours(rules::word(person.role)),
                sight => sight(person.role, person.store_id, person.regions.as_deref()),
                regions => (person.role == Role::Dealer)
                    .then(|| regions.choices(&rules::regions(person.regions.as_deref()))),
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
                role_word => ours(rules::word(invited.role)),
                sight => sight(invited.role, invited.store_id, invited.regions.as_deref()),
                expires_at => words::moment(invited.expires_at, zone),
            }
        })
        .collect();
    let roles: Vec<_> = ROLES
        .iter()
        .map(|role| {
            let value = rules::key(*role);
            let chosen = fields.get("role") == value;
            context! { value, word => ours(rules::word(*role)), chosen }
        })
        .collect();
    let choices: Vec<_> = stores
        .iter()
        .map(|s| context! { id => s.id.0, name => &s.name, chosen => s.id.to_string() == fields.get("store") })
        .collect();
    let form = context! { name => fields.get("name"), sent => !fields.get("csrf").is_empty() };
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
            regions => regions.choices(&chosen_regions(fields)),
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

/// The regions of all accounts.
struct Regions(Vec<Known>);

/// A region, how deep it lies, and the account whose it is, where there are several.
struct Known {
    region: region::Model,
    depth: usize,
    account: Option<String>,
}

impl Regions {
    async fn load(ctx: &Context) -> Result<Self, Stop> {
        let accounts = accounts::list(ctx).await?;
        let mut all = Vec::new();
        for account in &accounts {
            let tree = guides::regions::tree(ctx, account.id).await?;
            all.extend(tree.in_order().into_iter().map(|(depth, region)| Known {
                region: region.clone(),
                depth,
                account: (accounts.len() > 1).then(|| account.title().to_owned()),
            }));
        }
        Ok(Self(all))
    }

    fn names(&self, ids: &[RegionId]) -> String {
        let those = self.0.iter().filter(|known| ids.contains(&known.region.id));
        let names: Vec<_> = those.map(|known| known.region.name.as_str()).collect();
        match names.is_empty() {
            true => "—".to_owned(),
            false => names.join(&ours("、")),
        }
    }

    fn choices(&self, chosen: &[RegionId]) -> Vec<Value> {
        let one = |known: &Known| {
            context! {
                id => known.region.id.0,
                name => &known.region.name,
                depth => known.depth,
                account => &known.account,
                chosen => chosen.contains(&known.region.id),
            }
        };
        self.0.iter().map(one).collect()
    }

    /// Those that were ticked and are there.
    fn ticked(&self, fields: &Fields) -> Vec<RegionId> {
        let ticked = chosen_regions(fields);
        let there = self.0.iter().map(|known| known.region.id);
        there.filter(|id| ticked.contains(id)).collect()
    }
}

fn chosen_regions(fields: &Fields) -> Vec<RegionId> {
    let ids = fields.named("region-").filter_map(|id| id.parse().ok());
    ids.map(RegionId).collect()
}

/// A dealer gets other regions.
pub(super) async fn set_regions(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    let regions = Regions::load(&ctx).await?.ticked(&fields);
    if staff::set_regions(&ctx, StaffId(*id), regions, gate.by()).await? {
        return Ok(page::go_to("/console/staff"));
    }
    let wrong = vec![problem(
        "",
        "没有修改：请给这位在职的经销商选择 1 到 100 个区域",
    )];
    let (empty, status) = (Fields::default(), StatusCode::BAD_REQUEST);
    shown(&ctx, &gate, status, None, &empty, wrong).await
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
    let regions = Regions::load(&ctx).await?.ticked(&fields);
    if role == Some(Role::Dealer) && !(1..=rules::REGIONS_MAX).contains(&regions.len()) {
        problems.push(problem("region", "经销商需要选择 1 到 100 个区域"));
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
        regions,
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
