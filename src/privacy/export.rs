//! Everything that is kept about a member as one ZIP file, written while it is fetched: rows come in pages, files in pieces.

use std::collections::HashMap;

use daogou_schema::{Address, GuideId, MediaId, MemberId, Timestamp, identity, media};
use sea_orm::ActiveEnum;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::sync::mpsc;

use super::queries::export as rows;
use super::written;
use super::{phones, queries};
use crate::accounts::{self, Account};
use crate::archive::Archive;
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::conversations::files_of;
use crate::db::Txn;
use crate::error::{Error, Result};
use crate::{guides, members};

/// So much is handed on at once.
const PIECE: usize = 64 * 1024;
/// How many pieces may wait for the reader.
const AHEAD: usize = 4;

/// What is in the file, for whoever opens it.
const READ_ME: &str = "\
本压缩包是导购系统里关于这位会员的全部资料。

data.json  会员、微信身份、手机号、自定义资料、同意记录、专属导购与绑定记录、到店记录、备注与任务、会话、发给她的消息、移交记录
media/     会话里的图片、语音和视频，文件名与 data.json 中的 file 对应

时间为 UTC。微信推送的原文（最多保留 DAOGOU_RAW_DAYS 天）与会话内容相同，不再重复收录。
Everything this installation keeps about the member. Times are UTC.
";

/// The file, piece by piece; it ends early with an error when something fails.
pub struct Export(mpsc::Receiver<Result<Vec<u8>>>);

impl Export {
    /// The next piece.
    pub async fn next(&mut self) -> Option<Result<Vec<u8>>> {
        self.0.recv().await
    }
}

/// Writes down who takes a member's data out, and begins to write the file.
///
/// # Errors
/// When the store fails.
pub async fn export(ctx: &Context, account: &Account, member: MemberId, by: By) -> Result<Export> {
    let now = Timestamp::from(ctx.clock.now());
    ctx.db
        .write((account.id, member, by, now), |txn, args| {
            Box::pin(async move {
                let (account, member, by, now) = *args;
                note_in(txn, account, member, by, now).await
            })
        })
        .await?;
    let (sender, receiver) = mpsc::channel(AHEAD);
    let mut file = File {
        ctx: ctx.clone(),
        archive: Archive::new(&now.to_utc().with_timezone(&ctx.config.timezone)),
        sender: sender.clone(),
        guides: HashMap::new(),
        member,
        now,
    };
    let stop = ctx.tasks.stop.clone();
    ctx.tasks.run(async move {
        let written = stop.run_until_cancelled(file.write()).await;
        let written = written.unwrap_or_else(|| Err(Error::Internal("the server stops".into())));
        if let Err(error) = written {
            // Whoever reads it sees that it is not whole, if she is still there.
            let _gone = sender.send(Err(error)).await;
        }
    });
    Ok(Export(receiver))
}

async fn note_in(
    txn: &Txn,
    account: daogou_schema::AccountId,
    member: MemberId,
    by: By,
    now: Timestamp,
) -> Result<()> {
    let entry = Entry {
        by,
        account: Some(account),
        act: Act::ExportMember,
        subject: audit::subject("member", member),
        before: None,
        after: None,
    };
    audit::note_in(txn, now, entry).await
}

struct File {
    ctx: Context,
    archive: Archive,
    sender: mpsc::Sender<Result<Vec<u8>>>,
    guides: HashMap<GuideId, String>,
    member: MemberId,
    now: Timestamp,
}

impl File {
    async fn write(&mut self) -> Result<()> {
        self.archive.begin("说明.txt")?;
        self.archive.write(READ_ME.as_bytes())?;
        self.archive.begin("data.json")?;
        let files = self.data().await?;
        self.files(&files).await?;
        self.archive.finish()?;
        self.hand_on(0).await
    }

    /// Hands on what waits, when it is more than `most`.
    async fn hand_on(&mut self, most: usize) -> Result<()> {
        if self.archive.waiting() <= most {
            return Ok(());
        }
        let sent = self.sender.send(Ok(self.archive.take())).await;
        sent.map_err(|_gone| Error::Internal("nobody reads the file any more".into()))
    }

    async fn text(&mut self, text: &str) -> Result<()> {
        self.archive.write(text.as_bytes())?;
        self.hand_on(PIECE).await
    }

