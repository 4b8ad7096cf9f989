//! What can be set to go wrong: faults of calls, and quirks that the platform has shown.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::Style;

/// Whether a rule of the platform is kept or waived.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Tolerance {
    #[default]
    Refuse,
    Accept,
}

/// Whether limits are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Quota {
    #[default]
    On,
    Off,
}

/// How the case of event names is spelt: samples and reality disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum EventCase {
    #[default]
    Documented,
    Lower,
    Upper,
}

/// Switchable behaviour; the default is the faithful one.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Quirks {
    /// Windows, counts and daily limits.
    pub(crate) quota: Quota,
    pub(crate) unknown_media: Tolerance,
    pub(crate) unknown_template: Tolerance,
    /// A push that was answered well is delivered a second time.
    pub(crate) duplicates: bool,
    /// Two pushes of one person that are under way together arrive the wrong way round.
    pub(crate) reorder: bool,
    /// `EventKey` is present and empty on subscribe without a code and on unsubscribe, as real servers send it.
    pub(crate) empty_event_key: bool,
    /// Text arrives with a character that XML 1.0 forbids.
    pub(crate) control_chars: bool,
    /// A server that keeps failing gets no pushes for a minute.
    pub(crate) silence: bool,
    /// A 5xx answer is followed by the next attempt.
    pub(crate) retry_5xx: bool,
    /// How often a push is tried in all.
    pub(crate) attempts: u32,
    /// Blanks around CDATA.
    pub(crate) blanks: bool,
    /// Numbers of JSON pushes as strings.
    pub(crate) number_strings: bool,
    /// A list of one as an object in JSON pushes.
    pub(crate) single_object: bool,
    pub(crate) event_case: EventCase,
    /// Every call takes this much longer.
    pub(crate) latency_ms: u64,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            quota: Quota::On,
            unknown_media: Tolerance::Refuse,
            unknown_template: Tolerance::Refuse,
            duplicates: false,
            reorder: false,
            empty_event_key: true,
            control_chars: false,
            silence: true,
            retry_5xx: true,
            attempts: 3,
            blanks: false,
            number_strings: false,
            single_object: false,
            event_case: EventCase::Documented,
            latency_ms: 0,
        }
    }
}

impl Quirks {
    /// These with what `changes` names set; everything else stays.
    pub(crate) fn changed(&self, changes: &Value) -> Result<Self, String> {
        let mut all = serde_json::to_value(self).map_err(|error| error.to_string())?;
        let (Some(into), Some(from)) = (all.as_object_mut(), changes.as_object()) else {
            return Err("an object is expected".to_owned());
        };
        into.extend(from.clone());
        let mut quirks: Self = serde_json::from_value(all).map_err(|error| error.to_string())?;
        quirks.attempts = quirks.attempts.clamp(1, 10);
        Ok(quirks)
    }

    pub(crate) fn counts(&self) -> bool {
        self.quota == Quota::On
    }

    pub(crate) fn style(&self) -> Style {
        Style {
            blanks: self.blanks,
            number_strings: self.number_strings,
            single_object: self.single_object,
        }
    }

    pub(crate) fn event_name(&self, name: &str) -> String {
        match self.event_case {
            EventCase::Documented => name.to_owned(),
            EventCase::Lower => name.to_lowercase(),
            EventCase::Upper => name.to_uppercase(),
        }
    }
}

/// How a call fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fulfilment {
    /// HTTP 200 with this errcode.
    Errcode(i64),
    /// This HTTP status.
    Status(u16),
    /// The connection is cut without an answer.
    Drop,
    /// Answered as usual.
    Usual,
}

/// A fault that waits for calls of its path.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The path of the call, or `*`.
    pub(crate) path: String,
    pub(crate) fulfilment: Fulfilment,
    pub(crate) delay_ms: u64,
    /// The call takes effect all the same.
    pub(crate) after_effect: bool,
    pub(crate) times: u64,
}

impl Fault {
    /// Takes the first fault that waits for this path.
    pub(crate) fn take(faults: &mut Vec<Fault>, path: &str) -> Option<Fault> {
        let at = faults
            .iter()
            .position(|fault| fault.path == path || fault.path == "*")?;
        let fault = faults.get_mut(at)?;
        fault.times = fault.times.saturating_sub(1);
        let taken = fault.clone();
        if taken.times == 0 {
            faults.remove(at);
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quirks_change_one_by_one_and_unknown_ones_are_refused() {
        let quirks = Quirks::default();
        let changed = quirks
            .changed(&serde_json::json!({"quota": "off", "attempts": 1}))
            .unwrap();
        assert!(!changed.counts());
        assert_eq!(changed.attempts, 1);
        assert!(changed.empty_event_key);
        assert!(
            quirks
                .changed(&serde_json::json!({"qouta": "off"}))
                .is_err()
        );
    }

    #[test]
    fn a_fault_is_spent_after_its_times() {
        let fault = Fault {
            path: "/a".to_owned(),
            fulfilment: Fulfilment::Drop,
            delay_ms: 0,
            after_effect: false,
            times: 2,
        };
        let mut faults = vec![fault];
        assert!(Fault::take(&mut faults, "/b").is_none());
        assert!(Fault::take(&mut faults, "/a").is_some());
        assert!(Fault::take(&mut faults, "/a").is_some());
        assert!(Fault::take(&mut faults, "/a").is_none());
    }
}
