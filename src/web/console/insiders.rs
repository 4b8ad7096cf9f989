//! Who of the members is staff or a tester: the form on her page.

use actix_web::web::{Data, Path};
use daogou_schema::member::Insider;
use minijinja::{Value, context};

use super::gate::{Desk, SentBy};
use super::members::{self, Refused};
use super::stop::Page;
use super::words::problem;
use crate::bindings::pool::Row;
use crate::context::Context;
use crate::insiders::{self, No};
use crate::web::language::ours;
use crate::web::page;

/// What can be chosen: the form's word, what it is, and what it is called.
const CHOICES: [(&str, Option<Insider>, &str, &str); 3] = [
    ("customer", None, "顾客", "计入粉丝和各项数字"),
    (
        "staff",
        Some(Insider::Staff),
        "员工",
        "品牌自己的人，例如总部同事",
    ),
    (
        "tester",
        Some(Insider::Tester),
        "测试",
        "只为试用公众号的微信",
    ),
];

/// The choices with the present one.
pub(super) fn card(row: &Row) -> Value {
    let one = |(id, insider, name, line): (&str, Option<Insider>, &str, &str)| {
        context! { id, name => ours(name), line => ours(line), chosen => insider == row.member.insider }
    };
    CHOICES.map(one).to_vec().into()
}

pub(super) async fn mark(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let row = members::permitted(&ctx, &desk, path.1).await?;
    let said = fields.get("insider");
    let chosen = CHOICES.iter().find(|(word, ..)| *word == said);
    let wrong = match chosen {
        None => problem("insider", "请选择顾客、员工或测试"),
        Some((_, insider, ..)) => {
            let by = desk.gate.by();
            match insiders::mark(&ctx, &desk.account, row.member.id, *insider, by).await? {
                Ok(()) => return Ok(page::go_to(&members::href(&desk, &row))),
                Err(No::Missing) => return Err(super::stop::Stop::NotFound),
                Err(No::Guide) => problem(
                    "insider",
                    "这个微信关联着一位导购，所以是员工。请先在导购的页面解除关联，再来修改",
                ),
            }
        }
    };
    let not_taken = Refused {
        drawer: "insider",
        typed: &fields,
        problems: vec![wrong],
    };
    members::refused(&ctx, &desk, row, not_taken).await
}
