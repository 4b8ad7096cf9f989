//! What came by codes, as the store counted it.

use daogou_schema::{fan_act, fan_day};
use sea_orm::{EntityTrait, QueryOrder};

use super::{TestApp, eventually};

impl TestApp {
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
