//! What a login and a password must be, and how long things last. Pure.

use chrono::TimeDelta;
use daogou_schema::staff::{Model, Role};
use daogou_schema::{RegionId, Timestamp, sign_in};

/// How long an invitation is open.
pub const INVITATION_LASTS: TimeDelta = TimeDelta::days(3);
/// How long a sign-in lasts at the most.
pub const SIGN_IN_LASTS: TimeDelta = TimeDelta::days(7);
/// After how long without a request it ends.
pub const SILENCE_MAX: TimeDelta = TimeDelta::hours(24);
/// How exactly the last request is noted.
pub(super) const NOTED_EVERY: TimeDelta = TimeDelta::minutes(5);

/// Characters; a sentence is easy to remember.
pub const PASSWORD_CHARS_MIN: usize = 12;
/// More would only cost time.
const PASSWORD_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 30;
const LOGIN_CHARS: std::ops::RangeInclusive<usize> = 2..=40;
/// Wrong passwords in a row, after which none is tried for a while.
const FAILURES_MAX: i32 = 5;
const LOCKED_FOR: TimeDelta = TimeDelta::minutes(15);

/// Failures and lock after one more try, unless it turns out to be right.
pub(super) fn after_a_try(failures: i32, now: Timestamp) -> (i32, Option<Timestamp>) {
    match failures.saturating_add(1) {
        enough if enough >= FAILURES_MAX => (0, Some(now + LOCKED_FOR)),
        failures => (failures, None),
    }
}

/// Failures and lock when the try that was made at `tried` turned out to be right, but does not end the series.
pub(super) fn without_a_try(
    failures: i32,
    locked_until: Option<Timestamp>,
    tried: Timestamp,
) -> (i32, Option<Timestamp>) {
    match locked_until {
        Some(until) if until == tried + LOCKED_FOR => (FAILURES_MAX - 1, None),
        until => (failures.saturating_sub(1).max(0), until),
    }
}

/// Whether a password or a code may be tried for somebody.
pub(super) fn may_try(staff: &Model, now: Timestamp) -> bool {
    staff.left_at.is_none() && staff.locked_until.is_none_or(|until| until <= now)
}

/// Whether a sign-in has ended by age or by silence.
pub(super) fn is_over(sign_in: &sign_in::Model, now: Timestamp) -> bool {
    now - sign_in.created_at > SIGN_IN_LASTS || now - sign_in.seen_at > SILENCE_MAX
}

/// A login as it is kept.
pub fn login(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// What is wrong with a login.
pub fn wrong_login(login: &str) -> Option<&'static str> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
    let right = LOGIN_CHARS.contains(&login.chars().count()) && login.chars().all(fits);
    (!right).then_some("登录名用 2 到 40 个字母、数字或 . _ - @")
}

/// What is wrong with a new password.
pub fn wrong_password(password: &str) -> Option<&'static str> {
    match password.chars().count() {
        n if n < PASSWORD_CHARS_MIN => Some("密码至少 12 个字符，一句话就很好记"),
        n if n > PASSWORD_CHARS_MAX => Some("密码最多 200 个字符"),
        _ => None,
    }
}

/// What is wrong with a name.
pub fn wrong_name(name: &str) -> Option<&'static str> {
    match name.trim().chars().count() {
        0 => Some("请填写姓名"),
        n if n > NAME_CHARS_MAX => Some("姓名最多 30 个字"),
        _ if name.chars().any(char::is_control) => Some("姓名里有不能显示的字符"),
        _ => None,
    }
}

/// A role as forms name it.
pub fn key(role: Role) -> &'static str {
    match role {
        Role::HqAdmin => "hq_admin",
        Role::HqOperator => "hq_operator",
        Role::StoreManager => "store_manager",
        Role::Dealer => "dealer",
    }
}

/// A role as people say it.
pub fn word(role: Role) -> &'static str {
    match role {
        Role::HqAdmin => "总部管理员",
        Role::HqOperator => "总部运营",
        Role::StoreManager => "店长",
        Role::Dealer => "经销商",
    }
}

/// Whether a role may invite and dismiss staff.
pub fn may_manage_staff(role: Role) -> bool {
    role == Role::HqAdmin
}

/// Whether a role may add stores and guides.
pub fn may_organise(role: Role) -> bool {
    matches!(role, Role::HqAdmin | Role::HqOperator)
}

/// How many regions a dealer can have.
pub const REGIONS_MAX: usize = 100;

/// A dealer's regions as the store keeps them.
pub(super) fn written(regions: &[RegionId]) -> String {
    let ids: Vec<_> = regions.iter().map(RegionId::to_string).collect();
    ids.join(",")
}

/// What [`written`] wrote.
pub fn regions(text: Option<&str>) -> Vec<RegionId> {
    let ids = text.unwrap_or_default().split(',');
    ids.filter_map(|id| id.parse().ok()).map(RegionId).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_read_as_they_were_written() {
        let those = [RegionId(3), RegionId(12)];
        assert_eq!(regions(Some(&written(&those))), those);
        assert_eq!(regions(Some("")), []);
        assert_eq!(regions(None), []);
    }

    #[test]
    fn five_wrong_passwords_in_a_row_lock_for_a_quarter_of_an_hour() {
        let now = Timestamp(1_000);
        assert_eq!(after_a_try(0, now), (1, None));
        assert_eq!(after_a_try(3, now), (4, None));
        let quarter = now + TimeDelta::minutes(15);
        assert_eq!(after_a_try(4, now), (0, Some(quarter)));
        // The right password takes back its own try and no other.
        assert_eq!(without_a_try(1, None, now), (0, None));
        assert_eq!(without_a_try(3, None, now), (2, None));
        assert_eq!(without_a_try(0, Some(quarter), now), (4, None));
        let other = now + TimeDelta::minutes(14);
        assert_eq!(without_a_try(0, Some(other), now), (0, Some(other)));
    }

    #[test]
    fn a_login_is_simple_and_a_password_long() {
        assert_eq!(wrong_login(&login(" He.Lin ")), None);
        assert!(wrong_login("何").is_some() && wrong_login("a b").is_some());
        assert!(wrong_password("12345678901").is_some());
        assert_eq!(wrong_password("一二三四五六七八九十一二"), None);
        assert!(wrong_name(" ").is_some() && wrong_name("何\n").is_some());
    }
}
