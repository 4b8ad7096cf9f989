//! The audit log: who changed what.

use std::collections::HashMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION};
use actix_web::web::{Bytes, Data, Query};
use daogou_schema::{GuideId, RegionId, StaffId, StoreId, TagId, audit as row};
use minijinja::{Value, context};
use serde_json::{Map, Value as Json};

use super::acts::act;
use super::gate::Gate;
use super::stop::{Page, Stop};
use super::words;
use crate::accounts;
use crate::audit::{self, Wanted};
use crate::context::Context;
use crate::error::Error;
use crate::web::language::ours;
use crate::web::page;
use crate::{guides, sheets, staff, tags};

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
        .staff
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
        act => ours(act(&row.act)),
        subject => format!("{} {id}", ours(subject(kind))),
        before => names.told(row.before.as_deref()),
        after => names.told(row.after.as_deref()),
    }
}

/// What everybody and everything is called, who has left included.
struct Names {
    staff: Vec<(StaffId, String)>,
    guides: Vec<(GuideId, String)>,
    stores: Vec<(StoreId, String)>,
    regions: Vec<(RegionId, String)>,
    tags: Vec<(TagId, String)>,
}

impl Names {
    async fn load(ctx: &Context) -> Result<Self, Stop> {
        let staff = staff::colleagues(ctx.db.reads()).await?;
        let staff = staff.into_iter().map(|c| (c.staff.id, c.staff.name));
        let mut names = Self {
            staff: staff.collect(),
            guides: Vec::new(),
            stores: Vec::new(),
            regions: Vec::new(),
            tags: Vec::new(),
        };
        for account in accounts::list(ctx).await? {
            let guides = guides::list(ctx.db.reads(), account.id).await?;
            names
                .guides
                .extend(guides.into_iter().map(|g| (g.id, g.name)));
            let stores = guides::list_stores(ctx, &account).await?;
            names
                .stores
                .extend(stores.into_iter().map(|s| (s.id, s.name)));
            let regions = guides::regions::tree(ctx, account.id).await?;
            let regions = regions.in_order().into_iter();
            names
                .regions
                .extend(regions.map(|(_, region)| (region.id, region.name.clone())));
            let tags = tags::list(ctx.db.reads(), account.id).await?;
            names.tags.extend(tags.into_iter().map(|t| (t.id, t.name)));
        }
        Ok(names)
    }

    /// What a row says was or is, a line each.
    fn told(&self, json: Option<&str>) -> Vec<String> {
        let said: Option<Map<String, Json>> = json.and_then(|json| serde_json::from_str(json).ok());
        let lines = said
            .into_iter()
            .flatten()
            .filter(|(_, value)| !value.is_null());
        lines
            .map(|(key, value)| {
                let (field, colon) = (ours(field(&key)), ours("："));
                format!("{field}{colon}{}", self.value(&key, &value))
            })
            .collect()
    }

    fn value(&self, key: &str, value: &Json) -> String {
        if let Json::Array(several) = value {
            let each: Vec<_> = several.iter().map(|one| self.value(key, one)).collect();
            return each.join(&ours("、"));
        }
        if let ("filter", Some(said)) = (key, value.as_str()) {
            return words::filter(said);
        }
        let id = value.as_i64();
        let named = match (key, id) {
            ("guide" | "guides" | "to" | "stand_in", Some(id)) => named(&self.guides, &GuideId(id)),
            ("store" | "stores" | "to_store", Some(id)) => named(&self.stores, &StoreId(id)),
            ("region" | "parent", Some(id)) => named(&self.regions, &RegionId(id)),
            ("tag" | "put" | "taken", Some(id)) => named(&self.tags, &TagId(id)),
            _ => None,
        };
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        let said = named.map(str::to_owned).or_else(|| word(&text).map(ours));
        said.unwrap_or(text)
    }

    fn of(&self, id: Option<StaffId>) -> String {
        let Some(id) = id else {
            return ours("服务器命令");
        };
        named(&self.staff, &id).unwrap_or_default().to_owned()
    }
}

fn named<'a, K: PartialEq>(all: &'a [(K, String)], key: &K) -> Option<&'a str> {
    let found = all.iter().find(|(known, _)| known == key);
    found.map(|(_, name)| name.as_str())
}

