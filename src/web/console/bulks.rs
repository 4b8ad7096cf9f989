//! Bulk work: what is to be done to the chosen members, how far it is, and the way back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::bulk::{Model, State, Work};
use daogou_schema::{BulkId, GuideId, MemberId, TagId, Timestamp};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::pool::{Asked, Choices, described};
use super::stop::{Page, Stop};
use super::tags as tag_pages;
use super::words::{self, problem};
use crate::bindings::pool;
use crate::bulks::{self, Audience, CHOSEN_MAX, Deed, No, Order, rules};
use crate::context::Context;
use crate::hand_overs::rules::read as read_guides;
use crate::web::language::ours;
use crate::web::page;
use crate::{guides, staff, tags};

const WORKS: [(Work, &str, &str); 3] = [
    (Work::Tag, "tag", "打标签"),
    (Work::Untag, "untag", "去标签"),
    (Work::Assign, "assign", "分配导购"),
];

/// Of how many guides it is shown how many members they have.
const GUIDES_COUNTED: usize = 100;

/// Whom a form is about.
struct About {
    audience: Audience,
    members: Option<u64>,
    /// What they have in common, in words; nothing when they were chosen one by one.
    words: Vec<String>,
}

async fn about(
    ctx: &Context,
    desk: &Desk,
    fields: &Fields,
    choices: &Choices,
) -> Result<About, Stop> {
    if fields.get("all") == "1" {
        let asked = Asked::read(fields.get("filter"));
        let filter = asked.filter(choices, Timestamp::from(ctx.clock.now()));
        if !asked.is_found(&filter) {
            return Ok(About {
                audience: Audience::Chosen(Vec::new()),
                members: Some(0),
                words: Vec::new(),
            });
        }
        return Ok(About {
            members: pool::count(ctx, desk.scope(), filter).await?,
            words: described(&filter, &asked, choices),
            audience: Audience::Fitting(filter),
        });
    }
    let mut ids: Vec<_> = fields
        .named("m-")
        .filter_map(|id| id.parse().ok())
        .map(MemberId)
        .collect();
    ids.sort();
    ids.truncate(CHOSEN_MAX + 1);
    // Whoever is out of sight was not chosen on our page.
    let seen = pool::those(ctx, desk.scope(), &ids).await?;
    let chosen: Vec<_> = seen.iter().map(|row| row.member.id).collect();
    Ok(About {
        members: u64::try_from(chosen.len()).ok(),
        words: Vec::new(),
        audience: Audience::Chosen(chosen),
    })
}

/// The work a form names, if whoever sends it may do that.
fn work_of(desk: &Desk, fields: &Fields) -> Result<Work, Stop> {
    let named = WORKS
        .iter()
        .find(|(_, word, _)| *word == fields.get("work"));
    let (work, ..) = named.ok_or(Stop::Unreadable)?;
    if *work == Work::Assign {
        desk.for_headquarters()?;
    }
    Ok(*work)
}

/// A form about members, as it was sent.
struct Form<'a> {
    desk: &'a Desk,
    fields: &'a Fields,
    work: Work,
    choices: Choices,
    about: About,
}

impl<'a> Form<'a> {
    async fn load(ctx: &Context, desk: &'a Desk, fields: &'a Fields) -> Result<Self, Stop> {
        let work = work_of(desk, fields)?;
        let choices = Choices::load(ctx, desk).await?;
        Ok(Self {
            about: about(ctx, desk, fields, &choices).await?,
            desk,
            fields,
            work,
            choices,
        })
    }

    /// Why it is about nobody, or too many.
    fn problem(&self) -> Option<Value> {
        let text = match &self.about.audience {
            Audience::Chosen(chosen) if chosen.len() > CHOSEN_MAX => {
                format!("一次最多逐个选 {CHOSEN_MAX} 位会员，更多请按条件选全部")
            }
            _ if self.about.members == Some(0) => {
                "没有选中会员，或者筛选的导购、标签已经不在了。请回到会员池重新选".to_owned()
            }
            _ => return None,
        };
        Some(problem("", text))
    }
}

/// What exactly is to be done to them; nothing is changed yet.
pub(super) async fn choose(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    let form = Form::load(&ctx, &desk, &fields).await?;
    asking(&ctx, &form, None).await
}

