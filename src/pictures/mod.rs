//! Pictures 图片 that headquarters and guides use: each content is kept once in an account, uploaded to WeChat when it is first
//! needed, renewed before WeChat forgets it, and removed some time after nobody uses it any more. Who may see one is for the
//! door to say.

mod forget;
pub mod photo;
mod queries;
pub mod rules;

use daogou_schema::picture::{Kind, Model};
use daogou_schema::{AccountId, PictureId, Timestamp};
use daogou_wechat::MediaKind;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use crate::accounts::Account;
use crate::context::Context;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::media::{Lost, Shape, Way, copies};
use rules::{No, Seen};

pub use forget::{forget_unused, let_go_in};
pub use queries::in_line_in;

/// How many different pictures one process uploads at once.
const TURNS: usize = 64;

/// Keeps a picture, unless the account has it already, and says which one it is; or why not ([`No::told`] says it in words).
/// Size and kind are judged by the content, which is not decoded.
///
/// # Errors
/// When the store or the disk fails.
pub async fn keep(
    ctx: &Context,
    account: AccountId,
    bytes: &[u8],
) -> Result<Result<PictureId, No>> {
    let seen = match rules::look(bytes) {
        Ok(seen) => seen,
        Err(no) => return Ok(Err(no)),
    };
    let digest = Sha256::digest(bytes);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    // Whoever keeps the same at the same time has another name.
    let name = format!(
        "{account}/{digest}-{}.{}",
        ctx.chance.word(8),
        ending(seen.kind)
    );
    copies::store(ctx, &name, bytes).await.map_err(|error| {
        let text = format!("{name} cannot be written: {error}; is DAOGOU_MEDIA_DIR writable?");
        Error::Internal(text)
    })?;
    let new = New {
        account,
        digest,
        seen,
        file: name.clone(),
        now: Timestamp::from(ctx.clock.now()),
    };
    let kept = ctx
        .db
        .write(new, |txn, new| Box::pin(keep_in(txn, new)))
        .await;
    // Of what was here already, or was not noted, one copy too many is left.
    if !kept.as_ref().is_ok_and(|row| row.file == name) {
        copies::remove(ctx, &name).await?;
    }
    Ok(Ok(kept?.id))
}

/// What is kept.
struct New {
    account: AccountId,
    digest: String,
    seen: Seen,
    file: String,
    now: Timestamp,
}

async fn keep_in(txn: &Txn, new: &New) -> Result<Model> {
    match queries::by_digest(txn, new.account, &new.digest).await? {
        Some(known) => {
            queries::set_used(txn, &[known.id], new.now).await?;
            Ok(known)
        }
        None => queries::insert(txn, new).await,
    }
}

/// The picture, if it is the account's.
///
/// # Errors
/// When the store fails.
pub async fn get(ctx: &Context, account: AccountId, id: PictureId) -> Result<Option<Model>> {
    let found = queries::get(ctx.db.reads(), id).await?;
    Ok(found.filter(|row| row.account_id == account))
}

/// The pictures with these ids.
///
/// # Errors
/// When the store fails.
pub async fn those(ctx: &Context, ids: &[PictureId]) -> Result<Vec<Model>> {
    queries::those(ctx.db.reads(), ids).await
}

/// What a picture of the account is, and its content, for whoever may see it; none when it or our copy is gone.
///
/// # Errors
/// When the store or the disk fails.
pub async fn content(
    ctx: &Context,
    account: AccountId,
    id: PictureId,
) -> Result<Option<(Shape, Vec<u8>)>> {
    let Some(row) = get(ctx, account, id).await? else {
        return Ok(None);
    };
    let bytes = copies::read(ctx, &row.file).await?;
    Ok(bytes.map(|bytes| (shape(row.kind), bytes)))
}

/// How a page shows it.
pub fn shape(kind: Kind) -> Shape {
    let way = Way::Picture;
    let mime = match kind {
        Kind::Jpeg => "image/jpeg",
        Kind::Png => "image/png",
        Kind::Gif => "image/gif",
    };
    Shape { mime, way }
}

fn ending(kind: Kind) -> &'static str {
    match kind {
        Kind::Jpeg => "jpg",
        Kind::Png => "png",
        Kind::Gif => "gif",
    }
}

/// The media id that `account` can send now without asking anybody; none when it has to be uploaded first.
///
/// # Errors
/// When the store fails.
pub async fn usable_in(
    txn: &Txn,
    account: AccountId,
    id: PictureId,
    now: Timestamp,
) -> Result<Option<String>> {
    let row = queries::get(txn.conn(), id).await?;
    Ok(row.and_then(|row| usable(row, account, now)))
}

fn usable(row: Model, account: AccountId, now: Timestamp) -> Option<String> {
    let lives = row.account_id == account && row.usable_until > now;
    row.usable_id.filter(|_| lives)
}

/// The media id that `account` can send: the one WeChat gave us while it lives, that of a new upload when it has expired, was
/// never there, or was just refused (`refused`). Of several who need it at once in one process one uploads it.
///
/// # Errors
/// When there is no copy or WeChat does not take it.
pub async fn sendable(
    ctx: &Context,
    account: &Account,
    id: PictureId,
    refused: bool,
) -> Result<String, Lost> {
    let now = Timestamp::from(ctx.clock.now());
    let before = usable(here(ctx, id).await?, account.id, now);
    let before = match before {
        Some(usable) if !refused => return Ok(usable),
        before => before,
    };
    let turns = ctx.kept::<Turns>();
    let _turn = turns.of(id).lock().await;
    let row = here(ctx, id).await?;
    if row.account_id != account.id {
        return Err(Lost::Gone);
    }
    let since = usable(row.clone(), account.id, now);
    if let Some(renewed) = since.filter(|id| Some(id) != before.as_ref()) {
        return Ok(renewed);
    }
    let how = (MediaKind::Image, shape(row.kind).mime);
    let lent = copies::lend(ctx, account, &row.file, how, now).await?;
    let media_id = lent.media_id.clone();
    let saved = ctx.db.write((id, lent), |txn, (id, lent)| {
        Box::pin(queries::set_usable(txn, *id, lent))
    });
    if let Err(error) = saved.await {
        tracing::warn!(picture.id = id.0, %error, "a new media id was not kept; it will be uploaded again");
    }
    Ok(media_id)
}

async fn here(ctx: &Context, id: PictureId) -> Result<Model, Lost> {
    let found = queries::get(ctx.db.reads(), id).await.map_err(|error| {
        tracing::error!(picture.id = id.0, %error, "a picture cannot be had now");
        Lost::Later
    })?;
    found.ok_or(Lost::Gone)
}

/// Whoever uploads a picture has its turn.
struct Turns(Vec<Mutex<()>>);

impl Default for Turns {
    fn default() -> Self {
        Self((0..TURNS).map(|_| Mutex::default()).collect())
    }
}

impl Turns {
    fn of(&self, id: PictureId) -> &Mutex<()> {
        let at = usize::try_from(id.0).unwrap_or_default() % TURNS;
        static SPARE: Mutex<()> = Mutex::const_new(());
        self.0.get(at).unwrap_or(&SPARE)
    }
}
