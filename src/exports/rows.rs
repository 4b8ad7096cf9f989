//! Members as a list has them.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use daogou_schema::{MemberId, Timestamp, guide, store, tag};

use super::Column;
use crate::accounts::Account;
use crate::bindings::pool::Row;
use crate::context::Context;
use crate::error::Result;
use crate::fields::rules::{Field, Values, masked};
use crate::members::cards;
use crate::members::waiting::is_waiting;
use crate::{fields, guides, privacy, tags};

/// What the columns are called.
pub(super) const HEADINGS: [&str; 13] = [
    "系统编号",
    "姓名",
    "手机号",
    "会员卡号",
    "关注",
    "门店",
    "导购",
    "绑定时间",
    "标签",
    "首次出现",
    "最近活动",
    "免打扰",
    "退订活动",
];

/// What rows name.
pub(super) struct Names {
    guides: Vec<guide::Model>,
    stores: Vec<store::Model>,
    tags: Vec<tag::Model>,
    fields: Vec<Field>,
}

impl Names {
    pub(super) async fn load(ctx: &Context, account: &Account) -> Result<Self> {
        let db = ctx.db.reads();
        Ok(Self {
            guides: guides::list(db, account.id).await?,
            stores: guides::list_stores(ctx, account).await?,
            tags: tags::list(db, account.id).await?,
            fields: fields::list(db, account.id).await?,
        })
    }
}

impl Names {
    /// What stands in a field of a member, masked where it must be.
    fn said(&self, column: &Column, values: Option<&Values>, whole: bool) -> String {
        let field = self.fields.iter().find(|it| it.row.id == column.id);
        let value = values.and_then(|values| values.get(&column.id));
        let said = field
            .zip(value)
            .map_or("", |(field, value)| field.said(value));
        match column.masked && !whole {
            true => masked(said),
            false => said.to_owned(),
        }
    }
}

/// Rows as they are written, with whole phone numbers or masked ones.
pub(super) async fn written(
    ctx: &Context,
    names: &Names,
    columns: &[Column],
    rows: &[Row],
    whole: bool,
) -> Result<Vec<Vec<String>>> {
    let ids: Vec<_> = rows.iter().map(|row| row.member.id).collect();
    let phones = privacy::phones_of(ctx, &ids, whole).await?;
    let cards = cards::of(ctx.db.reads(), &ids).await?;
    let tagged = tags::of_members(ctx.db.reads(), &ids).await?;
    let known = fields::of(ctx.db.reads(), &ids).await?;
    let of = |all: &BTreeMap<MemberId, String>, row: &Row| {
        all.get(&row.member.id).cloned().unwrap_or_default()
    };
    let zone = ctx.config.timezone;
    let row = |row: &Row| {
        let binding = row.binding.as_ref();
        let guide = binding.and_then(|b| names.guides.iter().find(|it| it.id == b.guide_id));
        let store = binding.and_then(|b| names.stores.iter().find(|it| it.id == b.store_id));
        let own = tagged.get(&row.member.id).map_or(&[][..], Vec::as_slice);
        let own = names.tags.iter().filter(|tag| own.contains(&tag.id));
        let own: Vec<_> = own.map(|tag| tag.name.as_str()).collect();
        let seen = Some(row.identity.last_seen_at).filter(|_| !is_waiting(&row.identity.openid));
        let mut cells = vec![
            row.member.id.to_string(),
            row.member.name.clone().unwrap_or_default(),
            of(&phones, row),
            of(&cards, row),
            following(row).to_owned(),
            store.map_or(String::new(), |it| it.name.clone()),
            guide.map_or(String::new(), |it| it.name.clone()),
            moment(binding.map(|it| it.bound_at), zone),
            own.join("、"),
            moment(Some(row.member.created_at), zone),
            moment(seen, zone),
            yes(row.member.quiet),
            yes(row.member.muted),
        ];
        let own = known.get(&row.member.id);
        cells.extend(columns.iter().map(|column| names.said(column, own, whole)));
        cells
    };
    Ok(rows.iter().map(row).collect())
}

fn following(row: &Row) -> &'static str {
    match (row.identity.subscribed, row.identity.unsubscribed_at) {
        _ if is_waiting(&row.identity.openid) => "还没关注",
        (true, _) => "已关注",
        (false, Some(_)) => "已取消关注",
        (false, None) => "未知",
    }
}

fn moment(at: Option<Timestamp>, zone: Tz) -> String {
    let text = |at: Timestamp| at.to_utc().with_timezone(&zone).format("%Y-%m-%d %H:%M");
    at.map_or(String::new(), |at| text(at).to_string())
}

fn yes(it: bool) -> String {
    (if it { "是" } else { "" }).to_owned()
}
