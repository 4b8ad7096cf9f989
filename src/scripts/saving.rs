//! Writing scripts: what is checked, who may, and what is noted of it.

use daogou_schema::{AccountId, GuideId, PictureId, ScriptId, StoreId, Timestamp, guide, script};
use sea_orm::Set;
use serde_json::{Value, json};

use super::{BRAND_MAX, OWN_MAX, is_in_use, queries, rules};
use crate::audit::{self, Act, By, Entry};
use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;
use crate::guides;
use crate::pictures;
use crate::sensitive::Shelf;

/// What somebody wrote.
#[derive(Clone, Debug)]
pub struct Draft {
    /// When it is said; may be empty.
    pub category: String,
    /// What is said.
    pub text: String,
    /// The only store that sees it; of a guide's own it is not asked.
    pub store: Option<StoreId>,
    /// Where it stands among those that are used as often.
    pub place: i32,
    /// What is shown with it.
    pub picture: NewPicture,
}

/// What becomes of a script's picture.
#[derive(Clone, Debug, Default)]
pub enum NewPicture {
    /// It stays.
    #[default]
    Same,
    /// There is none any more.
    None,
    /// This one, by its content.
    This(Vec<u8>),
}

/// Why nothing was saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// Nothing is said.
    Empty,
    /// It is longer than [`rules::TEXT_CHARS_MAX`].
    Long,
    /// It has characters that cannot be shown.
    Unreadable,
    /// The category is too long or cannot be shown.
    Category,
    /// This stands in braces and is no variable.
    Variable(String),
    /// These sensitive words are in it: it would never reach a customer.
    Words(String),
    /// The picture is none.
    Picture(pictures::rules::No),
    /// There is no such store.
    Store,
    /// There are as many as there may be: so many.
    Many(u32),
    /// There is no such script, or not any more.
    Missing,
}

impl No {
    /// The same for whoever wrote it, with what to do.
    pub fn told(&self) -> String {
        match self {
            Self::Empty => "请填写话术内容".to_owned(),
            Self::Long => format!("话术最多 {} 个字，请缩短后再保存", rules::TEXT_CHARS_MAX),
            Self::Unreadable => "话术里有不能显示的字符，请删去后再保存".to_owned(),
            Self::Category => format!("场景最多 {} 个字", rules::CATEGORY_CHARS_MAX),
            Self::Variable(name) => {
                format!("没有变量“{{{name}}}”：可以用 {{顾客称呼}}、{{导购}}、{{门店}}")
            }
            Self::Words(words) => format!("含敏感词“{words}”，发不到顾客那里，请改写"),
            Self::Picture(no) => no.told().to_owned(),
            Self::Store => "请选择一家门店，或选全部门店".to_owned(),
            Self::Many(most) => format!("话术已有 {most} 条，请先归档不用的"),
            Self::Missing => "这条话术已经不在了，请返回列表查看".to_owned(),
        }
    }
}

/// Whose script is written, and by whom: headquarters' by staff, or a guide's own by herself.
#[derive(Clone, Copy, Debug)]
pub(super) enum Hand {
    Brand(By),
    Own(GuideId),
}

impl Hand {
    pub(super) fn guide(self) -> GuideId {
        match self {
            Self::Brand(_) => GuideId::NONE,
            Self::Own(guide) => guide,
        }
    }

    pub(super) fn most(self) -> u32 {
        match self {
            Self::Brand(_) => BRAND_MAX,
            Self::Own(_) => OWN_MAX,
        }
    }
}

/// Writes one of headquarters' scripts, or changes `id`.
///
/// # Errors
/// When the store or the disk fails.
pub async fn save(
    ctx: &Context,
    account: AccountId,
    id: Option<ScriptId>,
    draft: Draft,
    by: By,
) -> Result<Result<ScriptId, No>> {
    write(ctx, account, id, draft, Hand::Brand(by)).await
}

/// Writes one of a guide's own scripts, or changes `id`.
///
/// # Errors
/// When the store or the disk fails.
pub async fn save_own(
    ctx: &Context,
    guide: &guide::Model,
    id: Option<ScriptId>,
    draft: Draft,
) -> Result<Result<ScriptId, No>> {
    let draft = Draft {
        store: None,
        ..draft
    };
    write(ctx, guide.account_id, id, draft, Hand::Own(guide.id)).await
}

/// What is written, once it is known to be good.
struct Writing {
    account: AccountId,
    id: Option<ScriptId>,
    draft: Draft,
    /// The new picture; none: as the draft says.
    picture: Option<PictureId>,
    hand: Hand,
    now: Timestamp,
}