    /// Writes the rows as JSON and says which files they name.
    async fn data(&mut self) -> Result<Vec<media::Model>> {
        let db = self.ctx.db.reads().clone();
        let member = self.member;
        let identities = rows::identities(&db, member).await?;
        self.text("{\n").await?;
        let head = json!(at(self.now));
        self.text(&format!("\"made_at\": {head}")).await?;
        let card = members::cards::of(&db, &[member]).await?.remove(&member);
        let who = rows::member(&db, member).await?.map(|row| {
            json!({
                "number": row.id, "unionid": row.unionid, "name": row.name, "birthday": row.birthday, "card": card,
                "one_of_ours": row.insider.map(|it| it.to_value()),
                "only_answers": row.quiet, "no_marketing": row.muted, "first_seen": at(row.created_at),
            })
        });
        self.part("member", who).await?;
        let mut known = Vec::new();
        for row in &identities {
            known.push(self.identity(row).await?);
        }
        self.part("identities", known).await?;
        let phone = self.phone().await?;
        self.part("phone", phone).await?;
        let people: Vec<_> = identities.iter().map(address).collect();
        let windows = rows::windows(&db, &people).await?;
        let windows = windows.iter().map(|row| {
            json!({ "opened_by": row.trigger.to_value(), "until": at(row.until), "left": row.remaining })
        });
        self.part("reply_windows", windows.collect::<Vec<_>>())
            .await?;
        let binding = rows::binding(&db, member).await?;
        let binding = match binding {
            Some(row) => {
                Some(json!({ "name": self.guide(row.guide_id).await?, "since": at(row.bound_at) }))
            }
            None => None,
        };
        self.part("guide", binding).await?;
        let mut numbers = Vec::new();
        for row in rows::numbers(&db, member).await? {
            let guide = self.guide(row.guide_id).await?;
            numbers
                .push(json!({ "guide": guide, "number": row.number, "since": at(row.given_at) }));
        }
        self.part("numbers", numbers).await?;
        let talk = rows::conversation(&db, member).await?.map(|row| {
            json!({ "last_wrote": row.last_member_at.map(at), "last_answered": row.last_reply_at.map(at), "unanswered": row.unanswered })
        });
        self.part("conversation_state", talk).await?;
        let tags = rows::tags(&db, member).await?;
        self.part("tags", tags).await?;
        for (name, rows) in written::about(&self.ctx, member).await? {
            self.part(name, rows).await?;
        }
        self.consents().await?;
        self.bindings().await?;
        self.hand_overs().await?;
        let files = self.lines().await?;
        self.messages(&people).await?;
        self.text("\n}\n").await?;
        Ok(files)
    }

    async fn part(&mut self, name: &str, value: impl serde::Serialize) -> Result<()> {
        let value = serde_json::to_string(&value)
            .map_err(|error| Error::Internal(format!("an export is not written: {error}")))?;
        self.text(&format!(",\n\"{name}\": {value}")).await
    }

    async fn begin_list(&mut self, name: &str) -> Result<()> {
        self.text(&format!(",\n\"{name}\": [")).await
    }

    async fn item(&mut self, first: &mut bool, value: &Value) -> Result<()> {
        let gap = if std::mem::take(first) { "\n" } else { ",\n" };
        self.text(&format!("{gap}{value}")).await
    }

