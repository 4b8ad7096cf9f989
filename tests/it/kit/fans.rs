//! What came by codes, as the store counted it.

use daogou_schema::{fan_act, fan_day};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::json;

use super::{APPID, Phone, TestApp, eventually};

impl TestApp {
    /// So many people who have followed for long without a word to us: the first and the last of them.
    pub async fn crowd(&self, count: u64) -> [Phone; 2] {
        let wanted = json!({ "appid": APPID, "count": count });
        let made = self.control("/sandbox/v1/crowd", wanted).await;
        [&made["first"], &made["last"]].map(|one| Phone::new(self, one))
    }

    /// Each code's days, once nothing waits to be counted.
    pub async fn counted(&self) -> Vec<fan_day::Model> {
        self.at_rest().await;
        let db = self.database().await;
        eventually("everything being counted", async || {
            let waiting = fan_act::Entity::find().one(&db).await;
            waiting.expect("acts").is_none().then_some(())
        })
        .await;
        let days = fan_day::Entity::find()
            .order_by_asc(fan_day::Column::Day)
            .order_by_asc(fan_day::Column::CodeId);
        days.all(&db).await.expect("days")
    }
}
