//! Regions: adding, changing and removing them, on the page of stores.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::RegionId;
use minijinja::Value;

use super::gate::{Desk, Fields, SentBy};
use super::stop::{Page, Stop};
use super::stores::{Typed, shown};
use super::words::problem;
use crate::context::Context;
use crate::guides::regions::{self, No, Wanted};
use crate::web::page;

pub(super) async fn add(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let wanted = wanted(&fields);
    match regions::add(&ctx, &desk.account, wanted, desk.gate.by()).await? {
        Ok(id) => Ok(page::go_to(&at(&desk, id))),
        Err(no) => {
            let typed = Typed::Region(&fields);
            let wrong = vec![refused(no)];
            shown(&ctx, &desk, StatusCode::BAD_REQUEST, None, typed, wrong).await
        }
    }
}

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let (id, wanted) = (RegionId(path.1), wanted(&fields));
    match regions::change(&ctx, &desk.account, id, wanted, desk.gate.by()).await? {
        Ok(()) => Ok(page::go_to(&at(&desk, id))),
        Err(No::Missing) => Err(Stop::NotFound),
        Err(no) => {
            let typed = Typed::Change(&fields);
            let wrong = vec![refused(no)];
            shown(&ctx, &desk, StatusCode::BAD_REQUEST, Some(id), typed, wrong).await
        }
    }
}

pub(super) async fn remove(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let id = RegionId(path.1);
    match regions::remove(&ctx, &desk.account, id, desk.gate.by()).await? {
        Ok(()) => Ok(page::go_to(&format!("{}/stores", desk.at()))),
        Err(No::Missing) => Err(Stop::NotFound),
        Err(no) => {
            let wrong = vec![refused(no)];
            let typed = Typed::Nothing;
            shown(&ctx, &desk, StatusCode::CONFLICT, Some(id), typed, wrong).await
        }
    }
}

fn wanted(fields: &Fields) -> Wanted {
    Wanted {
        name: fields.get("region_name").to_owned(),
        parent: fields.get("parent").parse().ok().map(RegionId),
    }
}

fn at(desk: &Desk, id: RegionId) -> String {
    format!("{}/stores?region={id}", desk.at())
}

fn refused(no: No) -> Value {
    match no {
        No::Missing => problem("", "这个区域已经不在了，请刷新页面"),
        No::Name => problem("region_name", "区域名称请写 1 到 60 个能显示的字"),
        No::Taken => problem("region_name", "已有同名区域"),
        No::Parent => problem("parent", "不能放在自己或自己的下级里，请选别的上级区域"),
        No::Depth => problem("parent", "区域最多四级，请选更高的上级区域"),
        No::TooMany => problem("region_name", "最多 500 个区域"),
        No::HasRegions => problem("", "这个区域里还有下级区域，请先移走或删除它们"),
        No::HasStores => problem("", "这个区域里还有门店，请先把门店移到别的区域"),
        No::HasDealers => problem(
            "",
            "还有经销商负责这个区域，请先在“员工与权限”里改他们的区域",
        ),
    }
}
