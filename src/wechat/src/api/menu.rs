//! The menu below the chat, the conditional ones, and the tags these go by (WeChat: custom menus, user tags).

use serde::Deserialize;
use serde_json::{Value, json};

use super::Nothing;
use crate::client::Client;
use crate::errors::CallError;

const CREATE: &str = "/cgi-bin/menu/create";
const GET: &str = "/cgi-bin/menu/get";
const ADD_CONDITIONAL: &str = "/cgi-bin/menu/addconditional";
const DELETE_CONDITIONAL: &str = "/cgi-bin/menu/delconditional";
const TAGS: &str = "/cgi-bin/tags/get";

/// What [`Client::menus`] is refused with when there is no menu.
pub const NO_MENU: i64 = 46003;

/// The menus that were made through the API.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LiveMenus {
    /// What everybody sees whom no rule fits.
    pub menu: LiveMenu,
    /// For some.
    #[serde(rename = "conditionalmenu")]
    pub conditional: Vec<LiveMenu>,
}

/// One of them.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct LiveMenu {
    /// The array of buttons, as the platform keeps it.
    pub button: Value,
    /// For whom.
    pub matchrule: Value,
    /// Its number; as a number or as a text.
    menuid: Value,
}

impl LiveMenu {
    /// Its number.
    pub fn id(&self) -> String {
        plain(&self.menuid).unwrap_or_default()
    }

    /// The tag whose followers see it. The platform also calls it a group.
    pub fn tag(&self) -> Option<i64> {
        let tag = |name| self.matchrule.get(name).and_then(plain);
        tag("tag_id").or_else(|| tag("group_id"))?.parse().ok()
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A tag of an account's followers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FollowerTag {
    /// Its number; 0, 1 and 2 are the platform's own.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// How many have it.
    #[serde(default)]
    pub count: i64,
}

#[derive(Deserialize)]
struct FollowerTags {
    #[serde(default)]
    tags: Vec<FollowerTag>,
}

#[derive(Deserialize)]
struct Made {
    #[serde(default)]
    menuid: Value,
}

impl Client {
    /// Replaces the default menu by `buttons`, an array.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn create_menu(&self, token: &str, buttons: &Value) -> Result<(), CallError> {
        let body = json!({ "button": buttons });
        let _nothing: Nothing = self.post(CREATE, token, &body).await?;
        Ok(())
    }

    /// Adds a menu for followers who have a tag; the newest one that fits is seen. Answers its number.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn add_conditional_menu(
        &self,
        token: &str,
        buttons: &Value,
        tag: i64,
    ) -> Result<String, CallError> {
        let body = json!({ "button": buttons, "matchrule": { "tag_id": tag.to_string() } });
        let made: Made = self.post(ADD_CONDITIONAL, token, &body).await?;
        Ok(plain(&made.menuid).unwrap_or_default())
    }

    /// Removes a conditional menu.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn delete_conditional_menu(&self, token: &str, id: &str) -> Result<(), CallError> {
        let body = json!({ "menuid": id });
        let _nothing: Nothing = self.post(DELETE_CONDITIONAL, token, &body).await?;
        Ok(())
    }

    /// The menus that are there now.
    ///
    /// # Errors
    /// See [`CallError`]; refused with [`NO_MENU`] when there is none.
    pub async fn menus(&self, token: &str) -> Result<LiveMenus, CallError> {
        self.get(GET, &[("access_token", token)]).await
    }

    /// The tags of an account's followers.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn follower_tags(&self, token: &str) -> Result<Vec<FollowerTag>, CallError> {
        let answer: FollowerTags = self.get(TAGS, &[("access_token", token)]).await?;
        Ok(answer.tags)
    }
}
