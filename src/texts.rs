//! What people read in the chat: message templates, which a brand can override from a folder without recompiling.

use std::path::Path;
use std::sync::Arc;

use daogou_wechat::MediaKind;
use minijinja::syntax::SyntaxConfig;
use minijinja::{Environment, UndefinedBehavior, Value};

use crate::error::{Error, Result};

macro_rules! templates {
    ($($name:literal)*) => {
        /// Every message template with its built-in text.
        const BUILT_IN: &[(&str, &str)] = &[$(($name, include_str!(concat!("../templates/messages/", $name, ".txt")))),*];
    };
}

templates! {
    "label" "welcome" "already_yours" "kept" "no_guide_valid" "guide_scans" "campaign_early" "campaign_over"
    "linked" "link_already" "link_other" "link_taken" "link_spent" "unlinked"
    "new_friend" "friend_back" "friend_left" "friend_moved_away" "given" "taken" "new_guide"
    "away" "waiting_for_guide" "pool" "changed_guide" "changed_to_pool" "muted" "unmuted" "quiet" "unquiet" "form" "registered"
    "waiting" "not_delivered" "held_answer" "stopped" "unsupported"
    "which" "which_none" "chosen" "number_unknown" "number_moved" "dropped" "nothing_held" "nothing_waits" "named" "name_wrong" "workbench"
    "on_duty" "off_duty" "customers" "help" "location"
}

/// The texts. Cloning shares them.
#[derive(Clone)]
pub struct Texts(Arc<Environment<'static>>);

impl Texts {
    /// The built-in texts, overridden by `folder/messages/NAME.txt` where the brand has its own.
    ///
    /// # Errors
    /// When a template of the brand cannot be read or is not a template.
    pub fn load(folder: Option<&Path>) -> Result<Self> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_syntax(syntax()?);
        for (name, built_in) in BUILT_IN {
            let own = folder
                .map(|f| f.join("messages").join(format!("{name}.txt")))
                .filter(|f| f.is_file());
            let text = match &own {
                Some(file) => std::fs::read_to_string(file).map_err(|e| {
                    Error::Invalid(format!("{}: cannot be read: {e}", file.display()))
                })?,
                None => (*built_in).to_owned(),
            };
            environment
                .add_template_owned((*name).to_owned(), text)
                .map_err(|e| {
                    let place =
                        own.map_or_else(|| format!("template {name}"), |f| f.display().to_string());
                    Error::Invalid(format!("{place}: {e}"))
                })?;
        }
        Ok(Self(Arc::new(environment)))
    }

    /// The text `name` with its variables filled in, without blank ends.
    ///
    /// # Errors
    /// When the template does not exist or uses a variable that it is not given.
    pub fn render(&self, name: &str, variables: Value) -> Result<String> {
        let rendered = self.0.get_template(name).and_then(|t| t.render(variables));
        rendered
            .map(|text| text.trim().to_owned())
            .map_err(|e| Error::Internal(format!("template {name}: {e}")))
    }

    /// A guide's own text with its variables filled in.
    ///
    /// # Errors
    /// When it is not a template or uses an unknown variable.
    pub fn render_own(&self, text: &str, variables: Value) -> Result<String> {
        let rendered = self.0.render_str(text, variables);
        rendered
            .map(|text| text.trim().to_owned())
            .map_err(|e| Error::Invalid(e.to_string()))
    }

    /// Whether `text` may be a welcome text.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self, text: &str) -> Result<(), WelcomeFault> {
        let sample = minijinja::context! { guide => "林小满", store => "杭州城北店", number => 1, form => FORM_SAMPLE };
        self.greeting(text, sample).map(drop)
    }

    /// The welcome text `text` as a customer would get it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn greeting(&self, text: &str, variables: Value) -> Result<String, WelcomeFault> {
        self.own(text, &WELCOME_VARIABLES, variables)
    }

    /// Whether a brand's own text for the night can be said, and be filled in.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check_away(&self, text: &str) -> Result<(), WelcomeFault> {
        let sample = minijinja::context! { guide => "林小满", store => "杭州城北店", hours => "10:00–21:30" };
        self.own(text, &AWAY_VARIABLES, sample).map(drop)
    }

    fn own(&self, text: &str, allowed: &[&str], variables: Value) -> Result<String, WelcomeFault> {
        let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if text.chars().any(odd) {
            return Err(WelcomeFault::Control);
        }
        only_variables(text, allowed)?;
        let rendered = self.render_own(text, variables);
        let rendered = rendered.map_err(|why| WelcomeFault::Unknown(why.to_string()))?;
        match rendered.len() {
            0 => Err(WelcomeFault::Empty),
            bytes if bytes > daogou_wechat::text::TEXT_BYTES_MAX => {
                Err(WelcomeFault::TooLong(bytes))
            }
            _ => Ok(rendered),
        }
    }
}