async fn asking(
    ctx: &Context,
    form: &Form<'_>,
    wrong: Option<Value>,
) -> Result<HttpResponse, Stop> {
    let about_nobody = form.problem();
    let may_go_on = about_nobody.is_none();
    let problems: Vec<_> = about_nobody.or(wrong).into_iter().collect();
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    };
    let chosen: Vec<_> = match &form.about.audience {
        Audience::Chosen(chosen) => chosen.iter().map(|id| id.0).collect(),
        Audience::Fitting(_) => Vec::new(),
    };
    let picked = form.fields.get("tag");
    let tags: Vec<_> = form
        .choices
        .tags
        .iter()
        .map(|tag| {
            let chosen = tag.id.to_string() == picked;
            context! { id => tag.id.0, name => &tag.name, chosen }
        })
        .collect();
    let guides = match form.work {
        Work::Assign => guides_to_choose(ctx, form.fields, &form.choices).await?,
        Work::Tag | Work::Untag => Vec::new(),
    };
    let (_, work, name) = named(form.work);
    Ok(page::show(
        status,
        "bulk_new",
        context! {
            here => "bulks",
            work,
            name => ours(name),
            members => form.about.members,
            common => form.about.words.iter().map(ours).collect::<Vec<_>>(),
            all => matches!(form.about.audience, Audience::Fitting(_)),
            filter => Asked::read(form.fields.get("filter")).written(),
            chosen,
            tags,
            guides,
            new_tag => form.fields.get("new_tag"),
            may_go_on,
            problems,
            ..form.desk.frame()
        },
    ))
}

async fn guides_to_choose(
    ctx: &Context,
    fields: &Fields,
    choices: &Choices,
) -> Result<Vec<Value>, Stop> {
    let picked: Vec<_> = fields.named("to-").collect();
    let mut shown = Vec::new();
    for (place, guide) in choices.guides.iter().enumerate() {
        // Counted where it takes a moment: a brand may have thousands of guides.
        let members = match place < GUIDES_COUNTED {
            true => Some(words::size(pool::size(ctx, guide.id).await?)),
            false => None,
        };
        let store = choices
            .stores
            .iter()
            .find(|store| store.id == guide.store_id);
        shown.push(context! {
            id => guide.id.0,
            name => &guide.name,
            store => store.map_or("", |store| store.name.as_str()),
            available => guides::is_available(guide),
            linked => guide.openid.is_some(),
            members,
            chosen => picked.contains(&guide.id.to_string().as_str()),
        });
    }
    Ok(shown)
}

pub(super) async fn start(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    let form = Form::load(&ctx, &desk, &fields).await?;
    if form.problem().is_some() {
        return asking(&ctx, &form, None).await;
    }
    let deed = match deed(&ctx, &desk, form.work, &fields).await? {
        Ok(deed) => deed,
        Err(wrong) => return asking(&ctx, &form, Some(wrong)).await,
    };
    let order = Order {
        deed,
        audience: form.about.audience.clone(),
        scope: desk.scope(),
        members: form.about.members,
        staff: desk.gate.signed_in.staff.id,
    };
    let wrong = match bulks::start(&ctx, &desk.account, order).await? {
        Ok(id) => return Ok(page::go_to(&at(&desk, id))),
        Err(No::Tag) => problem("tag", "请选择一个标签"),
        Err(No::Members) => problem("", "请重新选会员"),
        Err(No::Targets | No::TooLate) => problem("to", "请选择 1 到 200 位还在职的导购"),
    };
    asking(&ctx, &form, Some(wrong)).await
}

/// What a form orders, or what is wrong with it. A new tag is made here.
async fn deed(
    ctx: &Context,
    desk: &Desk,
    work: Work,
    fields: &Fields,
) -> Result<Result<Deed, Value>, Stop> {
    let tag = TagId(fields.get("tag").parse().unwrap_or_default());
    let new = fields.get("new_tag");
    match work {
        Work::Tag if !new.is_empty() => {
            desk.for_headquarters()?;
            let added = tags::add(ctx, &desk.account, new, desk.gate.by()).await?;
            let wrong = |no| problem("new_tag", tag_pages::refused(no));
            Ok(added.map(Deed::Tag).map_err(wrong))
        }
        Work::Tag => Ok(Ok(Deed::Tag(tag))),
        Work::Untag => Ok(Ok(Deed::Untag(tag))),
        Work::Assign => {
            let ids = fields.named("to-").filter_map(|id| id.parse().ok());
            let mut targets: Vec<_> = ids.map(GuideId).collect();
            targets.sort();
            Ok(Ok(Deed::Assign(targets)))
        }
    }
}

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    let rows = bulks::list(&ctx, &desk.account, only_own(&desk)).await?;
    let names = Names::load(&ctx, &desk).await?;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| shown(&ctx, &desk, &names, row))
        .collect();
    Ok(page::show(
        StatusCode::OK,
        "bulks",
        context! { here => "bulks", rows, ..desk.frame() },
    ))
}

