//! Pure decisions: until when it can be taken back, and how an audience is kept.

use chrono::TimeDelta;
use daogou_schema::Timestamp;
use daogou_schema::bulk::{Model, State};

use super::Kept;
use crate::error::{Error, Result};

/// For so long after it was ordered bulk work can be undone.
pub const UNDO_WITHIN: TimeDelta = TimeDelta::hours(48);

/// Whether `bulk` can be undone now.
pub fn can_be_undone(bulk: &Model, now: Timestamp) -> bool {
    let over = matches!(bulk.state, State::Done | State::Stopped);
    over && bulk.changed > 0 && now - bulk.created_at <= UNDO_WITHIN
}

pub(super) fn written(kept: &Kept) -> Result<String> {
    serde_json::to_string(kept).map_err(unreadable)
}

pub(super) fn read(text: &str) -> Result<Kept> {
    serde_json::from_str(text).map_err(unreadable)
}

fn unreadable(error: serde_json::Error) -> Error {
    Error::Internal(format!("the audience of bulk work cannot be kept: {error}"))
}

#[cfg(test)]
mod tests {
    use daogou_schema::{AccountId, GuideId, MemberId, TagId};

    use super::*;
    use crate::bindings::pool::{Filter, Scope, Whose};
    use crate::bulks::Audience;

    #[test]
    fn audiences_are_read_as_they_were_written() {
        let scope = Scope {
            account: AccountId(1),
            stores: None,
        };
        let filter = Filter {
            whose: Whose::Guide(GuideId(3)),
            tag: Some(TagId(4)),
            ..Filter::default()
        };
        let chosen = Audience::Chosen(vec![MemberId(1), MemberId(2)]);
        for audience in [chosen, Audience::Fitting(filter)] {
            let text = written(&Kept {
                scope: scope.clone(),
                audience: audience.clone(),
            });
            let kept = text.and_then(|text| read(&text));
            assert!(kept.is_ok_and(|kept| kept.audience == audience));
        }
        assert!(read("{}").is_err());
    }
}
