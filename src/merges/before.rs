//! What was where before two profiles became one. Pure.

use daogou_schema::member::Insider;
use daogou_schema::{
    AccountId, CodeId, FieldId, GuideId, MemberId, MessageId, NoteId, OutboundId, SensitiveHitId,
    StoreId, TagId, TaskId, Timestamp, VisitId, binding, conversation, member, member_phone,
};
use sea_orm::ActiveEnum;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::fields::rules::Values;

/// Everything that is needed to make them two again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Before {
    pub kept: Person,
    pub gone: Person,
    /// How the kept one was called and what she wished when they were one.
    pub after: Named,
    /// Her guide then.
    pub after_guide: Option<GuideId>,
    /// Her talk then.
    pub after_talk: Option<Talk>,
    /// What changed hands.
    pub moved: Moved,
}

/// What changed hands: identities, lines, messages, consents, numbers of guides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub identities: Vec<(AccountId, String)>,
    /// Who waited in which account, and does not any more.
    pub waited: Vec<(AccountId, MemberId)>,
    pub lines: Vec<MessageId>,
    pub messages: Vec<OutboundId>,
    pub consents: Vec<i64>,
    /// Lines in which sensitive words were found.
    #[serde(default)]
    pub found: Vec<SensitiveHitId>,
    /// What guides had written down.
    #[serde(default)]
    pub written: (Vec<NoteId>, Vec<TaskId>),
    #[serde(default)]
    pub visits: Vec<VisitId>,
    pub numbers: Vec<(GuideId, i32)>,
    /// The kept one has the gone one's phone number.
    pub phone: bool,
    /// And her card.
    pub card: bool,
    /// Tags that the kept one got.
    pub tags: Vec<TagId>,
    /// Fields in which the gone one's words stand now.
    #[serde(default)]
    pub fields: Vec<FieldId>,
}

/// One of the two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Person {
    pub named: Named,
    pub guide: Option<Bound>,
    /// She had nobody.
    pub unbound: bool,
    pub talk: Option<Talk>,
    pub tags: Vec<TagId>,
    pub card: Option<String>,
    pub phone: Option<Phone>,
    /// What stood in her fields.
    #[serde(default)]
    pub fields: Values,
}

/// What a member's own row says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Named {
    pub name: Option<String>,
    pub unionid: Option<String>,
    #[serde(default)]
    pub birthday: Option<String>,
    pub quiet: bool,
    pub muted: bool,
    /// The word of the store for who is no customer.
    #[serde(default)]
    insider: Option<String>,
}

impl Named {
    pub(super) fn of(row: &member::Model) -> Self {
        Self {
            name: row.name.clone(),
            unionid: row.unionid.clone(),
            birthday: row.birthday.clone(),
            quiet: row.quiet,
            muted: row.muted,
            insider: row.insider.map(|it| it.to_value()),
        }
    }

    /// What both say: the first one's words before the other's, and the wish of either.
    pub(super) fn with(&self, other: &Self) -> Self {
        Self {
            name: self.name.clone().or_else(|| other.name.clone()),
            unionid: self.unionid.clone().or_else(|| other.unionid.clone()),
            birthday: self.birthday.clone().or_else(|| other.birthday.clone()),
            quiet: self.quiet || other.quiet,
            muted: self.muted || other.muted,
            insider: self.insider.clone().or_else(|| other.insider.clone()),
        }
    }

    /// Who is no customer.
    pub(super) fn insider(&self) -> Option<Insider> {
        let word = self.insider.as_ref()?;
        Insider::try_from_value(word).ok()
    }
}

/// A binding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Bound {
    pub guide: GuideId,
    store: StoreId,
    code: Option<CodeId>,
    at: Timestamp,
}

impl Bound {
    pub(super) fn of(row: &binding::Model) -> Self {
        Self {
            guide: row.guide_id,
            store: row.store_id,
            code: row.code_id,
            at: row.bound_at,
        }
    }

    pub(super) fn row(&self, member: MemberId) -> binding::Model {
        binding::Model {
            member_id: member,
            guide_id: self.guide,
            store_id: self.store,
            code_id: self.code,
            bound_at: self.at,
        }
    }
}

