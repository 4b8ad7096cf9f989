//! A visit: what concerns one person at one account, while it is being handled: an act of hers, or of headquarters about
//! her.

use std::sync::Arc;

use chrono_tz::Tz;
use daogou_schema::{InboundId, Timestamp};

use super::Account;
use crate::config::Config;
use crate::context::Context;
use crate::links::Links;
use crate::sensitive::Shelf;
use crate::texts::Texts;

/// What every verb that takes part in it needs to know.
#[derive(Clone)]
pub struct Visit {
    /// Where.
    pub account: Arc<Account>,
    /// Who.
    pub openid: String,
    /// The push that says so; none when headquarters acts.
    pub inbound_id: Option<InboundId>,
    /// When WeChat says it happened; never after `now`.
    pub acted_at: Timestamp,
    /// Now.
    pub now: Timestamp,
    /// What people read.
    pub texts: Texts,
    /// The time zone of people.
    pub timezone: Tz,
    /// Links that are hers.
    pub links: Links,
    /// What must not be written to customers.
    pub sensitive: Arc<Shelf>,
    /// Settings.
    pub config: Arc<Config>,
}

impl Visit {
    /// Nobody came: the house itself acts now.
    pub fn of_house(ctx: &Context, account: &Arc<Account>) -> Self {
        let now = Timestamp::from(ctx.clock.now());
        Self {
            account: account.clone(),
            openid: String::new(),
            inbound_id: None,
            acted_at: now,
            now,
            texts: ctx.texts.clone(),
            timezone: ctx.config.timezone,
            links: ctx.links.clone(),
            sensitive: ctx.kept(),
            config: ctx.config.clone(),
        }
    }
}
