//! The menu below the chat: written as a draft, shown as a phone shows it, published to WeChat, and held against what is
//! there.

mod form;

use std::collections::HashMap;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query};
use daogou_schema::MenuVersionId;
use daogou_wechat::Kind;
use minijinja::{Value, context};
use tokio::time::timeout;

use super::gate::{Desk, SentBy};
use super::stop::{Page, Stop};
use super::words::{self, problem};
use crate::context::Context;
use crate::menus::rules::{self, Menu, Menus};
use crate::menus::{self, Failed, No};
use crate::staff;
use crate::web::language::ours;
use crate::web::page;

/// How long a page waits for WeChat's tags.
const TAGS_WITHIN: Duration = Duration::from_secs(3);

type Asked = Query<HashMap<String, String>>;

/// For whose menu: followers with this tag, or everybody else.
fn tag_of(asked: &Asked) -> Option<i64> {
    asked.get("for").and_then(|tag| tag.parse().ok())
}

fn home(desk: &Desk, tag: Option<i64>) -> String {
    let of = tag.map(|tag| format!("?for={tag}")).unwrap_or_default();
    format!("{}/menu{of}", desk.at())
}

/// What a page of the menu shows besides what is stored.
#[derive(Default)]
struct Shown {
    /// What was typed, where it was not taken.
    typed: Option<Menu>,
    problems: Vec<Value>,
}

pub(super) async fn show(ctx: Data<Context>, desk: Desk, asked: Asked) -> Page {
    desk.for_headquarters()?;
    let tag = tag_of(&asked);
    shown(&ctx, &desk, StatusCode::OK, tag, Shown::default()).await
}

async fn shown(
    ctx: &Context,
    desk: &Desk,
    status: StatusCode,
    tag: Option<i64>,
    shown: Shown,
) -> Result<HttpResponse, Stop> {
    let (all, draft) = menus::present(ctx, desk.account.id).await?;
    let stored = all.of(tag).ok_or(Stop::NotFound)?;
    let menu = shown.typed.as_ref().unwrap_or(stored);
    let usual = ours("默认菜单");
    let tabs = std::iter::once((None, usual.as_str()))
        .chain(
            all.rules
                .iter()
                .map(|rule| (Some(rule.tag), rule.name.as_str())),
        )
        .map(|(of, name)| context! { href => home(desk, of), name, current => of == tag });
    let tabs: Vec<_> = tabs.collect();
    let known = match desk.account.kind {
        Kind::Service => timeout(TAGS_WITHIN, menus::tags(ctx, &desk.account)).await,
        Kind::MiniProgram => Ok(Ok(Vec::new())),
    };
    // Without an answer the page is as good, but for the choice of a tag.
    let known = known.map(Result::unwrap_or_default).unwrap_or_default();
    // The platform's own tags are no choice of the brand's.
    let free = known
        .iter()
        .filter(|it| it.id > 2 && all.of(Some(it.id)).is_none());
    let tags: Vec<_> = free
        .map(|it| context! { id => it.id, name => &it.name, count => it.count })
        .collect();
    let staff = staff::colleagues(ctx.db.reads()).await?;
    let who = |id| staff.iter().find(|one| Some(one.staff.id) == id);
    let versions = menus::versions(ctx, desk.account.id).await?;
    let versions: Vec<_> = versions
        .iter()
        .map(|row| {
            let buttons = Menus::read(&row.content);
            let names: Vec<_> = buttons.usual.iter().map(|top| top.name.clone()).collect();
            context! {
                id => row.id.0,
                at => words::moment(row.at, ctx.config.timezone),
                staff => who(row.staff_id).map_or_else(|| ours("服务器命令"), |one| one.staff.name.clone()),
                names,
                rules => buttons.rules.len(),
            }
        })
        .collect();
    Ok(page::show(
        status,
        "menu",
        context! {
            here => "menu",
            at_service => desk.account.kind == Kind::Service,
            act => home(desk, tag),
            tag,
            tag_name => all.rules.iter().find(|rule| Some(rule.tag) == tag).map(|rule| &rule.name),
            draft,
            tabs,
            tags,
            slots => form::slots(menu),
            kinds => form::kinds(),
            bar => form::bar(menu),
            versions,
            problems => shown.problems,
            ..desk.frame()
        },
    ))
}