/// A manager sees what she did herself.
fn only_own(desk: &Desk) -> Option<daogou_schema::StaffId> {
    match desk.for_headquarters() {
        Ok(()) => None,
        Err(_) => Some(desk.gate.signed_in.staff.id),
    }
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let names = Names::load(&ctx, &desk).await?;
    Ok(page::show(
        StatusCode::OK,
        "bulk",
        context! { here => "bulks", it => shown(&ctx, &desk, &names, &row), ..desk.frame() },
    ))
}

pub(super) async fn stop(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    // Whoever pressed twice, or too late, sees what it has become.
    let _stopped_or_late = bulks::stop(&ctx, &desk.account, row.id, desk.gate.by()).await?;
    Ok(page::go_to(&at(&desk, row.id)))
}

pub(super) async fn undo(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let _undone_or_late = bulks::undo(&ctx, &desk.account, row.id, desk.gate.by()).await?;
    Ok(page::go_to(&at(&desk, row.id)))
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Model, Stop> {
    let found = bulks::get(ctx, &desk.account, BulkId(id)).await?;
    let own = only_own(desk);
    found
        .filter(|row| own.is_none_or(|own| own == row.staff_id))
        .ok_or(Stop::NotFound)
}

fn at(desk: &Desk, id: BulkId) -> String {
    format!("{}/bulks/{id}", desk.at())
}

fn named(work: Work) -> (Work, &'static str, &'static str) {
    let found = WORKS.iter().find(|(it, ..)| *it == work);
    found.copied().unwrap_or((work, "", ""))
}

struct Names {
    staff: Vec<(daogou_schema::StaffId, String)>,
    guides: Vec<daogou_schema::guide::Model>,
    tags: Vec<daogou_schema::tag::Model>,
}

impl Names {
    async fn load(ctx: &Context, desk: &Desk) -> Result<Self, Stop> {
        let staff = staff::colleagues(ctx.db.reads()).await?;
        Ok(Self {
            staff: staff
                .into_iter()
                .map(|colleague| (colleague.staff.id, colleague.staff.name))
                .collect(),
            guides: guides::list(ctx.db.reads(), desk.account.id).await?,
            tags: tags::list(ctx.db.reads(), desk.account.id).await?,
        })
    }
}

fn shown(ctx: &Context, desk: &Desk, names: &Names, row: &Model) -> Value {
    let zone = ctx.config.timezone;
    let (state, state_word) = match row.state {
        State::Running => ("running", "进行中"),
        State::Done => ("done", "已完成"),
        State::Stopped => ("stopped", "已停止"),
        State::Undoing => ("undoing", "撤销中"),
        State::Undone => ("undone", "已撤销"),
    };
    let staff = names.staff.iter().find(|(id, _)| *id == row.staff_id);
    let tag = names.tags.iter().find(|tag| Some(tag.id) == row.tag_id);
    let guides: Vec<_> = read_guides(row.targets.as_deref().unwrap_or_default())
        .into_iter()
        .filter_map(|id| names.guides.iter().find(|guide| guide.id == id))
        .map(|guide| guide.name.clone())
        .collect();
    let (_, work, name) = named(row.work);
    context! {
        href => at(desk, row.id),
        id => row.id.0,
        work,
        name => ours(name),
        tag => row.tag_id.map(|_| tag.map_or_else(|| ours("已删除的标签"), |tag| tag.name.clone())),
        guides,
        state,
        state_word => ours(state_word),
        staff => staff.map_or("", |(_, name)| name.as_str()),
        members => row.members,
        seen => row.seen,
        changed => row.changed,
        restored => row.restored,
        kept => row.kept,
        created_at => words::moment(row.created_at, zone),
        done_at => words::moment_or_none(row.done_at, zone),
        undone_at => words::moment_or_none(row.undone_at, zone),
        undo => rules::can_be_undone(row, Timestamp::from(ctx.clock.now())),
        undo_until => words::moment(row.created_at + rules::UNDO_WITHIN, zone),
    }
}
