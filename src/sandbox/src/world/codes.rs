//! Parametric QR codes of a service account: four kinds, for a time or for ever.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Permanent codes an account may have in its life (WeChat: parametric QR codes).
const PERMANENT_MAX: usize = 100_000;

/// The kinds of code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Scene,
    StrScene,
    LimitScene,
    LimitStrScene,
}

impl Action {
    pub(crate) fn named(name: &str) -> Option<Self> {
        [
            Self::Scene,
            Self::StrScene,
            Self::LimitScene,
            Self::LimitStrScene,
        ]
        .into_iter()
        .find(|action| action.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Scene => "QR_SCENE",
            Self::StrScene => "QR_STR_SCENE",
            Self::LimitScene => "QR_LIMIT_SCENE",
            Self::LimitStrScene => "QR_LIMIT_STR_SCENE",
        }
    }

    pub(crate) fn is_permanent(self) -> bool {
        matches!(self, Self::LimitScene | Self::LimitStrScene)
    }

    pub(crate) fn is_text(self) -> bool {
        matches!(self, Self::StrScene | Self::LimitStrScene)
    }
}

/// One code.
#[derive(Clone, Debug)]
pub(crate) struct Code {
    pub(crate) action: Action,
    pub(crate) scene: String,
    pub(crate) ticket: String,
    pub(crate) url: String,
    /// Seconds since 1970; `None`: permanent.
    pub(crate) expires_at: Option<i64>,
    pub(crate) scanned: u64,
    /// What is printed beside it, so that a person knows whose it is. The platform knows nothing of it.
    pub(crate) label: Option<String>,
}

/// The codes of one account.
#[derive(Default)]
pub(crate) struct Codes {
    all: Vec<Code>,
    by_ticket: HashMap<String, usize>,
    by_scene: HashMap<String, Vec<usize>>,
    permanent: usize,
}

impl Codes {
    /// Makes a code, or returns the permanent one that has this scene already. `None`: the permanent ones are used up.
    pub(crate) fn create(
        &mut self,
        action: Action,
        scene: &str,
        expires_at: Option<i64>,
        random: &[u8; 32],
    ) -> Option<&Code> {
        if action.is_permanent() {
            let known = self
                .places(scene)
                .iter()
                .rev()
                .copied()
                .find(|&at| self.all.get(at).is_some_and(|code| code.action == action));
            if let Some(at) = known {
                return self.all.get(at);
            }
            if self.permanent >= PERMANENT_MAX {
                return None;
            }
            self.permanent += 1;
        }
        let (ticket, url) = printed(random);
        let at = self.all.len();
        self.by_ticket.insert(ticket.clone(), at);
        self.by_scene.entry(scene.to_owned()).or_default().push(at);
        self.all.push(Code {
            action,
            scene: scene.to_owned(),
            ticket,
            url,
            expires_at,
            scanned: 0,
            label: None,
        });
        self.all.last()
    }

    /// The code with this ticket (or this url), dead or alive.
    pub(crate) fn by_ticket(&mut self, ticket: &str) -> Option<&mut Code> {
        match self.by_ticket.get(ticket) {
            Some(&at) => self.all.get_mut(at),
            None => self.all.iter_mut().find(|code| code.url == ticket),
        }
    }

    /// The newest code with this scene that still lives, else the newest dead one.
    pub(crate) fn by_scene(&mut self, scene: &str, now: i64) -> Option<&mut Code> {
        let places = self.by_scene.get(scene)?;
        let alive = places.iter().rev().find(|&&at| {
            self.all
                .get(at)
                .is_some_and(|code| code.expires_at.is_none_or(|until| until > now))
        });
        let at = *alive.or_else(|| places.last())?;
        self.all.get_mut(at)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Code> {
        self.all.iter()
    }

    fn places(&self, scene: &str) -> &[usize] {
        self.by_scene.get(scene).map_or(&[], Vec::as_slice)
    }
}

/// A ticket as the platform's look: `gQ`, base64 with its `+ / =`, the url inside.
fn printed(random: &[u8; 32]) -> (String, String) {
    let letters: String = URL_SAFE_NO_PAD.encode(random).chars().take(20).collect();
    let url = format!("http://weixin.qq.com/q/02{letters}");
    // These two bytes are what `gQ` stands for.
    let mut bytes = vec![0x81, 0x0f & random.first().copied().unwrap_or_default()];
    bytes.extend(random.iter().skip(16).copied());
    bytes.extend_from_slice(url.as_bytes());
    // Two more than a multiple of three, so that the ticket ends in `=` and must be encoded in a query.
    while bytes.len() % 3 != 2 {
        bytes.push(0xff);
    }
    (STANDARD.encode(bytes), url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_permanent_scene_gives_the_same_ticket_and_temporary_ones_do_not() {
        let mut codes = Codes::default();
        let first = codes
            .create(Action::LimitStrScene, "guide", None, &[1; 32])
            .unwrap()
            .ticket
            .clone();
        let again = codes
            .create(Action::LimitStrScene, "guide", None, &[2; 32])
            .unwrap()
            .ticket
            .clone();
        assert_eq!(first, again);
        let temporary = codes
            .create(Action::StrScene, "guide", Some(5), &[3; 32])
            .unwrap()
            .ticket
            .clone();
        assert_ne!(first, temporary);
        assert!(first.starts_with("gQ") && first.ends_with('='));
        assert_eq!(codes.by_scene("guide", 4).unwrap().ticket, temporary);
        assert_eq!(codes.by_scene("guide", 5).unwrap().ticket, first);
    }
}
