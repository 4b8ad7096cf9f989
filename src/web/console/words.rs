//! How things are said on pages.

use chrono_tz::Tz;
use daogou_schema::binding_event::{self, Reason};
use daogou_schema::member::Insider;
use daogou_schema::staff::Language;
use daogou_schema::{GuideId, Timestamp, member};
use minijinja::{Value, context};

use crate::bindings::pool::COUNTED_MAX;
use crate::web::language::{self, ours};

/// A moment, to the minute, in the time zone of people.
pub(super) fn moment(at: Timestamp, zone: Tz) -> String {
    let form = match language::spoken() {
        Language::Chinese => "%Y-%m-%d %H:%M",
        Language::English => "%-d %b %Y, %H:%M",
    };
    at.to_utc().with_timezone(&zone).format(form).to_string()
}

/// The same, if there is one.
pub(super) fn moment_or_none(at: Option<Timestamp>, zone: Tz) -> Value {
    at.map_or(Value::from(()), |at| Value::from(moment(at, zone)))
}

/// A moment's day, as a poster says it.
pub(super) fn day(at: Timestamp, zone: Tz) -> String {
    at.to_utc()
        .with_timezone(&zone)
        .format("%Y.%-m.%-d")
        .to_string()
}

/// A reply window that is open: until when and for how many messages.
pub(super) fn window((until, left): (Timestamp, i32), zone: Tz) -> Value {
    let text = format!("还可发 {left} 条 · {} 关闭", moment(until, zone));
    context! { text => ours(text) }
}

/// How a member is called: by her remark, or by her number until there is one.
pub(super) fn member(member: &member::Model) -> String {
    match &member.name {
        Some(name) => name.clone(),
        None => ours(format!("新顾客 {}", member.id)),
    }
}

/// Who is no customer.
pub(super) fn insider(insider: Insider) -> &'static str {
    match insider {
        Insider::Staff => "员工",
        Insider::Tester => "测试",
    }
}

/// What happened to a binding.
pub(super) fn event(event: &binding_event::Model, name: impl Fn(GuideId) -> String) -> String {
    let to = event.to_guide_id.map_or_else(|| ours("会员池"), &name);
    let from = event.from_guide_id.map_or_else(|| ours("会员池"), &name);
    let said = match event.reason {
        Reason::Scan => format!("扫码，专属导购为 {to}"),
        Reason::Rescan => format!("再次扫 {to} 的码，没有变化"),
        Reason::Kept => format!("扫了其他导购的码，按规则仍由 {to} 服务"),
        Reason::Moved => format!("扫码，由 {from} 转到 {to}"),
        Reason::StandIn => format!("扫的码已失效，由同门店的 {to} 接待"),
        Reason::Asked => format!("顾客要求换导购，由 {from} 转到 {to}"),
        Reason::HandedOver => format!("总部移交，由 {from} 转到 {to}"),
        Reason::Assigned => format!("总部分配，由 {from} 转到 {to}"),
        Reason::HandedBack => format!("总部撤销，由 {from} 回到 {to}"),
        Reason::Unfollowed => "取消关注，绑定保留".to_owned(),
        Reason::Refollowed => "重新关注".to_owned(),
        Reason::Erased => "资料已删除，绑定结束".to_owned(),
    };
    ours(said)
}

/// How somebody came to follow, by WeChat's word for it; new words appear.
pub(super) fn came_by(scene: &str) -> String {
    ours(match scene {
        "ADD_SCENE_SEARCH" => "来自搜一搜",
        "ADD_SCENE_ACCOUNT_MIGRATION" => "来自公众号迁移",
        "ADD_SCENE_PROFILE_CARD" => "来自名片分享",
        "ADD_SCENE_QR_CODE" => "来自扫码",
        "ADD_SCENE_PROFILE_LINK" | "ADD_SCENEPROFILE LINK" => "来自文章里的名称",
        "ADD_SCENE_PROFILE_ITEM" => "来自文章右上角菜单",
        "ADD_SCENE_PAID" => "来自支付后关注",
        "ADD_SCENE_WECHAT_ADVERTISEMENT" => "来自微信广告",
        "ADD_SCENE_REPRINT" => "来自他人转载",
        "ADD_SCENE_LIVESTREAM" => "来自视频号直播",
        "ADD_SCENE_CHANNELS" => "来自视频号",
        "ADD_SCENE_WXA" => "来自小程序",
        _ => "来自其他途径",
    })
}

/// The words of a filter that were kept: each is ours, and a comma stands between.
pub(super) fn filter(kept: &str) -> String {
    let each: Vec<_> = kept.split('，').map(ours).collect();
    each.join(&ours("，"))
}

/// A problem with a field of a form.
pub(super) fn problem(field: &str, text: impl AsRef<str>) -> Value {
    context! { field, text => ours(text) }
}

/// How many members, counted so far as the pool counts them.
pub(super) fn size(count: u32) -> String {
    match count {
        most if most >= COUNTED_MAX => format!("{most}+"),
        count => count.to_string(),
    }
}
