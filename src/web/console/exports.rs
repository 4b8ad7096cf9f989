//! Exports: ordering the member list as it is filtered, seeing how far it is, and fetching it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data, Path};
use daogou_schema::export::{Model, State};
use daogou_schema::{ExportId, Timestamp};
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::pool::{Asked, Choices, described};
use super::stop::{Page, Stop};
use super::table_file::{Format, saved};
use super::words::{self, problem};
use crate::bindings::pool::{self, Filter};
use crate::context::Context;
use crate::error::{Error, Result as Done};
use crate::exports::{self, Order};
use crate::sheets::{self, Xlsx};
use crate::staff;
use crate::web::language::ours;
use crate::web::page;

/// What somebody wants to take out.
struct Wanted {
    filter: Filter,
    asked: Asked,
    /// In words; everybody when there are none.
    words: Vec<String>,
    /// Whether everything that is asked for is there.
    is_found: bool,
}

async fn wanted(ctx: &Context, desk: &Desk, fields: &Fields) -> Result<Wanted, Stop> {
    desk.for_headquarters()?;
    let choices = Choices::load(ctx, desk).await?;
    let asked = Asked::read(fields.get("filter"));
    let filter = asked.filter(&choices, Timestamp::from(ctx.clock.now()));
    Ok(Wanted {
        words: described(&filter, &asked, &choices),
        is_found: asked.is_found(&filter),
        filter,
        asked,
    })
}

pub(super) async fn choose(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    let wanted = wanted(&ctx, &desk, &fields).await?;
    asking(&ctx, &desk, &wanted, &fields, None).await
}

