//! What people do with their phones, and the pushes that follow from it.

mod follow;
mod notices;
mod send;
mod tap;

use serde_json::{Map, Value};

use crate::push::{Answerable, Push};
use crate::trouble::Trouble;
use crate::wire::Field;
use crate::wire::layout::Value as Content;
use crate::world::{Account, Format, Kind, Relation, World};

/// A reply to a person's message holds one article, a reply to an event eight (WeChat: passive replies).
const MESSAGE: Answerable = Answerable::Articles(1);
const EVENT: Answerable = Answerable::Articles(8);

/// One act of a person towards an account.
pub(crate) struct Act<'a> {
    pub(crate) world: &'a mut World,
    pub(crate) appid: String,
    pub(crate) person: usize,
    pub(crate) body: &'a Value,
    /// Where this simulator can be reached, for the addresses of pictures.
    pub(crate) origin: &'a str,
}

/// What an act led to: pushes in order, and what the caller is told besides.
#[derive(Default)]
pub(crate) struct Done {
    pub(crate) pushes: Vec<Push>,
    pub(crate) told: Map<String, Value>,
}

impl Done {
    fn pushed(push: Push) -> Self {
        Self {
            pushes: vec![push],
            told: Map::new(),
        }
    }

    fn told(name: &str, value: Value) -> Self {
        Self {
            pushes: Vec::new(),
            told: Map::from_iter([(name.to_owned(), value)]),
        }
    }
}

/// Lets the person act.
pub(crate) fn perform(mut act: Act<'_>) -> Result<Done, Trouble> {
    let name = act
        .string("act")
        .ok_or_else(|| Trouble::bad("act is missing"))?;
    match name.as_str() {
        "follow" => follow::follow(&mut act),
        "unfollow" => follow::unfollow(&mut act),
        "scan" => follow::scan(&mut act),
        "block" => act.set_blocked(true),
        "unblock" => act.set_blocked(false),
        "send" => send::send(&mut act),
        "tap" => tap::tap(&mut act),
        "enter" => notices::enter(&mut act),
        "location" => notices::location(&mut act),
        "accept" => notices::decide(&mut act, true),
        "reject" => notices::decide(&mut act, false),
        "refuse_template" => notices::refuse_template(&mut act, true),
        "allow_template" => notices::refuse_template(&mut act, false),
        "revoke" => notices::privacy(&mut act, "user_authorization_revoke"),
        "cancel" => notices::privacy(&mut act, "user_authorization_cancellation"),
        "modify" => notices::privacy(&mut act, "user_info_modified"),
        "login" => notices::login(&mut act),
        "raw" => notices::raw(&mut act),
        other => Err(Trouble::bad(&format!("there is no act {other}"))),
    }
}

impl Act<'_> {
    fn now(&self) -> i64 {
        self.world.now()
    }

    /// The text or number under this name.
    fn string(&self, name: &str) -> Option<String> {
        match self.body.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// The first of these names that is there.
    fn any(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.string(name))
    }

    fn account(&mut self) -> Result<&mut Account, Trouble> {
        self.world
            .accounts
            .get_mut(&self.appid)
            .ok_or_else(|| Trouble::missing("no such account"))
    }

    fn relation(&mut self) -> Result<&mut Relation, Trouble> {
        let person = self.person;
        Ok(self.account()?.relation(person))
    }

    fn openid(&self) -> String {
        self.world
            .people
            .get(self.person)
            .map(|person| person.openid(&self.appid))
            .unwrap_or_default()
    }

    fn format(&mut self) -> Result<Format, Trouble> {
        Ok(self.account()?.settings.format())
    }

    /// Refuses what this kind of account does not have.
    fn only(&mut self, kind: Kind, what: &str) -> Result<(), Trouble> {
        if self.account()?.settings.kind == kind {
            Ok(())
        } else {
            Err(Trouble::conflict(&format!(
                "this kind of account has no {what}"
            )))
        }
    }

    /// Refuses acts in a chat that the person does not have: only followers see a service account's.
    fn in_chat(&mut self) -> Result<(), Trouble> {
        let follows = self.relation()?.subscribed;
        if follows || self.account()?.settings.kind == Kind::Miniprogram {
            Ok(())
        } else {
            Err(Trouble::conflict("the person does not follow the account"))
        }
    }

    fn event(&self, name: &str, fields: Vec<Field>, answerable: Answerable) -> Push {
        Push::event(
            &self.appid,
            Some(self.person),
            self.openid(),
            name,
            fields,
            answerable,
        )
    }

    fn set_blocked(&mut self, blocked: bool) -> Result<Done, Trouble> {
        self.in_chat()?;
        self.relation()?.blocked = blocked;
        let id = self
            .world
            .people
            .get(self.person)
            .map(|person| person.id.clone());
        let appid = self.appid.clone();
        self.world
            .changed("people", id.as_deref(), Some(&appid), None);
        Ok(Done::told("blocked", blocked.into()))
    }
}

/// Fields of a push from any JSON object, for types that the simulator does not know.
fn fields_from(value: &Map<String, Value>) -> Vec<Field> {
    let mut fields = Vec::new();
    for (name, value) in value {
        match value {
            Value::Array(items) => {
                fields.extend(items.iter().map(|item| Field {
                    name: name.clone(),
                    value: content_from(item),
                }));
            }
            other => fields.push(Field {
                name: name.clone(),
                value: content_from(other),
            }),
        }
    }
    fields
}

fn content_from(value: &Value) -> Content {
    match value {
        Value::Object(map) => Content::Group(fields_from(map)),
        Value::Number(number) => Content::Number(number.to_string()),
        Value::String(text) => Content::Text(text.clone()),
        Value::Null => Content::Text(String::new()),
        other => Content::Text(other.to_string()),
    }
}