async fn write(
    ctx: &Context,
    account: AccountId,
    id: Option<ScriptId>,
    draft: Draft,
    hand: Hand,
) -> Result<Result<ScriptId, No>> {
    let mut draft = Draft {
        category: draft.category.trim().to_owned(),
        text: draft.text.replace("\r\n", "\n").trim().to_owned(),
        ..draft
    };
    if let Err(no) = check(&draft) {
        return Ok(Err(no));
    }
    if let Some(words) = ctx.kept::<Shelf>().find(account, &draft.text) {
        return Ok(Err(No::Words(words)));
    }
    let picture = match std::mem::take(&mut draft.picture) {
        NewPicture::This(bytes) => match pictures::keep(ctx, account, &bytes).await? {
            Ok(picture) => Some(picture),
            Err(no) => return Ok(Err(No::Picture(no))),
        },
        other => {
            draft.picture = other;
            None
        }
    };
    let writing = Writing {
        account,
        id,
        draft,
        picture,
        hand,
        now: Timestamp::from(ctx.clock.now()),
    };
    ctx.db
        .write(writing, |txn, writing| Box::pin(write_in(txn, writing)))
        .await
}

fn check(draft: &Draft) -> Result<(), No> {
    match draft.text.chars().count() {
        0 => return Err(No::Empty),
        count if count > rules::TEXT_CHARS_MAX => return Err(No::Long),
        _ => {}
    }
    if !rules::can_be_shown(&draft.text) {
        return Err(No::Unreadable);
    }
    let category = &draft.category;
    let shown = !category.chars().any(char::is_control);
    if !shown || category.chars().count() > rules::CATEGORY_CHARS_MAX {
        return Err(No::Category);
    }
    match rules::unknown(&draft.text) {
        Some(name) => Err(No::Variable(name.chars().take(20).collect())),
        None => Ok(()),
    }
}

async fn write_in(txn: &Txn, writing: &Writing) -> Result<Result<ScriptId, No>> {
    let Writing {
        account,
        id,
        draft,
        picture,
        hand,
        now,
    } = writing;
    if let Some(store) = draft.store
        && guides::store_in(txn, store)
            .await?
            .is_none_or(|row| row.account_id != *account)
    {
        return Ok(Err(No::Store));
    }
    let before = match id {
        Some(id) => match theirs(txn, *account, *id, *hand).await? {
            Some(row) if is_in_use(&row) => Some(row),
            _ => return Ok(Err(No::Missing)),
        },
        None => None,
    };
    let (whose, most) = (hand.guide(), hand.most());
    if before.is_none() && queries::size(txn, *account, whose, most).await? >= most.into() {
        return Ok(Err(No::Many(most)));
    }
    let same = before.as_ref().and_then(|row| row.picture_id);
    let picture = match draft.picture {
        _ if picture.is_some() => *picture,
        NewPicture::None => None,
        NewPicture::Same | NewPicture::This(_) => same,
    };
    let row = script::ActiveModel {
        store_id: Set(draft.store),
        category: Set(draft.category.clone()),
        text: Set(draft.text.clone()),
        letters: Set(rules::letters(&draft.category, &draft.text)),
        picture_id: Set(picture),
        place: Set(draft.place),
        changed_at: Set(*now),
        ..Default::default()
    };
    let saved = match &before {
        Some(before) => {
            queries::update(txn, before.id, row).await?;
            before.id
        }
        None => {
            let new = script::ActiveModel {
                account_id: Set(*account),
                guide_id: Set(whose),
                uses: Set(0),
                created_at: Set(*now),
                archived_at: Set(Timestamp(0)),
                ..row
            };
            queries::insert(txn, new).await?
        }
    };
    let act = match before {
        Some(_) => Act::ChangeScript,
        None => Act::AddScript,
    };
    let after = json!({ "text": draft.text, "category": draft.category, "store": draft.store, "picture": picture });
    note(
        txn,
        *now,
        *hand,
        act,
        (*account, saved),
        (before.map(told), Some(after)),
    )
    .await?;
    Ok(Ok(saved))
}

/// The script, locked, if it is this hand's.
pub(super) async fn theirs(
    txn: &Txn,
    account: AccountId,
    id: ScriptId,
    hand: Hand,
) -> Result<Option<script::Model>> {
    let found = queries::locked(txn, id).await?;
    Ok(found.filter(|row| row.account_id == account && row.guide_id == hand.guide()))
}

pub(super) fn told(row: script::Model) -> Value {
    json!({ "text": row.text, "category": row.category, "store": row.store_id, "picture": row.picture_id })
}

/// What a guide does with her own is hers alone.
pub(super) async fn note(
    txn: &Txn,
    now: Timestamp,
    hand: Hand,
    act: Act,
    (account, id): (AccountId, ScriptId),
    (before, after): (Option<Value>, Option<Value>),
) -> Result<()> {
    let Hand::Brand(by) = hand else {
        return Ok(());
    };
    let entry = Entry {
        by,
        account: Some(account),
        act,
        subject: audit::subject("script", id),
        before,
        after,
    };
    audit::note_in(txn, now, entry).await
}
