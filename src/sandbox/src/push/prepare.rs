//! Lays a push out: body, envelope, signed query. Retries send the same bytes.

use super::{Answerable, Push};
use crate::wire::cipher::{Key, signature};
use crate::wire::layout::{Value, indented_xml, json, plain_xml};
use crate::wire::{Field, Style};
use crate::world::{Format, Mode, Settings, World};

/// A push as it goes over the wire.
#[derive(Clone)]
pub(crate) struct Prepared {
    pub(crate) url: String,
    /// Where it goes at the same moment too.
    pub(crate) second_url: Option<String>,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
    pub(crate) settings: Settings,
    pub(crate) openid: String,
    pub(crate) person: Option<usize>,
    pub(crate) answerable: Answerable,
}

/// Lays out `push`; `None` when the account has no callback.
pub(crate) fn prepare(world: &World, push: &Push) -> Option<Prepared> {
    let settings = world.accounts.get(&push.appid)?.settings.clone();
    let callback = settings.callback()?.to_owned();
    let created = world.now();
    let fields = complete(world, push, &settings, created);
    let style = world.quirks.style();
    let clear = match settings.format() {
        Format::Xml => plain_xml(&fields, style),
        Format::Json => json(&fields, style),
    };
    // Real servers stamp the second of the message or the one after it.
    let timestamp = (created + i64::from(world.chance.below(2) == 1)).to_string();
    let nonce = nonce(world);
    let mut query = vec![
        (
            "signature",
            signature(&[&settings.token, &timestamp, &nonce]),
        ),
        ("timestamp", timestamp.clone()),
        ("nonce", nonce.clone()),
        ("openid", push.from.clone()),
    ];
    let body = match settings.key().filter(|_key| settings.mode != Mode::Plain) {
        None => clear,
        Some(key) => {
            let encrypted = key.seal(&random16(world), &clear, &settings.appid);
            query.push(("encrypt_type", "aes".to_owned()));
            query.push((
                "msg_signature",
                signature(&[&settings.token, &timestamp, &nonce, &encrypted]),
            ));
            envelope(&settings, fields, encrypted, style)
        }
    };
    Some(Prepared {
        url: with_query(&callback, &query),
        second_url: settings
            .second_callback()
            .map(|url| with_query(url, &query)),
        content_type: match settings.format() {
            Format::Xml => "text/xml",
            Format::Json => "application/json",
        },
        body,
        settings,
        openid: push.from.clone(),
        person: push.person,
        answerable: push.answerable,
    })
}

fn complete(world: &World, push: &Push, settings: &Settings, created: i64) -> Vec<Field> {
    let mut fields = vec![
        Field::text("ToUserName", &settings.original_id),
        Field::text("FromUserName", &push.from),
        Field::number("CreateTime", created),
    ];
    fields.extend(push.fields.iter().cloned());
    for field in &mut fields {
        match (field.name.as_str(), &mut field.value) {
            ("Event", Value::Text(name)) => *name = world.quirks.event_name(name),
            ("Content", Value::Text(text)) if world.quirks.control_chars => text.push('\u{2}'),
            _ => {}
        }
    }
    fields
}

fn envelope(settings: &Settings, fields: Vec<Field>, encrypted: String, style: Style) -> String {
    let mut outer = match settings.mode {
        Mode::Compatible => fields,
        Mode::Plain | Mode::Secure => vec![Field::text("ToUserName", &settings.original_id)],
    };
    outer.push(Field::text("Encrypt", encrypted));
    match settings.format() {
        Format::Xml => indented_xml(&outer, style),
        Format::Json => json(&outer, style),
    }
}

/// Eight to ten digits, as real servers use.
pub(crate) fn nonce(world: &World) -> String {
    (10_000_000 + world.chance.below(2_137_483_647)).to_string()
}

/// Sixteen lower-case hexadecimal characters.
fn random16(world: &World) -> [u8; 16] {
    let mut out = [b'0'; 16];
    for (to, from) in out
        .iter_mut()
        .zip(hex::encode(world.chance.bytes::<8>()).bytes())
    {
        *to = from;
    }
    out
}

/// The address with these parameters after those it has.
pub(crate) fn with_query(url: &str, query: &[(&str, String)]) -> String {
    let mut out = url.to_owned();
    let mut joint = if url.contains('?') { '&' } else { '?' };
    for (name, value) in query {
        out.push(joint);
        out.push_str(name);
        out.push('=');
        out.push_str(&crate::text::percent_encoded(value));
        joint = '&';
    }
    out
}

/// The key of a mode that encrypts answers too.
pub(crate) fn key_of(settings: &Settings) -> Option<Key> {
    settings.key().filter(|_key| settings.mode != Mode::Plain)
}