/// What a welcome text may be filled in with.
const WELCOME_VARIABLES: [&str; 4] = ["guide", "store", "number", "form"];

/// As long as a link to a member's form is, for looking at a text before it is somebody's.
pub const FORM_SAMPLE: &str =
    "https://daogou.example.com/m/form/1-10001-1795305600123-0123456789abcdef0123456789abcdef";

/// What a text for the night may be filled in with.
const AWAY_VARIABLES: [&str; 3] = ["guide", "store", "hours"];

/// What is wrong with a brand's own text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WelcomeFault {
    /// Nothing is left of it.
    #[error("it is empty")]
    Empty,
    /// No phone shows such characters.
    #[error("it contains control characters")]
    Control,
    /// It asks for something that there is not.
    #[error("this cannot be filled in: {0}")]
    Unknown(String),
    /// WeChat takes no text of so many bytes.
    #[error("it has {0} bytes; WeChat takes 2048")]
    TooLong(usize),
}

/// Whoever writes a greeting fills in names and nothing else: a loop would keep everybody waiting.
fn only_variables(text: &str, allowed: &[&str]) -> Result<(), WelcomeFault> {
    let unknown = |what: &str| WelcomeFault::Unknown(what.trim().chars().take(20).collect());
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('{') {
        rest = after;
        if after.starts_with(['%', '#']) {
            return Err(unknown(&format!("{{{after}")));
        }
        if let Some(inside) = after.strip_prefix('{') {
            let (name, behind) = inside.split_once("}}").ok_or_else(|| unknown("{{"))?;
            if !allowed.contains(&name.trim()) {
                return Err(unknown(name));
            }
            rest = behind;
        }
    }
    Ok(())
}

/// A tag on a line of its own leaves no line behind.
fn syntax() -> Result<SyntaxConfig> {
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build();
    syntax.map_err(|e| Error::Internal(format!("the template syntax: {e}")))
}

/// How a file is named in a line of text.
pub fn media_word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image | MediaKind::Thumb => "[图片]",
        MediaKind::Voice => "[语音]",
        MediaKind::Video => "[视频]",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_welcome_fills_in_names_and_does_nothing_else() {
        let texts = Texts::load(None).expect("the texts");
        let sample = minijinja::context! { guide => "林小满", store => "城北店", number => 7 };
        let said = |text: &str| texts.greeting(text, sample.clone());
        let good = said("{{store}}的{{ guide }}欢迎您 {7} 第{{ number }}位");
        assert_eq!(good, Ok("城北店的林小满欢迎您 {7} 第7位".to_owned()));
        for odd in [
            "{{ name }}",
            "{{ guide * 100000000 }}",
            "{% for i in range(9999) %}x{% endfor %}",
            "{# #}x",
            "{{ guide",
        ] {
            assert!(matches!(said(odd), Err(WelcomeFault::Unknown(_))), "{odd}");
        }
        assert_eq!(said(" \n "), Err(WelcomeFault::Empty));
        assert_eq!(said("a\u{7}"), Err(WelcomeFault::Control));
        assert_eq!(said(&"好".repeat(683)), Err(WelcomeFault::TooLong(2049)));
        assert_eq!(said(&"好".repeat(682)).map(|text| text.len()), Ok(2046));
    }
}
