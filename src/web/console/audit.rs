//! The audit log: who changed what.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Bytes, Data, Query};
use daogou_schema::{StaffId, audit as row};
use minijinja::{Value, context};

use super::gate::Gate;
use super::stop::{Page, Stop};
use super::words;
use crate::accounts;
use crate::audit::{self, Act, Wanted};
use crate::context::Context;
use crate::error::Error;
use crate::staff;
use crate::web::page;

/// How many rows a page shows.
const PAGE: u64 = 50;

pub(super) async fn show(
    ctx: Data<Context>,
    gate: Gate,
    asked: Query<HashMap<String, String>>,
) -> Page {
    gate.for_staff()?;
    let number = |name: &str| asked.get(name).and_then(|value| value.parse().ok());
    let wanted = Wanted {
        staff: number("staff").map(StaffId),
        before: number("before"),
    };
    let mut rows = audit::newest(&ctx, wanted, PAGE + 1).await?;
    let more = rows.len() > usize::try_from(PAGE).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    let names = Names::load(&ctx).await?;
    let last = rows.last().map(|row| row.seq).filter(|_last| more);
    let staff = wanted.staff.map(|id| id.to_string()).unwrap_or_default();
    let next = last.map(|seq| format!("/console/audit?staff={staff}&before={seq}"));
    let shown: Vec<_> = rows.iter().map(|row| shown(&ctx, &names, row)).collect();
    let people: Vec<_> = names
        .0
        .iter()
        .map(|(id, name)| context! { id => id.0, name, chosen => Some(*id) == wanted.staff })
        .collect();
    let accounts = accounts::list(&ctx).await?;
    Ok(page::show(
        StatusCode::OK,
        "audit",
        context! {
            here => "audit",
            rows => shown,
            people,
            filtered => wanted.staff.is_some(),
            first => wanted.before.is_some().then(|| format!("/console/audit?staff={staff}")),
            next,
            ..gate.frame(&accounts, accounts.first().map(AsRef::as_ref))
        },
    ))
}

fn shown(ctx: &Context, names: &Names, row: &row::Model) -> Value {
    let (kind, id) = row.subject.split_once(' ').unwrap_or((&row.subject, ""));
    context! {
        seq => row.seq,
        at => words::moment(row.at, ctx.config.timezone),
        who => names.of(row.staff_id),
        staff_id => row.staff_id.map(|id| id.0),
        act => act(&row.act),
        subject => format!("{} {id}", subject(kind)),
        before => &row.before,
        after => &row.after,
    }
}

/// Everybody of the staff, who has left included.
struct Names(Vec<(StaffId, String)>);

impl Names {
    async fn load(ctx: &Context) -> Result<Self, Stop> {
        let staff = staff::colleagues(ctx.db.reads()).await?;
        let named = staff.into_iter().map(|c| (c.staff.id, c.staff.name));
        Ok(Self(named.collect()))
    }

    fn of(&self, id: Option<StaffId>) -> &str {
        let Some(id) = id else {
            return "服务器命令";
        };
        let found = self.0.iter().find(|(known, _)| *known == id);
        found.map_or("", |(_, name)| name)
    }
}

fn act(word: &str) -> &'static str {
    match word.parse() {
        Ok(Act::Invite) => "邀请员工",
        Ok(Act::WithdrawInvitation) => "撤回邀请",
        Ok(Act::JoinStaff) => "接受邀请",
        Ok(Act::SignOutStaff) => "退出员工的登录",
        Ok(Act::DismissStaff) => "员工设为离职",
        Ok(Act::AddStore) => "添加门店",
        Ok(Act::AddGuide) => "添加导购",
        Ok(Act::NewLinkCode) => "生成关联码",
        Ok(Act::FreezeGuide) => "发起移交",
        Ok(Act::ConfirmHandOver) => "开始移交",
        Ok(Act::UndoHandOver) => "撤销移交",
        Ok(Act::SetAccount) => "修改公众号规则",
        // A newer program wrote it.
        Err(_) => "其他操作",
    }
}

fn subject(kind: &str) -> &str {
    match kind {
        "staff" => "员工",
        "invitation" => "邀请",
        "store" => "门店",
        "guide" => "导购",
        "hand_over" => "移交",
        "account" => "公众号",
        other => other,
    }
}

/// The whole log as a table, oldest first, a piece at a time.
pub(super) async fn export(ctx: Data<Context>, gate: Gate) -> Page {
    gate.for_staff()?;
    let names = Names::load(&ctx).await?;
    let begin = (Some(0), true);
    let body = futures_util::stream::try_unfold((ctx, names, begin), async |state| {
        let (ctx, names, (after, first)) = state;
        let Some(after) = after else {
            return Ok::<_, Error>(None);
        };
        let rows = audit::piece(&ctx, after).await?;
        if rows.is_empty() && !first {
            return Ok(None);
        }
        let next = rows.last().map(|row| row.seq);
        let text = table(&names, &rows, first)?;
        Ok(Some((Bytes::from(text), (ctx, names, (next, false)))))
    });
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""))
        .streaming(Box::pin(body)))
}

fn table(names: &Names, rows: &[row::Model], first: bool) -> Result<Vec<u8>, Error> {
    let failed = |error: csv::Error| Error::Internal(format!("a table is not written: {error}"));
    let mut table = csv::Writer::from_writer(Vec::new());
    if first {
        // The mark by which spreadsheets know UTF-8.
        let head = [
            "\u{feff}序号",
            "时间（UTC）",
            "操作人",
            "操作",
            "对象",
            "修改前",
            "修改后",
            "摘要",
        ];
        table.write_record(head).map_err(failed)?;
    }
    for row in rows {
        let at = row.at.to_utc().to_rfc3339();
        let (before, after) = (row.before.as_deref(), row.after.as_deref());
        let cells = [
            &row.seq.to_string(),
            &at,
            names.of(row.staff_id),
            act(&row.act),
            &row.subject,
            before.unwrap_or_default(),
            after.unwrap_or_default(),
            &row.digest,
        ];
        table.write_record(cells.map(harmless)).map_err(failed)?;
    }
    let failed = |error: csv::IntoInnerError<_>| Error::Internal(error.to_string());
    table.into_inner().map_err(failed)
}

/// A cell that a spreadsheet does not take for a formula.
fn harmless(cell: &str) -> String {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}