/// What a field of a row is called.
fn field(key: &str) -> &str {
    match key {
        "name" => "名称",
        "role" => "角色",
        "store" => "门店",
        "to_store" => "新门店",
        "region" => "区域",
        "parent" => "上级区域",
        "owner" => "归属",
        "hours" => "营业时间",
        "away_text" => "打烊时的回复",
        "stand_in" => "顶班同事",
        "welcome" => "欢迎语",
        "guide" => "导购",
        "stores" => "门店",
        "guides" => "导购",
        "version" => "版本",
        "from" => "开始",
        "until" => "结束",
        "to" => "移交给",
        "cause" => "原因",
        "scan_rule" => "重复扫码",
        "protection_days" => "保护天数",
        "work" => "操作",
        "tag" => "标签",
        "members" => "人数",
        "put" => "打上",
        "taken" => "去掉",
        "seen" => "已处理",
        "changed" => "已改变",
        "rows" => "行数",
        "bad" => "有问题",
        "made" => "新增",
        "known" => "已有",
        "filter" => "条件",
        "whole" => "完整手机号",
        "reason" => "原因",
        "format" => "格式",
        "kept" => "保留",
        "gone" => "并入",
        "appid" => "AppID",
        "kind" => "类型",
        "mode" => "消息加密",
        "secret" => "AppSecret",
        "token" => "Token",
        "aes_key" => "EncodingAESKey",
        "previous" => "更换前的 Token 和密钥",
        "password" => "密码",
        "purpose" => "用途",
        "given" => "同意",
        "text_version" => "文本版本",
        "receipt" => "回执",
        "speciality" => "擅长",
        "phone" => "手机号",
        "photo" => "照片",
        "text" => "内容",
        "category" => "场景",
        "picture" => "图片",
        "words" => "敏感词",
        "rule" => "自动规则",
        "value" => "天数或码号",
        "language" => "语言",
        other => other,
    }
}

/// What one of our words is called.
fn word(value: &str) -> Option<&str> {
    Some(match value {
        "hq_admin" => "总部管理员",
        "hq_operator" => "总部运营",
        "store_manager" => "店长",
        "dealer" => "经销商",
        "counter" => "专柜",
        "departure" => "离职",
        "move" => "调店",
        "long_leave" => "长期休假",
        "closing" => "关店",
        "first_wins" => "留在原导购",
        "last_wins" => "换成新扫的导购",
        "protected" => "保护期内留在原导购",
        "untag" => "去标签",
        "assign" => "分配导购",
        "service" => "服务号",
        "miniprogram" => "小程序",
        "plain" => "明文模式",
        "compatible" => "兼容模式",
        "secure" => "安全模式",
        "replaced" => "已更换",
        "accepted" => "暂时仍接受",
        "refused" => "不再接受",
        "marketing" => "营销消息",
        "contact" => "主动联系",
        "profile" => "个人画像",
        "children" => "未成年人信息",
        "asked" => "本人要求",
        "unfollowed" => "取消关注到期",
        "cancelled" => "微信账号注销",
        "code" => "扫某个码关注",
        "new" => "新关注",
        "quiet" => "很久没来",
        "zh" => "中文",
        "en" => "英文",
        "true" => "是",
        "false" => "否",
        _typed => return None,
    })
}

fn subject(kind: &str) -> &str {
    match kind {
        "staff" => "员工",
        "invitation" => "邀请",
        "store" => "门店",
        "region" => "区域",
        "applicant" => "加入申请",
        "guide" => "导购",
        "hand_over" => "移交",
        "account" => "公众号",
        "campaign" => "活动码",
        "tag" => "标签",
        "member" => "会员",
        "bulk" => "批量操作",
        "import" => "导入",
        "export" => "导出",
        "merge" => "合并",
        "script" => "话术",
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
    let head = [
        "序号",
        "时间（UTC）",
        "操作人",
        "操作",
        "对象",
        "修改前",
        "修改后",
        "摘要",
    ];
    let head = Some(head.map(str::to_owned).to_vec()).filter(|_| first);
    let rows = rows.iter().map(|row| {
        vec![
            row.seq.to_string(),
            row.at.to_utc().to_rfc3339(),
            names.of(row.staff_id).to_owned(),
            act(&row.act).to_owned(),
            row.subject.clone(),
            row.before.clone().unwrap_or_default(),
            row.after.clone().unwrap_or_default(),
            row.digest.clone(),
        ]
    });
    let rows: Vec<_> = head.into_iter().chain(rows).collect();
    sheets::csv(&rows, first)
}
