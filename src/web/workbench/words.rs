//! How pages of the workbench say times, people and what became of a line.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use daogou_schema::Timestamp;
use daogou_schema::outbound::State;
use minijinja::{Value, context};

use crate::context::Context;
use crate::outbound::{Fate, Reason};

/// So little is left of a window that somebody should hurry.
const SOON: TimeDelta = TimeDelta::hours(2);
/// So few messages are left.
const FEW: i32 = 1;

/// A moment as a list shows it: the time today, else 昨天, the day, or the year.
pub(super) fn when(at: Timestamp, now: Timestamp, zone: Tz) -> String {
    let (at, now) = (local(at, zone), local(now, zone));
    let days = now.date_naive() - at.date_naive();
    match days.num_days() {
        0 => at.format("%H:%M").to_string(),
        1 => at.format("昨天 %H:%M").to_string(),
        _ if at.year() == now.year() => at.format("%-m月%-d日").to_string(),
        _ => at.format("%Y/%-m/%-d").to_string(),
    }
}

/// The same with its time, as a chat shows it between lines.
pub(super) fn moment(at: Timestamp, now: Timestamp, zone: Tz) -> String {
    let (then, today) = (local(at, zone), local(now, zone));
    let days = (today.date_naive() - then.date_naive()).num_days();
    match days {
        0 => then.format("%H:%M").to_string(),
        1 => then.format("昨天 %H:%M").to_string(),
        -1 => then.format("明天 %H:%M").to_string(),
        _ if then.year() == today.year() => then.format("%-m月%-d日 %H:%M").to_string(),
        _ => then.format("%Y年%-m月%-d日 %H:%M").to_string(),
    }
}

/// When the day of a moment began.
pub(super) fn start_of_day(at: Timestamp, zone: Tz) -> Timestamp {
    let midnight = local(at, zone).date_naive().and_time(NaiveTime::MIN);
    // Where a clock was put forward at midnight the day began an hour later.
    let began = zone.from_local_datetime(&midnight).earliest();
    began.map_or(at, |began| Timestamp::from(began.to_utc()))
}

/// A moment as a field for date and time takes it.
pub(super) fn field(at: Timestamp, zone: Tz) -> String {
    local(at, zone).format("%Y-%m-%dT%H:%M").to_string()
}

fn local(at: Timestamp, zone: Tz) -> DateTime<Tz> {
    at.to_utc().with_timezone(&zone)
}

/// How long something still lasts or has lasted, in its largest unit.
pub(super) fn span(time: TimeDelta) -> String {
    match (time.num_days(), time.num_hours(), time.num_minutes()) {
        (days @ 2.., ..) => format!("{days} 天"),
        (_, hours @ 1.., _) => format!("{hours} 小时"),
        (.., minutes @ 1..) => format!("{minutes} 分钟"),
        _ => "1 分钟内".to_owned(),
    }
}

/// What the guide can still send: until when, how many, and whether to hurry; none when nothing.
pub(super) fn window(open: Option<(Timestamp, i32)>, now: Timestamp) -> Value {
    let Some((until, left)) = open else {
        return Value::from(());
    };
    context! {
        left,
        rest => span(until - now),
        until => until.0,
        hurry => left <= FEW || until - now <= SOON,
    }
}

/// A text without line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.replace('\n', " ")
}

/// How a guide calls a member.
pub(super) fn label(ctx: &Context, name: Option<&str>, number: Option<i32>) -> String {
    match crate::members::label(&ctx.texts, name, number) {
        Ok(label) => label,
        Err(error) => {
            tracing::error!(%error, "a brand's own text for a customer's name is wrong");
            name.unwrap_or("新顾客").to_owned()
        }
    }
}

/// What became of a line to her: a key for its looks, a word, and why, if something is to be known about it.
pub(super) fn fate(fate: &Fate) -> Value {
    let (key, word) = match fate.state {
        State::Sent => ("sent", "已送达"),
        State::Ready | State::Claimed | State::Answering => ("queued", "发送中"),
        State::Held => ("held", "等她来信"),
        State::Refused => ("refused", "未送达"),
        State::Unknown => ("unknown", "不确定"),
        State::Dropped => ("refused", "没有送出"),
    };
    let why = match (fate.state, fate.reason) {
        (State::Held, reason) => Some(held(reason)),
        (State::Refused | State::Dropped, reason) => Some(refused(reason)),
        (State::Unknown, _) => Some("微信没有回应，可能已送达，也可能没有；不会自动重发"),
        _ => None,
    };
    context! { key, word, why, again => matches!(fate.state, State::Refused | State::Unknown | State::Dropped) }
}

fn held(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::Count) => "这次能发的条数用完了，她下次来信时自动送出",
        Some(Reason::Quiet) => "她要求只在来信时回复，下次来信时自动送出",
        Some(Reason::NotFollowing) => "她取消了关注，重新关注并来信后自动送出",
        _ => "回复窗口已关闭，她下次来信时自动送出",
    }
}

fn refused(reason: Option<Reason>) -> &'static str {
    match reason {
        Some(Reason::NotFollowing) => "她已取消关注，微信不再转达",
        Some(Reason::Recipient) => "她拒收公众号的消息，微信没有转达",
        Some(Reason::Content) => "微信没有接受这条内容，请换一种说法",
        Some(Reason::Media) => "文件没能取到或上传，请重新发送",
        Some(Reason::Quota) => "公众号今天的发送额度用完了，请联系总部",
        Some(Reason::Configuration) => "公众号的设置有问题，请联系总部",
        Some(Reason::Unreachable) => "长时间连不上微信，这条没有送出",
        _ => "这条没有送出",
    }
}

/// When nothing can be sent: why, in one line.
pub(super) fn shut(ever_wrote: bool, used_up: bool) -> &'static str {
    match (ever_wrote, used_up) {
        (false, _) => "她还没有来过消息，微信不允许主动发送",
        (true, true) => "这次能发的 5 条已用完，等她再来消息",
        (true, false) => "她 48 小时内没有来过消息，微信不再允许发送",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_said_as_people_say_them() {
        let zone = chrono_tz::Asia::Shanghai;
        // 2026-11-23 10:06 in Shanghai.
        let now = Timestamp(1_795_399_560_000);
        let ago = |hours: i64| now - TimeDelta::hours(hours);
        assert_eq!(when(now, now, zone), "10:06");
        assert_eq!(when(ago(24), now, zone), "昨天 10:06");
        assert_eq!(when(ago(48), now, zone), "11月21日");
        assert_eq!(moment(ago(48), now, zone), "11月21日 10:06");
        assert_eq!(moment(now + TimeDelta::hours(24), now, zone), "明天 10:06");
        assert_eq!(when(ago(24 * 400), now, zone), "2025/10/19");
    }

    #[test]
    fn spans_are_said_in_their_largest_unit() {
        assert_eq!(span(TimeDelta::hours(47)), "47 小时");
        assert_eq!(span(TimeDelta::hours(49)), "2 天");
        assert_eq!(span(TimeDelta::seconds(61)), "1 分钟");
        assert_eq!(span(TimeDelta::seconds(30)), "1 分钟内");
    }
}
