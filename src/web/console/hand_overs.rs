//! Hand-overs: who leaves, who gets the customers, and taking it back.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::hand_over::{Cause, Model, State};
use daogou_schema::hand_over_member::Outcome;
use daogou_schema::{GuideId, HandOverId, MemberId, StaffId, StoreId, Timestamp, guide};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{guides_of, stores_of};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::bindings::pool;
use crate::context::Context;
use crate::hand_overs::{self, No, Order, rules};
use crate::web::language::ours;
use crate::web::page;
use crate::{guides, staff};

const CAUSES: [(Cause, &str, &str, &str); 3] = [
    (
        Cause::Departure,
        "departure",
        "离职",
        "解除微信关联，不再接新顾客。",
    ),
    (
        Cause::Move,
        "move",
        "调店",
        "到新门店继续工作，顾客留在原门店。",
    ),
    (
        Cause::LongLeave,
        "long-leave",
        "长期休假",
        "设为下班，微信仍然关联。",
    ),
];

/// How many members of a hand-over one page shows.
const PAGE: u64 = 50;

pub(super) async fn list(
    ctx: Data<Context>,
    desk: Desk,
    asked: Query<HashMap<String, String>>,
) -> Page {
    desk.for_headquarters()?;
    let chosen = asked.get("guide").cloned().unwrap_or_default();
    let fields = Fields::from([("guide", chosen)]);
    listed(&ctx, &desk, StatusCode::OK, &fields, Vec::new()).await
}

async fn listed(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    fields: &Fields,
    problems: Vec<Value>,
) -> Result<HttpResponse, Stop> {
    let people = People::load(ctx, desk).await?;
    let rows: Vec<_> = hand_overs::list(ctx, &desk.account)
        .await?
        .iter()
        .map(|row| shown(ctx, desk, &people, row))
        .collect();
    let stores = stores_of(ctx, desk).await?;
    let store_name = |id: StoreId| {
        let found = stores.iter().find(|store| store.id == id);
        found.map_or("", |store| store.name.as_str())
    };
    let guides: Vec<_> = guides_of(ctx, desk)
        .await?
        .iter()
        .map(|guide| {
            context! {
                id => guide.id.0,
                name => ours(format!("{}（{}）", guide.name, store_name(guide.store_id))),
                chosen => guide.id.to_string() == fields.get("guide"),
            }
        })
        .collect();
    let stores: Vec<_> = stores
        .iter()
        .filter(|store| store.closed_at.is_none())
        .map(|store| {
            let chosen = store.id.to_string() == fields.get("store");
            context! { id => store.id.0, name => &store.name, chosen }
        })
        .collect();
    let causes: Vec<_> = CAUSES
        .iter()
        .enumerate()
        .map(|(place, (_, value, word, line))| {
            let (value, picked) = (*value, fields.get("cause"));
            let chosen = value == picked || (picked.is_empty() && place == 0);
            context! { value, word => ours(word), line => ours(line), chosen }
        })
        .collect();
    Ok(page::show(
        status,
        "hand_overs",
        context! { here => "hand-overs", rows, guides, stores, causes, problems, ..desk.frame() },
    ))
}

pub(super) async fn freeze(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let cause = CAUSES
        .iter()
        .find(|(_, value, ..)| *value == fields.get("cause"));
    let guide = fields.get("guide").parse().ok().map(GuideId);
    let store = fields.get("store").parse().ok().map(StoreId);
    let mut problems = Vec::new();
    if guide.is_none() {
        problems.push(problem("guide", "请选择导购"));
    }
    if cause.is_none() {
        problems.push(problem("cause", "请选择原因"));
    }
    if let (Some(guide), Some((cause, ..))) = (guide, cause) {
        let order = Order {
            guide,
            cause: *cause,
            store,
            staff: desk.gate.signed_in.staff.id,
        };
        let wrong = match hand_overs::freeze(&ctx, &desk.account, order).await? {
            Ok(id) | Err(No::Open(id)) => return Ok(page::go_to(&at(&desk, id))),
            Err(No::Store) => problem("store", "请选择另一家门店"),
            Err(No::NameTaken) => problem("store", "那家门店已有同名导购，请选别的门店"),
            Err(No::Guide | No::Targets | No::TooLate | No::Newer | No::Closing) => {
                problem("guide", "没有找到这位导购，可能已经离职")
            }
        };
        problems.push(wrong);
    }
    listed(&ctx, &desk, StatusCode::BAD_REQUEST, &fields, problems).await
}

