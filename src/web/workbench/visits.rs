//! 到店: a customer came to the store; noted in two taps.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::Timestamp;
use daogou_schema::visit::Model;
use minijinja::{Value, context};

use super::customers;
use super::gate::SentBy;
use super::stop::Page;
use super::words;
use crate::context::Context;
use crate::visits::{self, Draft, rules};
use crate::web::page;

/// What separates several products.
const BETWEEN: [char; 5] = ['、', '，', ',', '；', '\n'];

pub(super) async fn record(
    ctx: Data<Context>,
    path: Path<i64>,
    SentBy(seat, fields): SentBy,
) -> Page {
    let (row, _) = seat.customer(&ctx, *path).await?;
    let typed = fields.exactly("products");
    let chosen = |word: &str| !fields.get(&format!("reason-{word}")).is_empty();
    let reasons = rules::REASONS.iter().filter(|word| chosen(word));
    let concern = rules::CONCERNS
        .iter()
        .find(|(_, word)| *word == fields.get("concern"));
    let draft = Draft {
        products: typed.split(BETWEEN).map(str::to_owned).collect(),
        concern: concern.map(|(concern, _)| *concern),
        reasons: reasons.map(|word| (*word).to_owned()).collect(),
    };
    match visits::record(&ctx, &seat.guide, row.member.id, draft).await? {
        Ok(_) => Ok(page::go_to(&format!("/workbench/customers/{path}#visits"))),
        Err(no) => {
            let problem = context! { field => "visit", text => no.told() };
            let status = StatusCode::BAD_REQUEST;
            customers::shown(&ctx, &seat, *path, status, problem, Some(typed)).await
        }
    }
}

/// What a phone offers.
pub(super) fn offered() -> Value {
    let concerns = rules::CONCERNS.map(|(_, word)| word).to_vec();
    context! { concerns, reasons => rules::REASONS.to_vec() }
}

/// A visit in the timeline.
pub(super) fn told(visit: &Model) -> (Timestamp, String) {
    let all = |stored: &str| rules::shown(stored).collect::<Vec<_>>().join("、");
    let parts = [
        ("看了", all(&visit.products)),
        ("顾虑", visit.concern.map_or("", rules::concern).to_owned()),
        ("没买", all(&visit.reasons)),
    ];
    let said: Vec<_> = parts
        .iter()
        .filter(|(_, words)| !words.is_empty())
        .map(|(what, words)| format!("{what}：{words}"))
        .collect();
    let said = match said.is_empty() {
        true => "到店".to_owned(),
        false => format!("到店 · {}", said.join("；")),
    };
    (visit.at, words::one_line(&said))
}