pub(super) async fn save(
    ctx: Data<Context>,
    asked: Asked,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let tag = tag_of(&asked);
    let (mut all, _) = menus::present(&ctx, desk.account.id).await?;
    let place = all.of_mut(tag).ok_or(Stop::NotFound)?;
    let mut typed = form::menu(&fields);
    mark_keys(&mut typed);
    let faults = rules::faults(&typed);
    unmark_keys(&mut typed);
    if !faults.is_empty() {
        let problems = faults.iter().map(|fault| form::told(&typed, fault));
        let problems = problems.collect();
        let typed = Some(typed);
        let status = StatusCode::BAD_REQUEST;
        return shown(&ctx, &desk, status, tag, Shown { typed, problems }).await;
    }
    *place = typed;
    menus::save(&ctx, &desk.account, all, desk.gate.by()).await?;
    Ok(page::go_to(&home(&desk, tag)))
}

/// A key that is left empty is made when it is saved: it is no fault, and like no other.
fn mark_keys(menu: &mut Menu) {
    let mut next = 0;
    each_button(menu, &mut |button| {
        if button.key.is_empty() && button.kind.has_key() {
            next += 1;
            button.key = format!("\u{e000}{next}");
        }
    });
}

fn unmark_keys(menu: &mut Menu) {
    each_button(menu, &mut |button| {
        if button.key.starts_with('\u{e000}') {
            button.key.clear();
        }
    });
}

fn each_button(menu: &mut Menu, then: &mut impl FnMut(&mut rules::Button)) {
    for button in menu {
        then(button);
        each_button(&mut button.subs, then);
    }
}

/// Only the picture of the phone, while somebody types.
pub(super) async fn preview(SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let bar = form::bar(&form::menu(&fields));
    Ok(page::show(StatusCode::OK, "menu_bar", context! { bar }))
}

pub(super) async fn publish(ctx: Data<Context>, SentBy(desk, _): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let failed = match menus::publish(&ctx, &desk.account, desk.gate.by()).await? {
        Ok(()) => return Ok(page::go_to(&home(&desk, None))),
        Err(failed) => failed,
    };
    let (tag, problems) = match &failed {
        Failed::Faults(tag, faults) => {
            let (all, _) = menus::present(&ctx, desk.account.id).await?;
            let menu = all.of(*tag).cloned().unwrap_or_default();
            let told = faults.iter().map(|fault| form::told(&menu, fault));
            (*tag, told.collect())
        }
        Failed::WeChat { code, said, part } => {
            let mut text = refusal(*code, said);
            if *part {
                text.push_str("。默认菜单已经更新，个性化菜单没有全部更新；更正后请再发布一次");
            }
            (None, vec![problem("", text)])
        }
    };
    let typed = None;
    let status = StatusCode::BAD_REQUEST;
    shown(&ctx, &desk, status, tag, Shown { typed, problems }).await
}

/// What WeChat's number means, and what to do.
fn refusal(code: Option<i64>, said: &str) -> String {
    let why = match code {
        None => "微信没有回应，菜单可能没有更新，请稍后再发布一次",
        Some(40016 | 40023) => "按钮数量不对：最多 3 个一级按钮，每个下面最多 5 个",
        Some(40017 | 40022 | 40026) => "有一种按钮类型这个公众号不能用",
        Some(40018 | 40025) => "有按钮名称太长：一级最多 16 字节，二级最多 60 字节",
        Some(40019 | 40027) => "有按钮的 key 太长，最多 128 字节",
        Some(40020 | 40028) => "有按钮的网址太长，最多 1024 字节",
        Some(40054 | 40055) => "有按钮的网址不能用，请检查域名是否写对",
        Some(40007) => "素材编号不存在，请用永久素材的 media_id",
        Some(53600) => "文章编号不存在，请用已发布文章的 article_id",
        Some(40119 | 40120) => "小程序的 AppID 不对",
        Some(45064) => "小程序还没有关联到这个公众号，请先在微信公众平台关联",
        Some(65316) => "外部网址太多：最多 3 个不属于公众号的域名",
        Some(65301..=65315) => "个性化菜单的条件不对，请检查所选的标签是否还在",
        Some(48001 | 50001) => "这个公众号没有自定义菜单的权限，需要认证",
        Some(45009) => "今天发布的次数已用完，请明天再试",
        Some(45010) => "菜单创建太频繁，请稍后再试",
        Some(40164 | 61004) => "服务器的 IP 不在白名单里，请在微信公众平台添加",
        Some(-1) => "微信系统繁忙，请稍后再发布一次",
        Some(_) => return format!("微信没有接受菜单：{said}"),
    };
    let number = code.map(|code| format!("（{code}）")).unwrap_or_default();
    format!("微信没有接受菜单：{why}{number}")
}