pub(super) async fn show(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64)>,
    asked: Query<HashMap<String, String>>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let after = asked.get("after").and_then(|after| after.parse().ok());
    let after = MemberId(after.unwrap_or_default());
    one(&ctx, &desk, StatusCode::OK, &row, after, None).await
}

async fn one(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    row: &Model,
    after: MemberId,
    chosen: Option<(&[GuideId], Value)>,
) -> Result<HttpResponse, Stop> {
    let people = People::load(ctx, desk).await?;
    let (picked, problems) = match chosen {
        Some((picked, problem)) => (Some(picked), vec![problem]),
        None => (None, Vec::new()),
    };
    let choices = match row.state {
        State::Frozen => choices(ctx, desk, row, picked).await?,
        _ => Vec::new(),
    };
    let (members, next) = members(ctx, desk, &people, row, after).await?;
    let size = hand_overs::size(ctx, row).await?;
    Ok(page::show(
        status,
        "hand_over",
        context! {
            here => "hand-overs",
            it => shown(ctx, desk, &people, row),
            choices,
            members,
            next,
            size,
            problems,
            ..desk.frame()
        },
    ))
}

/// Who could get the customers; colleagues of the same store who can be reached are chosen to begin with.
async fn choices(
    ctx: &Context,
    desk: &Desk,
    row: &Model,
    picked: Option<&[GuideId]>,
) -> Result<Vec<Value>, Stop> {
    let stores = stores_of(ctx, desk).await?;
    let mut found: Vec<_> = guides_of(ctx, desk).await?;
    found.retain(|guide| guide.id != row.guide_id);
    // The customers' own store first.
    found.sort_by_key(|guide| (guide.store_id != row.store_id, guide.store_id, guide.id));
    let here = |guide: &guide::Model| guide.store_id == row.store_id;
    let mut shown = Vec::new();
    for guide in &found {
        let store = stores.iter().find(|store| store.id == guide.store_id);
        let chosen = match picked {
            Some(picked) => picked.contains(&guide.id),
            None => here(guide) && guides::is_available(guide),
        };
        // Counted where it helps to choose: a brand may have thousands of guides elsewhere.
        let members = match here(guide) {
            true => Some(words::size(pool::size(ctx, guide.id).await?)),
            false => None,
        };
        shown.push(context! {
            id => guide.id.0,
            name => &guide.name,
            store => store.map_or("", |store| store.name.as_str()),
            own_store => here(guide),
            available => guides::is_available(guide),
            linked => guide.openid.is_some(),
            members,
            chosen,
        });
    }
    Ok(shown)
}

/// A page of what became of the members, and where it goes on.
async fn members(
    ctx: &Context,
    desk: &Desk,
    people: &People,
    row: &Model,
    after: MemberId,
) -> Result<(Vec<Value>, Option<String>), Stop> {
    let found = hand_overs::members(ctx, row, after, PAGE + 1).await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let next = found.get(size).and(found.get(size.saturating_sub(1)));
    let next = next.map(|last| format!("{}?after={}", at(desk, row.id), last.member_id));
    let found: Vec<_> = found.into_iter().take(size).collect();
    let ids: Vec<_> = found.iter().map(|member| member.member_id).collect();
    let known = pool::those(ctx, desk.scope(), &ids).await?;
    let shown = found.iter().map(|note| {
        let row = known.iter().find(|row| row.member.id == note.member_id);
        context! {
            id => note.member_id.0,
            name => row.map(|row| words::member(&row.member)),
            href => format!("{}/members/{}", desk.at(), note.member_id),
            to => people.guide(note.to_guide_id),
            outcome => match note.outcome {
                Outcome::Moved => "moved",
                Outcome::Restored => "restored",
                Outcome::Kept => "kept",
            },
        }
    });
    Ok((shown.collect(), next))
}