    async fn consents(&mut self) -> Result<()> {
        let (db, mut after, mut first) = (self.ctx.db.reads().clone(), 0, true);
        self.begin_list("consents").await?;
        loop {
            let rows = rows::consents(&db, self.member, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in &rows {
                let item = json!({
                    "at": at(row.at), "purpose": row.purpose.to_value(), "given": row.given,
                    "way": row.way.to_value(), "text_version": row.text_version,
                });
                self.item(&mut first, &item).await?;
            }
        }
        self.text("]").await
    }

    async fn bindings(&mut self) -> Result<()> {
        let (db, mut after, mut first) = (self.ctx.db.reads().clone(), 0, true);
        self.begin_list("binding_history").await?;
        loop {
            let rows = rows::binding_events(&db, self.member, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.id;
            for row in &rows {
                let from = self.guide_or_none(row.from_guide_id).await?;
                let to = self.guide_or_none(row.to_guide_id).await?;
                let item = json!({ "at": at(row.at), "reason": row.reason.to_value(), "from": from, "to": to });
                self.item(&mut first, &item).await?;
            }
        }
        self.text("]").await
    }

    async fn hand_overs(&mut self) -> Result<()> {
        let db = self.ctx.db.reads().clone();
        let mut first = true;
        self.begin_list("hand_overs").await?;
        for row in rows::hand_overs(&db, self.member).await? {
            let to = self.guide(row.to_guide_id).await?;
            let item = json!({ "number": row.hand_over_id, "to": to, "bound_before": at(row.bound_at), "outcome": row.outcome.to_value() });
            self.item(&mut first, &item).await?;
        }
        self.text("]").await
    }

    async fn lines(&mut self) -> Result<Vec<media::Model>> {
        let (db, mut after, mut first) = (self.ctx.db.reads().clone(), 0, true);
        let mut kept = Vec::new();
        self.begin_list("conversation").await?;
        loop {
            let rows = rows::lines(&db, self.member, after).await?;
            let Some(last) = rows.last() else { break };
            after = last.id.0;
            let named: Vec<MediaId> = rows.iter().flat_map(|row| files_of(&row.content)).collect();
            let files = crate::media::those(&self.ctx, &named).await?;
            for row in &rows {
                let guide = self.guide_or_none(row.guide_id).await?;
                let named = files_of(&row.content);
                let paths: Vec<_> = files
                    .iter()
                    .filter(|file| named.contains(&file.id))
                    .filter_map(path)
                    .collect();
                let item = json!({
                    "at": at(row.at), "author": row.author.to_value(), "guide": guide,
                    "content": row.content, "files": paths,
                });
                self.item(&mut first, &item).await?;
            }
            kept.extend(files.into_iter().filter(|file| file.file.is_some()));
        }
        self.text("]").await?;
        Ok(kept)
    }

    async fn messages(&mut self, people: &[Address]) -> Result<()> {
        let (db, mut first) = (self.ctx.db.reads().clone(), true);
        self.begin_list("messages_to_her").await?;
        for person in people {
            let mut after = 0;
            loop {
                let rows = rows::messages(&db, self.member, person, after).await?;
                let Some(last) = rows.last() else { break };
                after = last.id.0;
                for row in &rows {
                    let item = json!({
                        "at": at(row.created_at), "for": row.purpose.to_value(), "state": row.state.to_value(),
                        "settled_at": row.settled_at.map(at), "content": row.content,
                    });
                    self.item(&mut first, &item).await?;
                }
            }
        }
        self.text("]").await
    }

    async fn identity(&self, row: &identity::Model) -> Result<Value> {
        let account = accounts::get(&self.ctx, row.account_id).await?;
        Ok(json!({
            "appid": account.appid, "openid": row.openid, "follows": row.subscribed,
            "came_by": row.subscribe_scene, "first_followed": row.first_subscribed_at.map(at), "followed": row.subscribed_at.map(at),
            "unfollowed": row.unsubscribed_at.map(at), "last_seen": at(row.last_seen_at),
        }))
    }

    async fn phone(&self) -> Result<Option<String>> {
        match queries::phones::get(self.ctx.db.reads(), self.member).await? {
            Some(row) => phones::open(&self.ctx, &row).map(Some),
            None => Ok(None),
        }
    }

    async fn guide_or_none(&mut self, id: Option<GuideId>) -> Result<Option<String>> {
        match id {
            Some(id) => self.guide(id).await.map(Some),
            None => Ok(None),
        }
    }

    async fn guide(&mut self, id: GuideId) -> Result<String> {
        if let Some(name) = self.guides.get(&id) {
            return Ok(name.clone());
        }
        let name = guides::name_of(self.ctx.db.reads(), id).await?;
        self.guides.insert(id, name.clone());
        Ok(name)
    }

    async fn files(&mut self, files: &[media::Model]) -> Result<()> {
        let mut missing = Vec::new();
        for row in files {
            let (Some(name), Some(path)) = (&row.file, path(row)) else {
                continue;
            };
            let on_disk = self.ctx.config.media_dir.join(name);
            let size = tokio::fs::metadata(&on_disk).await.map(|file| file.len());
            match size {
                Ok(size) if self.archive.has_room_for(size) => {
                    self.archive.begin(&path)?;
                    self.copy(&on_disk).await?;
                }
                // Gone from the disk, or more than one ZIP file holds.
                _ => missing.push(path),
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        self.archive.begin("media/missing.txt")?;
        self.text(&missing.join("\n")).await
    }

    async fn copy(&mut self, from: &std::path::Path) -> Result<()> {
        let failed =
            |error: std::io::Error| Error::Internal(format!("a file is not read: {error}"));
        let mut file = tokio::fs::File::open(from).await.map_err(failed)?;
        let mut buffer = vec![0; PIECE];
        loop {
            let read = file.read(&mut buffer).await.map_err(failed)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else {
                return Ok(());
            };
            self.archive.write(bytes)?;
            self.hand_on(PIECE).await?;
        }
    }
}

fn at(moment: Timestamp) -> String {
    moment.to_utc().to_rfc3339()
}

fn address(row: &identity::Model) -> Address {
    Address {
        account_id: row.account_id,
        openid: row.openid.clone(),
    }
}

/// Where a file stands in the ZIP file.
fn path(row: &media::Model) -> Option<String> {
    let name = row.file.as_deref()?.rsplit('/').next()?;
    Some(format!("media/{name}"))
}
