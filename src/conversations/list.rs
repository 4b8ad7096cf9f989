//! Conversations as headquarters and managers look them over: who wrote last stands first, as far as the reader may look.

use std::cmp::Reverse;

use daogou_schema::{GuideId, MemberId, MessageId, Timestamp, conversation};

use super::line::Line;
use super::queries;
use crate::bindings::pool::{self, Row, Scope};
use crate::context::Context;
use crate::error::Result;
use crate::guides;

/// How many conversations are looked at at once.
const PIECE: usize = 100;
/// After so many a page ends although it is not full: some tens of milliseconds.
const LOOKED_AT_MAX: usize = 3000;

/// Of so many guides each one's list of who waits is looked at; of more, the account's.
const GUIDES_MAX: usize = 200;

/// Which conversations are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Those served by one of these; none: by anybody or nobody.
    pub guides: Option<Vec<GuideId>>,
    /// Only those in which somebody waits for an answer.
    pub unanswered: bool,
    /// Only those in which she wrote at this time or later.
    pub since: Option<Timestamp>,
}

/// Where a page ends and the next begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// When she wrote last whose conversation was shown last.
    pub at: Timestamp,
    /// That line.
    pub line: MessageId,
    /// She.
    pub member: MemberId,
}

impl Place {
    /// Reads what [`Place::to_string`] wrote.
    pub fn read(text: &str) -> Option<Self> {
        let mut numbers = text.splitn(3, '.').map(|number| number.parse().ok());
        Some(Self {
            at: Timestamp(numbers.next()??),
            line: MessageId(numbers.next()??),
            member: MemberId(numbers.next()??),
        })
    }

    fn of(talk: &conversation::Model) -> Self {
        Self {
            at: talk.last_member_at.unwrap_or(Timestamp(0)),
            line: talk.last_line_id.unwrap_or(MessageId(0)),
            member: talk.member_id,
        }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.at.0, self.line, self.member)
    }
}

/// One conversation.
#[derive(Clone, Debug)]
pub struct Talk {
    /// Whose.
    pub row: Row,
    /// Who serves it now.
    pub guide: Option<GuideId>,
    /// When she wrote last.
    pub at: Timestamp,
    /// Whether that has no answer.
    pub unanswered: bool,
    /// When a guide answered last.
    pub answered_at: Option<Timestamp>,
    /// What she wrote last, in words; empty when it is not kept any more.
    pub text: String,
}

/// A page of conversations.
#[derive(Debug)]
pub struct Page {
    /// Who wrote last first.
    pub talks: Vec<Talk>,
    /// Where it goes on.
    pub next: Option<Place>,
}

/// A page of `count` conversations behind `after`, or fewer when so many had to be looked at that somebody would be kept
/// waiting: then it goes on from there.
///
/// # Errors
/// When the store fails.
pub async fn list(
    ctx: &Context,
    scope: Scope,
    wanted: &Wanted,
    after: Option<Place>,
    count: usize,
) -> Result<Page> {
    let along = Along::choose(ctx, &scope, wanted).await?;
    let (mut found, mut place, mut looked_at) = (Vec::new(), after, 0);
    let next = 'page: loop {
        let piece = along.next(ctx, &scope, wanted, place).await?;
        let ended = piece.len() < PIECE;
        looked_at += piece.len();
        let fits = |talk: &conversation::Model| {
            talk.account_id == scope.account && (talk.unanswered || !wanted.unanswered)
        };
        let fitting = piece.iter().filter(|talk| fits(talk));
        let ids: Vec<_> = fitting.map(|talk| talk.member_id).collect();
        let rows = pool::those(ctx, scope.clone(), &ids).await?;
        for talk in piece {
            if talk.last_member_at < wanted.since {
                break 'page None;
            }
            let row = rows.iter().find(|row| row.member.id == talk.member_id);
            let next = Place::of(&talk);
            if let Some(row) = row {
                if found.len() == count {
                    break 'page place;
                }
                found.push((row.clone(), talk));
            }
            place = Some(next);
        }
        match ended {
            true => break None,
            false if looked_at >= LOOKED_AT_MAX => break place,
            false => {}
        }
    };
    let talks = told(ctx, found).await?;
    Ok(Page { talks, next })
}

/// Conversations with what was written last in them.
async fn told(ctx: &Context, found: Vec<(Row, conversation::Model)>) -> Result<Vec<Talk>> {
    let last: Vec<_> = found
        .iter()
        .filter_map(|(_, talk)| talk.last_line_id)
        .collect();
    let lines = queries::lines_of(ctx.db.reads(), &last).await?;
    let text = |id: Option<MessageId>| {
        let line = lines.iter().find(|line| Some(line.id) == id);
        line.map(|line| Line::read(&line.content).in_words())
    };
    Ok(found
        .into_iter()
        .map(|(row, talk)| Talk {
            row,
            guide: talk.guide_id,
            at: talk.last_member_at.unwrap_or(Timestamp(0)),
            unanswered: talk.unanswered,
            answered_at: talk.last_reply_at,
            text: text(talk.last_line_id).unwrap_or_default(),
        })
        .collect())
}

/// Along which lists conversations are looked for.
enum Along {
    /// All of the account.
    Account,
    /// Those of each of these; of nobody, those that wait in the pool.
    Guides(Vec<Option<GuideId>>),
}

impl Along {
    async fn choose(ctx: &Context, scope: &Scope, wanted: &Wanted) -> Result<Self> {
        Ok(match (&wanted.guides, &scope.stores) {
            (Some(guides), _) => Self::Guides(guides.iter().copied().map(Some).collect()),
            (None, None) if !wanted.unanswered => Self::Account,
            (None, stores) => {
                let mut all = guides::list(ctx.db.reads(), scope.account).await?;
                all.retain(|guide| scope.sees(guide.store_id));
                if stores.is_none() && all.len() > GUIDES_MAX {
                    return Ok(Self::Account);
                }
                // Of what waits for nobody in particular some may be from her stores' members.
                let own = all.iter().map(|guide| Some(guide.id)).chain([None]);
                Self::Guides(own.collect())
            }
        })
    }

    async fn next(
        &self,
        ctx: &Context,
        scope: &Scope,
        wanted: &Wanted,
        after: Option<Place>,
    ) -> Result<Vec<conversation::Model>> {
        let db = ctx.db.reads();
        let count = u64::try_from(PIECE).unwrap_or(u64::MAX);
        let guides = match self {
            Self::Account => {
                return queries::newest(db, scope.account, wanted.since, after, count).await;
            }
            Self::Guides(guides) => guides,
        };
        let mut found = Vec::new();
        let before = after.map(|after| after.line);
        for guide in guides {
            for unanswered in [true, false] {
                if unanswered || !wanted.unanswered {
                    let own = queries::served_by(db, *guide, unanswered, before, count).await?;
                    found.extend(own);
                }
            }
        }
        found.sort_unstable_by_key(|talk| Reverse(talk.last_line_id));
        found.truncate(PIECE);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let place = Place {
            at: Timestamp(1_795_305_600_123),
            line: MessageId(7),
            member: MemberId(42),
        };
        assert_eq!(Place::read(&place.to_string()), Some(place));
        for wrong in ["", "1.2", "1.2.x", "1.2.3.4"] {
            assert_eq!(Place::read(wrong), None);
        }
    }
}
