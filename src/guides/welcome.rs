//! What a guide's new customers read first.

use daogou_schema::{GuideId, Timestamp, guide};
use minijinja::context;
use serde_json::json;

use super::queries;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::texts::{FORM_SAMPLE, WelcomeFault};

/// What the next new customer of `guide` would read if `welcome` were the text; without one, the brand's.
///
/// # Errors
/// What is wrong with the text.
pub fn greeting(
    ctx: &Context,
    guide: &guide::Model,
    store: &str,
    welcome: Option<&str>,
) -> Result<String, WelcomeFault> {
    let number = guide.last_number.saturating_add(1);
    let form = FORM_SAMPLE;
    let variables = context! { guide => &guide.name, store, number, form };
    match welcome {
        Some(text) => ctx.texts.greeting(text, variables),
        None => {
            let brands = ctx.texts.render("welcome", variables);
            brands.map_err(|why| WelcomeFault::Unknown(why.to_string()))
        }
    }
}

/// Changes a guide's welcome text; none: the brand's is said.
///
/// # Errors
/// When the text is none that WeChat takes, or the store fails.
pub async fn set_welcome(
    ctx: &Context,
    guide: &guide::Model,
    welcome: Option<&str>,
    by: By,
) -> Result<()> {
    if let Some(text) = welcome {
        let checked = ctx.texts.check(text);
        checked.map_err(|why| Error::Invalid(format!("the welcome text: {why}")))?;
    }
    let now = Timestamp::from(ctx.clock.now());
    let args = (guide.id, welcome.map(str::to_owned), now, by);
    ctx.db
        .write(args, |txn, (guide, welcome, now, by)| {
            Box::pin(set_in(txn, *guide, welcome.as_deref(), *now, *by))
        })
        .await
}

async fn set_in(
    txn: &Txn,
    id: GuideId,
    welcome: Option<&str>,
    now: Timestamp,
    by: By,
) -> Result<()> {
    let guide = queries::locked(txn, id).await?;
    let guide = guide.filter(|guide| guide.left_at.is_none());
    let guide = guide.ok_or_else(|| Error::NotFound("the guide has left".into()))?;
    if guide.welcome.as_deref() == welcome {
        return Ok(());
    }
    queries::set_welcome(txn, id, welcome.map(str::to_owned)).await?;
    let entry = Entry {
        by,
        account: Some(guide.account_id),
        act: Act::SetWelcome,
        subject: audit::subject("guide", id),
        before: Some(json!({ "welcome": guide.welcome })),
        after: Some(json!({ "welcome": welcome })),
    };
    audit::note_in(txn, now, entry).await
}
