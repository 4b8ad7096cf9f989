//! One call: its input, the world, and the two ways it can end.

use actix_web::web::Bytes;
use serde_json::{Map, Value, json};

use crate::intake::Input;
use crate::push::Push;
use crate::world::{Account, Relation, TokenFault, World};

/// A call while it is worked on.
pub(super) struct Call<'a> {
    pub(super) world: &'a mut World,
    pub(super) input: Input,
    /// The account that calls; empty until the token was checked.
    pub(super) appid: String,
    /// Simulator time in seconds.
    pub(super) now: i64,
    /// What the platform pushes after it has answered.
    pub(super) pushes: Vec<Push>,
    json: Option<Value>,
}

/// A good answer.
pub(super) enum Answer {
    Json(Value),
    File {
        content_type: String,
        name: Option<String>,
        bytes: Bytes,
    },
    Page(String),
    Redirect(String),
    /// HTTP 404: only pictures of codes are answered so.
    Missing,
}

/// An errcode with its message, answered with HTTP 200.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: i64,
    text: String,
    more: Map<String, Value>,
}

impl Refusal {
    pub(super) fn new(code: i64, text: &str) -> Self {
        Self {
            code,
            text: text.to_owned(),
            more: Map::new(),
        }
    }

    /// With a further member in the answer.
    pub(super) fn with(mut self, name: &str, value: Value) -> Self {
        self.more.insert(name.to_owned(), value);
        self
    }

    /// The body, with the `rid` by which the platform's support finds the call.
    pub(super) fn body(self, world: &World) -> Value {
        let random = world.chance.bytes::<8>();
        let (a, b) = random.split_at(4);
        let rid = format!("{:08x}-{}-{}", world.now(), hex::encode(a), hex::encode(b));
        let mut body = self.more;
        body.insert("errcode".to_owned(), self.code.into());
        body.insert(
            "errmsg".to_owned(),
            format!("{} rid: {rid}", self.text).into(),
        );
        Value::Object(body)
    }
}

/// How a call ends.
pub(super) type Outcome = Result<Answer, Refusal>;

/// `{"errcode":0,"errmsg":"ok"}`
pub(super) fn ok() -> Outcome {
    Ok(Answer::Json(json!({"errcode": 0, "errmsg": "ok"})))
}

/// `errcode` 0 and these members.
pub(super) fn ok_with(value: Value) -> Outcome {
    let mut body = json!({"errcode": 0, "errmsg": "ok"});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), value) {
        body.extend(more);
    }
    Ok(Answer::Json(body))
}

/// A bare object without errcode, as the older calls answer.
pub(super) fn bare(value: Value) -> Outcome {
    Ok(Answer::Json(value))
}

impl<'a> Call<'a> {
    pub(super) fn new(world: &'a mut World, input: Input) -> Self {
        let now = world.now();
        Self {
            world,
            input,
            appid: String::new(),
            now,
            pushes: Vec::new(),
            json: None,
        }
    }

    /// Finds the account by the access token in the query.
    pub(super) fn authenticate(&mut self) -> Result<(), Refusal> {
        let Some(token) = self
            .param("access_token")
            .filter(|token| !token.is_empty())
            .map(str::to_owned)
        else {
            return Err(Refusal::new(41_001, "access_token missing"));
        };
        let well_formed = token.len() >= 20
            && token
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !well_formed {
            return Err(Refusal::new(40_014, "invalid access_token"));
        }
        let not_latest = || {
            Refusal::new(
                40_001,
                "invalid credential, access_token is invalid or not latest,",
            )
        };
        let appid = self
            .world
            .tokens
            .get(&token)
            .cloned()
            .ok_or_else(not_latest)?;
        let account = self.world.accounts.get(&appid).ok_or_else(not_latest)?;
        match account.tokens.check(&token, self.now) {
            Ok(()) => {
                self.appid = appid;
                Ok(())
            }
            Err(TokenFault::Expired) => Err(Refusal::new(42_001, "access_token expired")),
            Err(TokenFault::NotLatest) => Err(not_latest()),
        }
    }

    /// A parameter of the query.
    pub(super) fn param(&self, name: &str) -> Option<&str> {
        self.input.query.get(name).map(String::as_str)
    }

    /// The JSON body, parsed when first asked for.
    ///
    /// # Errors
    /// 47001 when it is not a JSON object.
    pub(super) fn parse(&mut self, literal_escapes: bool) -> Result<(), Refusal> {
        let bad = || Refusal::new(47_001, "data format error");
        let text = std::str::from_utf8(&self.input.body).map_err(|_error| bad())?;
        let text = if literal_escapes {
            with_literal_escapes(text)
        } else {
            text.to_owned()
        };
        let value: Value = serde_json::from_str(&text).map_err(|_error| bad())?;
        self.json = Some(value).filter(Value::is_object);
        self.json.is_some().then_some(()).ok_or_else(bad)
    }

    /// The body as an object; empty when there is none.
    pub(super) fn body(&self) -> &Value {
        self.json.as_ref().unwrap_or(&Value::Null)
    }

    /// A string or number member of the body.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        plain(self.body().get(name)?)
    }

    /// A whole-number member of the body, also when it is written as a string.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// The strings of an array member.
    pub(super) fn strings(&self, name: &str) -> Vec<String> {
        self.body()
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(plain)
            .collect()
    }

    /// The account that calls.
    pub(super) fn account(&mut self) -> Result<&mut Account, Refusal> {
        self.world
            .accounts
            .get_mut(&self.appid)
            .ok_or_else(|| Refusal::new(40_013, "invalid appid"))
    }

    /// The person behind an openid of this account.
    pub(super) fn person(&self, openid: &str) -> Result<usize, Refusal> {
        let account = self.world.accounts.get(&self.appid);
        account
            .and_then(|account| account.person(openid))
            .ok_or_else(|| Refusal::new(40_003, "invalid openid"))
    }

    /// What is between the account and a person.
    pub(super) fn relation(&mut self, person: usize) -> Result<&mut Relation, Refusal> {
        Ok(self.account()?.relation(person))
    }

    /// The openid of a person at this account.
    pub(super) fn openid(&self, person: usize) -> String {
        self.world
            .people
            .get(person)
            .map(|person| person.openid(&self.appid))
            .unwrap_or_default()
    }
}

/// A string, or a number as a string.
pub(super) fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// `\u4f60` as the six characters it is written with: in chats, menus and drafts the platform does not decode such
/// escapes, and people see them.
fn with_literal_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let taken = match from.get(1..2) {
            Some("u") if from.get(2..4).is_none_or(|high| high != "00") => {
                out.push_str("\\\\u");
                2
            }
            Some(_) => {
                out.push_str(from.get(..2).unwrap_or_default());
                2
            }
            None => {
                out.push_str(from);
                from.len()
            }
        };
        rest = from.get(taken..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_chinese_stays_escaped_and_other_escapes_are_undone() {
        let text = with_literal_escapes(r#"{"a":"\u4f60\n\\u0041\u0007"}"#);
        let value: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            value.get("a").and_then(Value::as_str),
            Some("\\u4f60\n\\u0041\u{7}")
        );
    }
}
