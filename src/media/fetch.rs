//! Fetching files from WeChat before they expire.

use daogou_schema::{Timestamp, media};
use daogou_wechat::{CallError, Class, FetchedFile, FetchedMedia};

use super::{Lost, copies, queries};
use crate::accounts;
use crate::context::Context;
use crate::error::Result;

/// How many files one round fetches.
const ROUND: u64 = 20;

/// Fetches what has arrived and is not kept yet; says how many.
///
/// # Errors
/// When the store fails.
pub async fn fetch_new(ctx: &Context) -> Result<usize> {
    let now = Timestamp::from(ctx.clock.now());
    let rows = queries::not_fetched(ctx.db.reads(), now, ROUND).await?;
    let mut fetched = 0;
    for row in rows {
        let id = row.id;
        match fetch(ctx, row).await {
            Ok(_kept) => fetched += 1,
            Err(error) => {
                tracing::warn!(media.id = id.0, ?error, "a file was not fetched");
                // What is not final is asked for again while WeChat keeps it, which is three days.
                let args = (id, is_final(&error));
                ctx.db
                    .write(args, |txn, (id, for_good)| {
                        Box::pin(queries::note_failure(txn, *id, *for_good))
                    })
                    .await?;
            }
        }
    }
    Ok(fetched)
}

/// WeChat said no in a way that asking again will not change.
fn is_final(error: &Lost) -> bool {
    match error {
        Lost::Call(CallError::Refused(refusal)) => {
            !matches!(refusal.class, Class::Retry | Class::Quota | Class::Token)
        }
        Lost::Gone => true,
        Lost::Call(_) | Lost::Later => false,
    }
}

/// Fetches one file and keeps it.
pub(super) async fn fetch(ctx: &Context, row: media::Model) -> Result<media::Model, Lost> {
    let account = accounts::get(ctx, row.account_id).await.map_err(|error| {
        tracing::error!(%error, "the account of a file cannot be opened");
        Lost::Later
    })?;
    let got = accounts::call(ctx, &account, |token| get_media(ctx, token, &row.wechat_id)).await;
    let file = match got.map_err(Lost::Call)? {
        FetchedMedia::File(file) => file,
        FetchedMedia::Video { url } => ctx.wechat.download(&url).await.map_err(Lost::Call)?,
    };
    let name = format!("{}/{}.{}", row.account_id, row.id, extension(&row, &file));
    let content_type = file
        .content_type
        .clone()
        .map(|t| t.chars().take(64).collect::<String>());
    copies::store(ctx, &name, &file.bytes).await.map_err(|error| {
        tracing::error!(media.id = row.id.0, %error, "a file cannot be written; is DAOGOU_MEDIA_DIR writable?");
        Lost::Later
    })?;
    let args = (row.id, name.clone(), content_type.clone());
    let kept = ctx.db.write(args, |txn, (id, name, kind)| {
        Box::pin(queries::set_file(txn, *id, name, kind.as_deref()))
    });
    match kept.await {
        Ok(true) => {}
        // Whose it was has been erased while WeChat was asked for it.
        Ok(false) => {
            let removed = super::remove_copies(ctx, std::slice::from_ref(&row)).await;
            if let Err(error) = removed {
                tracing::error!(media.id = row.id.0, %error, "a file that nobody knows any more is left");
            }
            return Err(Lost::Gone);
        }
        Err(error) => {
            tracing::warn!(media.id = row.id.0, %error, "a fetched file was not noted; it will be fetched again");
        }
    }
    Ok(media::Model {
        file: Some(name),
        content_type,
        ..row
    })
}

async fn get_media(ctx: &Context, token: String, id: &str) -> Result<FetchedMedia, CallError> {
    ctx.wechat.get_media(&token, id).await
}

fn extension(row: &media::Model, file: &FetchedFile) -> &'static str {
    match (
        row.kind.as_str(),
        file.content_type.as_deref().unwrap_or_default(),
    ) {
        (_, "image/png") => "png",
        (_, "image/gif") => "gif",
        (_, "audio/mpeg" | "audio/mp3") => "mp3",
        ("voice", _) => "amr",
        ("video", _) => "mp4",
        _ => "jpg",
    }
}