pub(super) async fn discard(ctx: Data<Context>, SentBy(desk, _): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    menus::discard(&ctx, &desk.account, desk.gate.by()).await?;
    Ok(page::go_to(&home(&desk, None)))
}

pub(super) async fn add_rule(ctx: Data<Context>, SentBy(desk, fields): SentBy<Desk>) -> Page {
    desk.for_headquarters()?;
    let wanted: Option<i64> = fields.get("tag").parse().ok();
    let text = match menus::tags(&ctx, &desk.account).await {
        Err(Failed::WeChat { code, said, .. }) => refusal(code, &said),
        Err(Failed::Faults(..)) => return Err(Stop::NotFound),
        Ok(tags) => match tags.into_iter().find(|tag| Some(tag.id) == wanted) {
            None => "请选择一个微信标签".to_owned(),
            Some(tag) => {
                let (id, by) = (tag.id, desk.gate.by());
                match menus::add_rule(&ctx, &desk.account, (id, tag.name), by).await? {
                    Ok(()) => return Ok(page::go_to(&home(&desk, Some(id)))),
                    Err(_) => format!(
                        "这个标签已有个性化菜单，或已有 {} 个个性化菜单",
                        rules::RULES_MAX
                    ),
                }
            }
        },
    };
    let problems = vec![problem("tag", text)];
    let typed = None;
    let status = StatusCode::BAD_REQUEST;
    shown(&ctx, &desk, status, None, Shown { typed, problems }).await
}

pub(super) async fn remove_rule(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let removed = menus::remove_rule(&ctx, &desk.account, path.1, desk.gate.by()).await?;
    on(&desk, removed)
}

pub(super) async fn restore(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let id = MenuVersionId(path.1);
    let restored = menus::restore(&ctx, &desk.account, id, desk.gate.by()).await?;
    on(&desk, restored)
}

fn on(desk: &Desk, done: Result<(), No>) -> Page {
    match done {
        Ok(()) => Ok(page::go_to(&home(desk, None))),
        Err(No::Missing | No::Taken) => Err(Stop::NotFound),
    }
}

/// What WeChat shows now, beside what was published here.
pub(super) async fn live(ctx: Data<Context>, desk: Desk) -> Page {
    desk.for_headquarters()?;
    let (all, _) = menus::present(&ctx, desk.account.id).await?;
    let (live, trouble) = match menus::live(&ctx, &desk.account).await? {
        Ok(live) => (Some(live), None),
        Err(Failed::WeChat { code, said, .. }) => (None, Some(ours(refusal(code, &said)))),
        Err(Failed::Faults(..)) => return Err(Stop::NotFound),
    };
    let named = |tag: Option<i64>| {
        let rule = all.rules.iter().find(|rule| Some(rule.tag) == tag);
        match (tag, rule) {
            (None, _) => "默认菜单".to_owned(),
            (Some(_), Some(rule)) => format!("标签“{}”的菜单", rule.name),
            (Some(tag), None) => format!("标签 {tag} 的菜单"),
        }
    };
    let same = live.as_ref().is_some_and(menus::Live::is_same);
    let menus: Vec<_> = live
        .iter()
        .flat_map(|live| &live.menus)
        .map(|menu| {
            let (there, here) = (menu.there.as_deref(), menu.here.as_deref());
            context! {
                name => ours(named(menu.tag)),
                there => there.is_some(),
                here => here.is_some(),
                same => there == here,
                lines => beside(there, here),
            }
        })
        .collect();
    Ok(page::show(
        StatusCode::OK,
        "menu_live",
        context! { here => "menu", menus, same, trouble, ..desk.frame() },
    ))
}

/// Every line of both sides: whether it is there, and whether it should be.
fn beside(there: Option<&[String]>, here: Option<&[String]>) -> Vec<Value> {
    let (there, here) = (there.unwrap_or_default(), here.unwrap_or_default());
    let shown = there.iter().map(|line| (line, true, here.contains(line)));
    let missing = here.iter().filter(|line| !there.contains(line));
    let missing = missing.map(|line| (line, false, true));
    shown
        .chain(missing)
        .map(|(text, there, here)| context! { text, there, here })
        .collect()
}
