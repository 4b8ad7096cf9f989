//! Typed ids: a guide's id is never taken for a member's.

use sea_orm::DeriveValueType;
use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, DeriveValueType)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// One WeChat appid served by this installation.
    AccountId
    /// A store 门店.
    StoreId
    /// A region 区域.
    RegionId
    /// A guide 导购.
    GuideId
    /// A scene code 场景码.
    CodeId
    /// One person 会员, over all accounts.
    MemberId
    /// One push as WeChat delivered it. Ids grow in arrival order within one process, not gaplessly.
    InboundId
    /// One line of a conversation.
    MessageId
    /// One message on its way to a person.
    OutboundId
    /// One asked "for whom is this?".
    QuestionId
    /// One stored picture, voice or video.
    MediaId
    /// One picture that the brand or a guide uses.
    PictureId
    /// One script 话术.
    ScriptId
    /// One visit 到店.
    VisitId
    /// One person of the staff 员工.
    StaffId
    /// One hand-over 移交.
    HandOverId
    /// One erasure of a person.
    ErasureId
    /// One invitation to the staff.
    InvitationId
    /// One person who wants to join a store as a guide.
    ApplicantId
    /// One note 备注 about a member.
    NoteId
    /// One task 任务.
    TaskId
    /// One tag 标签.
    TagId
    /// One bulk work 批量操作.
    BulkId
    /// One run over an account's followers.
    FollowerSyncId
    /// One version of an account's menus.
    MenuVersionId
    /// One file that was brought in 导入.
    ImportId
    /// One list that is taken out 导出.
    ExportId
    /// Two profiles made one 合并.
    MergeId
    /// One field of the brand's own 自定义字段.
    FieldId
    /// One choice of such a field.
    ChoiceId
    /// One sensitive word 敏感词.
    SensitiveWordId
    /// One line in which such a word was found.
    SensitiveHitId
}

impl GuideId {
    /// No guide has this number: what is headquarters'.
    pub const NONE: Self = Self(0);
}

impl CodeId {
    /// No code has this number: who followed without one.
    pub const NONE: Self = Self(0);
}

/// A person as WeChat reaches her: an openid of an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// The account.
    pub account_id: AccountId,
    /// Her openid there; case matters.
    pub openid: String,
}