async fn asking(
    ctx: &Context,
    desk: &Desk,
    wanted: &Wanted,
    fields: &Fields,
    wrong: Option<Value>,
) -> Result<HttpResponse, Stop> {
    let gone = (!wanted.is_found)
        .then(|| problem("", "筛选的导购、门店或标签已经不在了，请回到会员池重新筛选"));
    let may_go_on = gone.is_none();
    let problems: Vec<_> = gone.or(wrong).into_iter().collect();
    let status = match problems.is_empty() {
        true => StatusCode::OK,
        false => StatusCode::BAD_REQUEST,
    };
    let members = match may_go_on {
        true => pool::count(ctx, desk.scope(), wanted.filter).await?,
        false => None,
    };
    let (usual, own) = exports::headings_now(ctx, &desk.account).await?;
    Ok(page::show(
        status,
        "export_new",
        context! {
            here => "exports",
            filter => wanted.asked.written(),
            common => wanted.words.iter().map(ours).collect::<Vec<_>>(),
            members,
            may_whole => desk.gate.for_staff().is_ok(),
            whole => fields.get("phones") == "whole",
            reason => fields.get("reason"),
            headings => usual.iter().map(ours).chain(own).collect::<Vec<_>>(),
            may_go_on,
            problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn order(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    let wanted = wanted(&ctx, &desk, &fields).await?;
    let whole = fields.get("phones") == "whole";
    if whole {
        desk.gate.for_staff()?;
    }
    let reason = fields.get("reason");
    let wrong = (whole && !exports::is_reason(reason))
        .then(|| problem("reason", "请写明为什么需要完整手机号，4 到 100 个字"));
    if wrong.is_some() || !wanted.is_found {
        return asking(&ctx, &desk, &wanted, &fields, wrong).await;
    }
    let words = match wanted.words.is_empty() {
        true => "全部会员".to_owned(),
        false => wanted.words.join("，"),
    };
    let order = Order {
        scope: desk.scope(),
        filter: wanted.filter,
        words,
        whole: whole.then(|| reason.to_owned()),
        staff: desk.gate.signed_in.staff.id,
    };
    let id = exports::order(&ctx, &desk.account, order).await?;
    Ok(page::go_to(&at(&desk, id)))
}

fn at(desk: &Desk, id: ExportId) -> String {
    format!("{}/exports/{id}", desk.at())
}

pub(super) async fn list(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    let names = staff::colleagues(ctx.db.reads()).await?;
    let rows: Vec<_> = exports::list(&ctx, &desk.account)
        .await?
        .iter()
        .map(|row| shown(&ctx, &desk, &names, row))
        .collect();
    Ok(page::show(
        StatusCode::OK,
        "exports",
        context! { here => "exports", rows, ..desk.frame() },
    ))
}

fn shown(ctx: &Context, desk: &Desk, names: &[staff::Colleague], row: &Model) -> Value {
    let zone = ctx.config.timezone;
    let now = Timestamp::from(ctx.clock.now());
    let staff = desk.gate.signed_in.staff.id;
    let expired = exports::until(row).is_some_and(|until| now > until);
    let (state, state_word) = match row.state {
        State::Running => ("running", "正在生成"),
        State::Done if expired => ("expired", "已过期"),
        State::Done => ("done", "可下载"),
        State::Stopped => ("stopped", "已停止"),
    };
    let by = names.iter().find(|it| it.staff.id == row.staff_id);
    context! {
        href => at(desk, row.id),
        words => words::filter(&row.words),
        whole => row.whole,
        reason => &row.reason,
        rows => row.rows,
        state,
        state_word => ours(state_word),
        by => by.map_or("", |it| it.staff.name.as_str()),
        mine => row.staff_id == staff,
        fetch => exports::can_fetch(row, staff, now),
        created_at => words::moment(row.created_at, zone),
        done_at => words::moment_or_none(row.done_at, zone),
        until => words::moment_or_none(exports::until(row), zone),
    }
}

async fn permitted(ctx: &Context, desk: &Desk, id: i64) -> Result<Model, Stop> {
    desk.for_headquarters()?;
    let found = exports::get(ctx, &desk.account, ExportId(id)).await?;
    found.ok_or(Stop::NotFound)
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, path: Path<(String, i64)>) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let names = staff::colleagues(ctx.db.reads()).await?;
    Ok(page::show(
        StatusCode::OK,
        "export",
        context! { here => "exports", it => shown(&ctx, &desk, &names, &row), ..desk.frame() },
    ))
}

pub(super) async fn stop(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    if row.staff_id != desk.gate.signed_in.staff.id {
        return Err(Stop::Forbidden);
    }
    exports::stop(&ctx, row.id).await?;
    Ok(page::go_to(&at(&desk, row.id)))
}

/// A list on its way to the browser, a piece at a time.
struct Way {
    ctx: Data<Context>,
    id: ExportId,
    seq: i32,
    headings: Vec<String>,
    /// None: CSV.
    book: Option<Xlsx>,
    over: bool,
}

impl Way {
    async fn next(&mut self) -> Done<Option<Vec<u8>>> {
        if self.over {
            return Ok(None);
        }
        let rows = exports::piece(&self.ctx, self.id, self.seq).await?;
        self.over = rows.is_none();
        let first = self.seq == 0;
        self.seq += 1;
        let Some(book) = &mut self.book else {
            let mut table = match first {
                true => sheets::csv(std::slice::from_ref(&self.headings), true)?,
                false => Vec::new(),
            };
            table.extend(sheets::csv(&rows.unwrap_or_default(), false)?);
            return Ok(Some(table));
        };
        for row in rows.iter().flatten() {
            book.row(row)?;
        }
        if self.over {
            book.finish()?;
        }
        Ok(Some(book.take()))
    }
}

pub(super) async fn fetch(
    ctx: Data<Context>,
    desk: Desk,
    path: Path<(String, i64, String)>,
) -> Page {
    let row = permitted(&ctx, &desk, path.1).await?;
    let format = Format::of(&path.2).ok_or(Stop::NotFound)?;
    let now = ctx.clock.now();
    // Somebody else's list is nobody's to fetch, not even an administrator's.
    if !exports::can_fetch(&row, desk.gate.signed_in.staff.id, Timestamp::from(now)) {
        return Err(Stop::NotFound);
    }
    exports::note_fetched(&ctx, &row, format.ending()).await?;
    let local = now.with_timezone(&ctx.config.timezone);
    let headings = exports::headings(&row)?;
    let book = match format {
        Format::Csv => None,
        Format::Xlsx => {
            let rows = u64::try_from(row.rows).unwrap_or_default();
            Some(Xlsx::new(&local, headings.clone(), rows)?)
        }
    };
    let way = Way {
        ctx,
        id: row.id,
        seq: 0,
        headings,
        book,
        over: false,
    };
    let body = futures_util::stream::try_unfold(way, async |mut way| {
        let piece = way.next().await?;
        Ok::<_, Error>(piece.map(|piece| (Bytes::from(piece), way)))
    });
    let name = format!("会员名单-{}", local.format("%Y%m%d-%H%M"));
    Ok(saved(format, &name).streaming(Box::pin(body)))
}
