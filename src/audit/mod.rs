//! The audit log 操作记录: who changed what, with what was before and after. A row is written in the unit that makes the
//! change, and sealed together with the one before it, so that a row that is altered, removed or moved is found.

mod chain;
mod queries;

use daogou_schema::audit::Model;
use daogou_schema::{AccountId, StaffId, Timestamp};
use serde_json::Value;
use strum::{EnumIter, EnumString, IntoStaticStr};

use crate::context::Context;
use crate::db::Txn;
use crate::error::Result;

/// How many rows are read at once when all of them are looked through.
const PIECE: u64 = 1000;

/// Who does something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Somebody at the console.
    Staff(StaffId),
    /// A command on the server, or the server itself.
    Command,
}

impl By {
    /// Somebody at the console, if it is.
    pub fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff(id) => Some(id),
            Self::Command => None,
        }
    }
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, EnumString, EnumIter)]
#[strum(serialize_all = "snake_case")]
pub enum Act {
    /// Somebody is invited to the staff.
    Invite,
    /// An invitation is taken back.
    WithdrawInvitation,
    /// Somebody took an invitation up.
    JoinStaff,
    /// Somebody's sign-ins are ended by a colleague.
    SignOutStaff,
    /// Somebody of the staff is dismissed.
    DismissStaff,
    /// A dealer gets other regions.
    SetRegions,
    /// A region is added.
    AddRegion,
    /// A region gets another name or lies in another one.
    ChangeRegion,
    /// A region is removed.
    RemoveRegion,
    /// A store is added.
    AddStore,
    /// A store gets another name, other hours or another text outside them.
    ChangeStore,
    /// A store closes.
    CloseStore,
    /// That is taken back.
    ReopenStore,
    /// A guide is added.
    AddGuide,
    /// A guide gets another name or stand-in.
    ChangeGuide,
    /// A store gets a link by which guides ask to join.
    MakeJoinLink,
    /// That link is taken back.
    WithdrawJoinLink,
    /// Somebody who asked to join becomes a guide.
    ApproveApplicant,
    /// Somebody who asked to join does not.
    DeclineApplicant,
    /// A guide gets a new link code.
    NewLinkCode,
    /// A guide gets a one-time link to the workbench.
    MakeSignInLink,
    /// A guide's sign-ins at the workbench are ended.
    SignOutGuide,
    /// A guide's welcome text is changed.
    SetWelcome,
    /// A campaign is added.
    AddCampaign,
    /// A campaign gets another name, time, takers or words, or is ended.
    ChangeCampaign,
    /// An account's followers begin to be taken in, or go on to be.
    StartFollowers,
    /// That is stopped on the way.
    StopFollowers,
    /// What an account's menu will be is written or thrown away.
    SaveMenu,
    /// An account's menu is published.
    PublishMenu,
    /// It is wished that a guide's customers are handed over.
    ProposeHandOver,
    /// That is not done.
    DeclineHandOver,
    /// A guide is frozen to be handed over.
    FreezeGuide,
    /// It is decided who gets a guide's customers.
    ConfirmHandOver,
    /// A hand-over is undone or called off.
    UndoHandOver,
    /// A rule of an account is changed.
    SetAccount,
    /// A tag is added.
    AddTag,
    /// A tag gets another name.
    RenameTag,
    /// A tag is removed, and everybody loses it.
    RemoveTag,
    /// A member gets or loses tags.
    TagMember,
    /// A member gets another name.
    NameMember,
    /// A field is added, changed, moved or archived.
    ChangeField,
    /// What stands in a member's fields is changed.
    SetFields,
    /// A member is marked as staff, as a tester or as a customer.
    MarkInsider,
    /// The same is begun to be done to many members.
    StartBulk,
    /// That is stopped on the way.
    StopBulk,
    /// That is undone.
    UndoBulk,
    /// An account is added.
    AddAccount,
    /// An account's name or secrets are changed.
    ChangeAccount,
    /// Somebody changes her own name or password.
    ChangeSelf,
    /// Somebody asks for codes at her sign-ins from now on.
    TotpOn,
    /// No codes are asked at somebody's sign-ins any more.
    TotpOff,
    /// Everything that is kept about a member is taken out of the house.
    ExportMember,
    /// Everything that is kept about a member is to be erased.
    EraseMember,
    /// What a member agreed to or took back is noted.
    NoteConsent,
    /// A member's phone number is noted or removed.
    SetPhone,
    /// A member's whole phone number is shown.
    RevealPhone,
    /// The rows of a file begin to be taken.
    StartImport,
    /// That is stopped on the way.
    StopImport,
    /// A list of members is ordered to be taken out.
    StartExport,
    /// Such a list is whole.
    FinishExport,
    /// Such a list is fetched.
    FetchExport,
    /// Two members become one.
    MergeMembers,
    /// They are two again.
    UnmergeMembers,
    /// A tag is put on by a rule from now on, or not any more.
    SetTagRule,
    /// Sensitive words are added.
    AddSensitiveWords,
    /// A sensitive word is removed.
    RemoveSensitiveWord,
    /// A script is written.
    AddScript,
    /// A script is changed.
    ChangeScript,
    /// A script is put away.
    ArchiveScript,
    /// A script is brought back.
    RestoreScript,
}

