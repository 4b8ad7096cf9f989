//! Visits on a member's own page.

use daogou_schema::{MemberId, guide, store, visit};
use minijinja::{Value, context};

use super::gate::Desk;
use super::members::{guide_name, store_name};
use super::stop::Stop;
use super::words;
use crate::context::Context;
use crate::visits::{self, rules};
use crate::web::language::ours;

/// How many visits a page shows: the newest ones.
const ROWS: u64 = 50;

/// Her visits, the newest first.
pub(super) async fn card(
    ctx: &Context,
    desk: &Desk,
    member: MemberId,
    guides: &[guide::Model],
    stores: &[store::Model],
) -> Result<Vec<Value>, Stop> {
    let rows = visits::of_member(ctx, desk.account.id, member, None, ROWS).await?;
    let shown = rows.iter().map(|row| {
        let by = guide_name(guides, row.guide_id);
        // A manager does not know other stores.
        let text = match store_name(stores, row.store_id) {
            "" => ours(format!("到店，{by}接待")),
            store => ours(format!("到{store}，{by}接待")),
        };
        let at = words::moment(row.at, ctx.config.timezone);
        context! { at, text, more => more(row) }
    });
    Ok(shown.collect())
}

/// What was noted of a visit, in a line.
fn more(row: &visit::Model) -> String {
    let all = |stored: &str| rules::shown(stored).collect::<Vec<_>>().join("、");
    let told = [
        ("看了", all(&row.products)),
        ("顾虑", row.concern.map_or("", rules::concern).to_owned()),
        ("没买", all(&row.reasons)),
    ];
    let told = told.iter().filter(|(_, text)| !text.is_empty());
    let told: Vec<_> = told
        .map(|(what, text)| format!("{}：{text}", ours(what)))
        .collect();
    told.join("；")
}
