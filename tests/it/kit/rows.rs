//! What stands in the store, for what no phone shows: history, outcomes, the ledger of windows.

use daogou_schema::outbound::{self, State};
use daogou_schema::{GuideId, binding, binding_event, identity, inbound, question, reply_window};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{Phone, TestApp, eventually};

impl TestApp {
    /// Changes the store behind the server's back, for what no command does yet.
    pub async fn alter(&self, statement: &str) {
        let database = self.database().await;
        let changed = database.execute_unprepared(statement).await;
        changed.unwrap_or_else(|e| panic!("{statement}: {e}"));
    }

    /// All pushes that were stored, oldest first.
    pub async fn stored_pushes(&self) -> Vec<inbound::Model> {
        let found = inbound::Entity::find()
            .order_by_asc(inbound::Column::Id)
            .all(&self.database().await)
            .await;
        found.expect("the pushes can be read")
    }

    /// The member behind a phone.
    pub async fn identity_of(&self, phone: &Phone) -> Option<identity::Model> {
        let found = identity::Entity::find()
            .filter(identity::Column::Openid.eq(phone.openid.as_str()))
            .one(&self.database().await)
            .await;
        found.expect("the identities can be read")
    }

    /// The guide that the person at this phone is bound to.
    pub async fn guide_of(&self, phone: &Phone) -> Option<GuideId> {
        let identity = self.identity_of(phone).await?;
        let found = binding::Entity::find_by_id(identity.member_id)
            .one(&self.database().await)
            .await;
        found
            .expect("the bindings can be read")
            .map(|row| row.guide_id)
    }

    /// The history of bindings of the person at this phone, oldest first.
    pub async fn history_of(&self, phone: &Phone) -> Vec<binding_event::Model> {
        let Some(identity) = self.identity_of(phone).await else {
            return Vec::new();
        };
        let found = binding_event::Entity::find()
            .filter(binding_event::Column::MemberId.eq(identity.member_id))
            .order_by_asc(binding_event::Column::Id)
            .all(&self.database().await)
            .await;
        found.expect("the history can be read")
    }

    /// Everything promised to the person at this phone, in order.
    pub async fn outbound_to(&self, phone: &Phone) -> Vec<outbound::Model> {
        let found = outbound::Entity::find()
            .filter(outbound::Column::Openid.eq(phone.openid.as_str()))
            .order_by_asc(outbound::Column::Id)
            .all(&self.database().await)
            .await;
        found.expect("the messages can be read")
    }

    /// Waits until the message to `phone` that holds `text` stands at `state`, and returns it.
    pub async fn outcome(&self, phone: &Phone, text: &str, state: State) -> outbound::Model {
        let what = format!("{text:?} to {} standing at {state:?}", phone.name);
        eventually(&what, async || {
            let rows = self.outbound_to(phone).await;
            rows.into_iter()
                .find(|row| row.state == state && row.content.to_string().contains(text))
        })
        .await
    }

    /// Waits until nothing is under way to anybody, so that time may pass without ending it.
    pub async fn at_rest(&self) {
        let database = self.database().await;
        let now = daogou_schema::Timestamp::from(self.clock.now());
        eventually("everything coming to rest", async || {
            let moving = [State::Ready, State::Claimed, State::Answering];
            let moving = outbound::Entity::find()
                .filter(outbound::Column::State.is_in(moving))
                .filter(outbound::Column::DueAt.lte(now))
                .one(&database)
                .await;
            moving
                .expect("the messages can be read")
                .is_none()
                .then_some(())
        })
        .await;
    }

    /// Lets everything come to rest, then time passes.
    pub async fn later(&self, time: chrono::TimeDelta) {
        self.at_rest().await;
        self.pass(time);
    }

    /// What the ledger of windows says about the person at this phone.
    pub async fn windows_of(&self, phone: &Phone) -> Vec<reply_window::Model> {
        let found = reply_window::Entity::find()
            .filter(reply_window::Column::Openid.eq(phone.openid.as_str()))
            .all(&self.database().await)
            .await;
        found.expect("the windows can be read")
    }

    /// How the questions "for whom is this?" ended, in order.
    pub async fn questions(&self) -> Vec<question::State> {
        let found = question::Entity::find()
            .order_by_asc(question::Column::Id)
            .all(&self.database().await)
            .await;
        let found = found.expect("the questions can be read");
        found.iter().map(|question| question.state).collect()
    }
}
