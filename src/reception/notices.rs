//! Live notices between nodes: a retry that waits at one node hears at once what another node decided. They carry no
//! truth; whoever misses one reads the row at the end of its budget.

use daogou_schema::InboundId;

use super::answer;
use crate::context::Context;

/// Where it is said that a push is decided.
const CHANNEL: &str = "answers";

/// Tells the other nodes, if there are any, that push `id` is decided.
pub(super) fn decided(ctx: &Context, id: InboundId) {
    if !ctx.session.is_shared() {
        return;
    }
    let session = ctx.session.clone();
    ctx.tasks.run(async move {
        if let Err(error) = session.publish(CHANNEL, &id.to_string()).await {
            tracing::debug!(%error, "other nodes will read what was decided a little later");
        }
    });
}

/// Hears what other nodes decide, for requests that wait here. Ends with the process.
pub async fn listen(ctx: Context) {
    if !ctx.session.is_shared() {
        return;
    }
    let mut notices = ctx.subscribe(CHANNEL).await;
    while let Some(text) = notices.next().await {
        let Ok(id) = text.parse().map(InboundId) else {
            continue;
        };
        if !ctx.signals.is_awaited(id) {
            continue;
        }
        match answer::decided(&ctx, id).await {
            Ok(Some(answer)) => ctx.signals.answered(id, &answer),
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "what another node decided cannot be read"),
        }
    }
}