/// A conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Talk {
    account: AccountId,
    openid: String,
    guide: Option<GuideId>,
    pub member_at: Option<Timestamp>,
    line: Option<MessageId>,
    unanswered: bool,
    reply_at: Option<Timestamp>,
    told_at: Option<Timestamp>,
    new_guide: Option<GuideId>,
}

impl Talk {
    pub(super) fn of(row: &conversation::Model) -> Self {
        Self {
            account: row.account_id,
            openid: row.openid.clone(),
            guide: row.guide_id,
            member_at: row.last_member_at,
            line: row.last_line_id,
            unanswered: row.unanswered,
            reply_at: row.last_reply_at,
            told_at: row.told_at,
            new_guide: row.new_guide_id,
        }
    }

    pub(super) fn row(&self, member: MemberId) -> conversation::Model {
        conversation::Model {
            member_id: member,
            account_id: self.account,
            openid: self.openid.clone(),
            guide_id: self.guide,
            last_member_at: self.member_at,
            last_line_id: self.line,
            unanswered: self.unanswered,
            unread: None,
            last_reply_at: self.reply_at,
            told_at: self.told_at,
            new_guide_id: self.new_guide,
        }
    }

    /// The same, served by this guide.
    pub(super) fn served_by(self, guide: GuideId) -> Self {
        Self {
            guide: Some(guide),
            ..self
        }
    }

    /// One talk of both: where she wrote last, and who serves the kept one.
    pub(super) fn with(&self, other: &Self) -> Self {
        let last = match other.member_at > self.member_at {
            true => other,
            false => self,
        };
        Self {
            guide: self.guide,
            reply_at: self.reply_at.max(other.reply_at),
            told_at: self.told_at,
            new_guide: self.new_guide,
            ..last.clone()
        }
    }
}

/// A phone number, encrypted for whose it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Phone {
    sealed: Vec<u8>,
    pub digest: String,
    masked: String,
    noted_at: Timestamp,
}

impl Phone {
    pub(super) fn of(row: &member_phone::Model) -> Self {
        Self {
            sealed: row.sealed.clone(),
            digest: row.digest.clone(),
            masked: row.masked.clone(),
            noted_at: row.noted_at,
        }
    }

    pub(super) fn row(&self, member: MemberId) -> member_phone::Model {
        member_phone::Model {
            member_id: member,
            sealed: self.sealed.clone(),
            digest: self.digest.clone(),
            masked: self.masked.clone(),
            noted_at: self.noted_at,
        }
    }
}

/// As the store keeps it.
pub(super) fn written(before: &Before) -> Result<String> {
    serde_json::to_string(before).map_err(unreadable)
}

/// Reads [`written`].
pub(super) fn read(text: &str) -> Result<Before> {
    serde_json::from_str(text).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("what was before a merge cannot be kept: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn talk(member_at: i64) -> Talk {
        Talk {
            account: AccountId(1),
            openid: format!("o{member_at}"),
            guide: Some(GuideId(member_at)),
            member_at: Some(Timestamp(member_at)),
            line: None,
            unanswered: false,
            reply_at: None,
            told_at: None,
            new_guide: None,
        }
    }

    #[test]
    fn one_talk_of_both_is_where_she_wrote_last_with_who_serves_the_kept_one() {
        let both = talk(1).with(&talk(2));
        assert_eq!((both.openid.as_str(), both.guide), ("o2", Some(GuideId(1))));
        let both = talk(2).with(&talk(1));
        assert_eq!((both.openid.as_str(), both.guide), ("o2", Some(GuideId(2))));
    }

    #[test]
    fn a_wish_of_either_is_a_wish_of_both() {
        let quiet = Named {
            quiet: true,
            name: Some("王女士".to_owned()),
            ..Named::default()
        };
        let both = Named::default().with(&quiet);
        assert_eq!(both, quiet);
        let before = Before {
            kept: Person {
                talk: Some(talk(3)),
                named: quiet,
                ..Person::default()
            },
            ..Before::default()
        };
        let text = written(&before).expect("a text");
        assert_eq!(read(&text).expect("the same"), before);
    }
}