impl Act {
    /// Its word in the store.
    pub fn word(self) -> &'static str {
        self.into()
    }
}

/// One change.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Who.
    pub by: By,
    /// In which account.
    pub account: Option<AccountId>,
    /// What.
    pub act: Act,
    /// To what: kind and id.
    pub subject: String,
    /// What it was.
    pub before: Option<Value>,
    /// What it is now.
    pub after: Option<Value>,
}

/// Writes a change down. Whoever writes the next one waits until this unit ends, so it comes last in the unit.
///
/// # Errors
/// When the store fails.
pub async fn note_in(txn: &Txn, now: Timestamp, entry: Entry) -> Result<()> {
    let head = queries::head(txn).await?;
    let json = |value: Option<Value>| value.map(|value| value.to_string());
    let mut row = Model {
        seq: head.seq + 1,
        at: now,
        staff_id: entry.by.staff(),
        account_id: entry.account,
        act: entry.act.word().to_owned(),
        subject: entry.subject,
        before: json(entry.before),
        after: json(entry.after),
        digest: String::new(),
    };
    row.digest = chain::digest(&head.digest, &row);
    queries::move_head(txn, row.seq, &row.digest).await?;
    queries::insert(txn, row).await
}

/// What is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Wanted {
    /// What one of the staff did.
    pub staff: Option<StaffId>,
    /// Older than this row.
    pub before: Option<i64>,
}

/// The newest `count` rows.
///
/// # Errors
/// When the store fails.
pub async fn newest(ctx: &Context, wanted: Wanted, count: u64) -> Result<Vec<Model>> {
    queries::newest(ctx.db.reads(), wanted, count).await
}

/// What a look through the whole log found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row is as it was written, and none is missing.
    Whole {
        /// How many there are.
        rows: i64,
        /// The newest one's digest: kept elsewhere, it shows later that nobody wrote the whole log anew.
        digest: String,
    },
    /// From this row on it is not.
    Broken {
        /// Where.
        seq: i64,
        /// What is wrong there.
        fault: Fault,
    },
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not there, or not in its place.
    Missing,
    /// It says something else than when it was written, or came in later.
    Altered,
}

/// Looks through the whole log.
///
/// # Errors
/// When the store fails.
pub async fn verify(ctx: &Context) -> Result<Verdict> {
    let db = ctx.db.reads();
    // The end first: rows that come meanwhile are not looked at.
    let head = queries::end(db).await?;
    let mut chain = chain::Chain::default();
    loop {
        let rows = queries::after(db, chain.seq, head.seq, PIECE).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            if let Err(verdict) = chain.takes(row) {
                return Ok(verdict);
            }
        }
    }
    Ok(chain.ends_at(&head))
}

/// Whether a row has this digest.
///
/// # Errors
/// When the store fails.
pub async fn has(ctx: &Context, digest: &str) -> Result<bool> {
    let mut seq = 0;
    loop {
        let rows = piece(ctx, seq).await?;
        match rows.last() {
            _ if rows.iter().any(|row| row.digest == digest) => return Ok(true),
            Some(last) => seq = last.seq,
            None => return Ok(false),
        }
    }
}

/// What a row names: a kind of thing and which.
pub fn subject(kind: &str, id: impl std::fmt::Display) -> String {
    format!("{kind} {id}")
}

/// All rows up to now, oldest first, a piece at a time: the next ones behind `after`.
///
/// # Errors
/// When the store fails.
pub async fn piece(ctx: &Context, after: i64) -> Result<Vec<Model>> {
    queries::after(ctx.db.reads(), after, i64::MAX, PIECE).await
}
