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
    "label" "welcome" "already_yours" "kept" "no_guide_valid" "guide_scans"
    "linked" "link_already" "link_other" "link_taken" "link_spent" "unlinked"
    "new_friend" "friend_back" "friend_left" "friend_moved_away" "given" "taken" "new_guide"
    "away" "waiting_for_guide" "pool" "changed_guide" "changed_to_pool" "muted" "unmuted" "quiet" "unquiet"
    "waiting" "not_delivered" "held_answer" "unsupported"
    "which" "which_none" "chosen" "number_unknown" "number_moved" "dropped" "nothing_held" "nothing_waits" "named" "name_wrong"
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
    /// A sentence that says what is wrong.
    pub fn check(&self, text: &str) -> Result<()> {
        let sample = minijinja::context! { guide => "林小满", store => "杭州城北店", number => 1 };
        let rendered = self.render_own(text, sample)?;
        if rendered.is_empty() {
            return Err(Error::Invalid("it is empty".into()));
        }
        if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            return Err(Error::Invalid("it contains control characters".into()));
        }
        if rendered.len() > daogou_wechat::text::TEXT_BYTES_MAX {
            return Err(Error::Invalid(format!(
                "it has {} bytes; WeChat takes 2048",
                rendered.len()
            )));
        }
        Ok(())
    }
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
