//! The relay, seen from the phones: what she writes reaches her guide with her name in front, what the guide answers
//! reaches her and nobody else, whatever type it has and whatever WeChat does meanwhile.

mod faults;
pub(crate) mod miniprogram;
mod mix;
mod routing;
mod session;
mod types;

use chrono::TimeDelta;

use crate::kit::{Guide, Phone, TestApp};

pub(crate) const STORE: &str = "杭州城北店";

/// A customer of `guide`, a moment after her scan, when only what she writes opens a window.
pub(crate) async fn customer(app: &TestApp, guide: &Guide, name: &str) -> Phone {
    let person = app.person(name).await;
    person.scans(&guide.scene).await;
    person.sees(&format!("的{}", guide.phone.name)).await;
    guide.phone.sees("扫你的码关注了").await;
    app.later(TimeDelta::minutes(2)).await;
    person
}

/// A guide with 5 of 5 messages left, and a customer whose 5 will come with what she writes.
pub(crate) async fn one_and_one(app: &TestApp) -> (Guide, Phone) {
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = customer(app, &lin, "王女士").await;
    lin.phone.says("帮助").await;
    lin.phone.sees("可以这样用").await;
    (lin, wang)
}