pub(super) async fn confirm(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let mut targets: Vec<GuideId> = fields
        .named("to-")
        .filter_map(|id| id.parse().ok())
        .map(GuideId)
        .collect();
    targets.sort();
    match hand_overs::confirm(&ctx, &desk.account, row.id, targets.clone(), desk.gate.by()).await? {
        // Whoever pressed twice, or was second, sees what it has become.
        Ok(()) | Err(No::TooLate) => Ok(page::go_to(&at(&desk, row.id))),
        Err(_) => {
            let wrong = problem("to", "请选择 1 到 200 位还在职的导购");
            let status = StatusCode::BAD_REQUEST;
            one(
                &ctx,
                &desk,
                status,
                &row,
                MemberId(0),
                Some((&targets, wrong)),
            )
            .await
        }
    }
}

pub(super) async fn undo(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    match hand_overs::undo(&ctx, &desk.account, row.id, desk.gate.by()).await? {
        Ok(()) | Err(No::TooLate) => Ok(page::go_to(&at(&desk, row.id))),
        Err(no) => {
            let text = match no {
                No::Closing => "这是关店的一部分，请在门店的关店页撤销关店。",
                _ => "这位导购之后还有一次移交，请先撤销那一次。",
            };
            let wrong = problem("", text);
            let status = StatusCode::CONFLICT;
            one(&ctx, &desk, status, &row, MemberId(0), Some((&[], wrong))).await
        }
    }
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Model, Stop> {
    desk.for_headquarters()?;
    let found = hand_overs::get(ctx, &desk.account, HandOverId(id)).await?;
    found.ok_or(Stop::NotFound)
}

fn at(desk: &Desk, id: HandOverId) -> String {
    format!("{}/hand-overs/{id}", desk.at())
}

fn shown(ctx: &Context, desk: &Desk, people: &People, row: &Model) -> Value {
    let (zone, now) = (ctx.config.timezone, Timestamp::from(ctx.clock.now()));
    let cause = CAUSES.iter().find(|(cause, ..)| *cause == row.cause);
    let (state, state_word) = match row.state {
        State::Proposed => ("proposed", "待确认"),
        State::Accepted => ("accepted", "已同意"),
        State::Frozen => ("frozen", "待分配"),
        State::Running => ("running", "移交中"),
        State::Done => ("done", "已完成"),
        State::Undoing => ("undoing", "撤销中"),
        State::Undone if row.confirmed_at.is_none() => ("undone", "已取消"),
        State::Undone => ("undone", "已撤销"),
    };
    let targets: Vec<_> = rules::read(row.targets.as_deref().unwrap_or_default())
        .into_iter()
        .map(|id| people.guide(id).to_owned())
        .collect();
    context! {
        href => at(desk, row.id),
        id => row.id.0,
        guide => people.guide(row.guide_id),
        guide_id => row.guide_id.0,
        cause => cause.map_or("closing", |(_, value, ..)| *value),
        cause_word => ours(cause.map_or("关店", |(_, _, word, _)| *word)),
        state,
        state_word => ours(state_word),
        staff => people.staff(row.staff_id),
        targets,
        members => row.members,
        moved => row.moved,
        restored => row.restored,
        kept => row.kept,
        created_at => words::moment(row.created_at, zone),
        confirmed_at => words::moment_or_none(row.confirmed_at, zone),
        done_at => words::moment_or_none(row.done_at, zone),
        undone_at => words::moment_or_none(row.undone_at, zone),
        // What a closing did is taken back with the store.
        undo => row.cause != Cause::Closing && rules::can_be_undone(row, now),
        closing_href => (row.cause == Cause::Closing)
            .then(|| format!("{}/stores/{}/closing", desk.at(), row.store_id)),
        undo_until => words::moment_or_none(row.confirmed_at.map(|at| at + rules::UNDO_WITHIN), zone),
    }
}

/// What guides and staff are called, those who have left included.
struct People {
    guides: HashMap<GuideId, String>,
    staff: HashMap<StaffId, String>,
}

impl People {
    async fn load(ctx: &Context, desk: &Desk) -> Result<Self, Stop> {
        let guides = guides::list(ctx.db.reads(), desk.account.id).await?;
        let staff = staff::colleagues(ctx.db.reads()).await?;
        Ok(Self {
            guides: guides.into_iter().map(|g| (g.id, g.name)).collect(),
            staff: staff
                .into_iter()
                .map(|colleague| (colleague.staff.id, colleague.staff.name))
                .collect(),
        })
    }

    fn guide(&self, id: GuideId) -> &str {
        self.guides.get(&id).map_or("", String::as_str)
    }

    fn staff(&self, id: StaffId) -> &str {
        self.staff.get(&id).map_or("", String::as_str)
    }
}
