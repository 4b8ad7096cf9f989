//! Live notices between processes: on whose pages something has changed. They carry no truth; a page whose notice was
//! lost looks by itself a little later.

use daogou_schema::GuideId;
use daogou_session::MISSED;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::context::Context;

/// Where it is said.
const CHANNEL: &str = "workbench";
/// How many guides one notice names.
const GUIDES_MAX: usize = 500;

#[derive(Serialize, Deserialize)]
struct Notice {
    /// Which process says so: it knows already.
    by: String,
    guides: Vec<GuideId>,
}

/// Tells the other processes what this one has changed. Ends with the process.
pub async fn tell_others(ctx: Context) {
    if !ctx.session.is_shared() {
        return;
    }
    let mut changes = ctx.signals.on_shown();
    loop {
        let mut guides = Vec::new();
        match changes.recv().await {
            Ok(shown) => guides.extend((!shown.elsewhere).then_some(shown.guide)),
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
        while guides.len() < GUIDES_MAX {
            match changes.try_recv() {
                Ok(shown) => guides.extend((!shown.elsewhere).then_some(shown.guide)),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        guides.sort_unstable();
        guides.dedup();
        if guides.is_empty() {
            continue;
        }
        let by = ctx.node.to_string();
        let said = match serde_json::to_string(&Notice { by, guides }) {
            Ok(said) => said,
            Err(error) => {
                tracing::error!(%error, "a notice is not written");
                continue;
            }
        };
        if let Err(error) = ctx.session.publish(CHANNEL, &said).await {
            tracing::debug!(%error, "open pages elsewhere will look by themselves");
        }
    }
}

/// Hears what other processes have changed. Ends with the process.
pub async fn hear_others(ctx: Context) {
    if !ctx.session.is_shared() {
        return;
    }
    let mut notices = ctx.subscribe(CHANNEL).await;
    while let Some(text) = notices.next().await {
        // What was missed a page finds by itself.
        if text == MISSED {
            continue;
        }
        match serde_json::from_str::<Notice>(&text) {
            Ok(notice) if *notice.by == *ctx.node => {}
            Ok(notice) => ctx.signals.shown_elsewhere(notice.guides),
            Err(_) => tracing::warn!("a notice of another version is not understood"),
        }
    }
}
