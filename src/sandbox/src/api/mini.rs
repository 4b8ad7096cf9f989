//! The server side of mini-programs: login, phone number, codes, content check, links.

use serde_json::{Value, json};

use super::call::{Answer, Call, Outcome, Refusal, bare, ok, ok_with};
use super::oauth::{add_unionid, enter, refused};
use crate::picture;
use crate::push::{Answerable, Push};
use crate::wire::Field;
use crate::world::Purpose;

/// WeChat: mini-program codes, text check.
const SCENE_CHARACTERS_MAX: usize = 32;
const SCENE_LETTERS: &str = "!#$&'()*+,/:;=?@-._~";
const PATH_CHARACTERS_MAX: usize = 1_024;
const TEXT_CHARACTERS_MAX: usize = 2_500;
/// Words that the text check finds risky, with the label it gives them.
const RISKY: [(&str, i64, &str); 4] = [
    ("赌博", 20_006, "risky"),
    ("色情", 20_002, "risky"),
    ("诈骗", 20_008, "risky"),
    ("加微信", 10_001, "review"),
];

/// `GET /sns/jscode2session`
pub(super) fn session(call: &mut Call<'_>) -> Outcome {
    enter(call)?;
    if call.param("grant_type") != Some("authorization_code") {
        return Err(Refusal::new(40_002, "invalid grant_type,"));
    }
    let code = call.param("js_code").unwrap_or_default().to_owned();
    let (appid, now) = (call.appid.clone(), call.now);
    let grant = call
        .world
        .grants
        .redeem(&code, &appid, |purpose| *purpose == Purpose::Login, now)
        .map_err(refused)?;
    let key = session_key(call, grant.person);
    let mut answer = json!({"openid": call.openid(grant.person), "session_key": key});
    add_unionid(call, &mut answer, grant.person)?;
    bare(answer)
}

/// Sixteen bytes that stay the same for a person of an account.
fn session_key(call: &Call<'_>, person: usize) -> String {
    use base64::Engine;
    use sha1::{Digest, Sha1};
    let hash = Sha1::digest(format!("session key\n{}\n{person}", call.appid).as_bytes());
    base64::engine::general_purpose::STANDARD.encode(hash.get(..16).unwrap_or_default())
}

/// `GET /wxa/checksession`: the simulator's sessions do not end.
pub(super) fn check_session(call: &mut Call<'_>) -> Outcome {
    call.person(call.param("openid").unwrap_or_default())?;
    ok()
}

/// `POST /wxa/business/getuserphonenumber`
pub(super) fn phone_number(call: &mut Call<'_>) -> Outcome {
    let code = call.text("code").unwrap_or_default();
    let (appid, now) = (call.appid.clone(), call.now);
    let grant = call
        .world
        .grants
        .redeem(&code, &appid, |purpose| *purpose == Purpose::Phone, now)
        .map_err(refused)?;
    let phone = call
        .world
        .people
        .get(grant.person)
        .map(|person| person.phone.clone());
    ok_with(json!({"phone_info": {
        "phoneNumber": phone, "purePhoneNumber": phone, "countryCode": "86",
        "watermark": {"timestamp": now, "appid": appid},
    }}))
}

/// `POST /wxa/getwxacode` and `/cgi-bin/wxaapp/createwxaqrcode`
pub(super) fn code(call: &mut Call<'_>) -> Outcome {
    let path = call.text("path").unwrap_or_default();
    if path.is_empty() || path.chars().count() > PATH_CHARACTERS_MAX {
        return Err(Refusal::new(40_159, "invalid path"));
    }
    drawn(call, &path)
}

/// `POST /wxa/getwxacodeunlimit`
pub(super) fn unlimited_code(call: &mut Call<'_>) -> Outcome {
    let scene = call.text("scene").unwrap_or_default();
    if scene.chars().count() > SCENE_CHARACTERS_MAX {
        return Err(Refusal::new(
            40_169,
            "invalid length for scene, or the data is not json string",
        ));
    }
    if scene.is_empty()
        || !scene
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || SCENE_LETTERS.contains(c))
    {
        return Err(Refusal::new(40_129, "invalid scene"));
    }
    let page = call.text("page").unwrap_or_default();
    if page.starts_with('/') || page.contains('?') {
        return Err(Refusal::new(41_030, "invalid page"));
    }
    drawn(call, &format!("{page}?scene={scene}"))
}

fn drawn(call: &Call<'_>, path: &str) -> Outcome {
    let text = format!("https://mp.weixin.qq.com/a/~{}/{path}", call.appid);
    let bytes = picture::code_png(&text).ok_or_else(|| Refusal::new(40_159, "invalid path"))?;
    Ok(Answer::File {
        content_type: "image/png".to_owned(),
        name: None,
        bytes,
    })
}

/// `POST /wxa/msg_sec_check`: a violation is a good answer that says `risky`.
pub(super) fn check_text(call: &mut Call<'_>) -> Outcome {
    let content = call.text("content").unwrap_or_default();
    if content.is_empty() || content.chars().count() > TEXT_CHARACTERS_MAX {
        return Err(Refusal::new(40_097, "invalid args, content"));
    }
    if !(1..=4).contains(&call.number("scene").unwrap_or(0)) {
        return Err(Refusal::new(40_129, "invalid scene"));
    }
    let person = call.person(&call.text("openid").unwrap_or_default());
    person.map_err(|_refusal| Refusal::new(43_104, "appid not match with openid"))?;
    let found = RISKY.iter().find(|(word, ..)| content.contains(word));
    let (label, suggest) = found.map_or((100, "pass"), |(_, label, suggest)| (*label, *suggest));
    let trace = trace(call);
    ok_with(json!({
        "result": {"suggest": suggest, "label": label},
        "detail": [{"strategy": "content_model", "errcode": 0, "suggest": suggest, "label": label, "prob": 90}],
        "trace_id": trace,
    }))
}

fn trace(call: &Call<'_>) -> String {
    format!(
        "{:x}-{}",
        call.now,
        hex::encode(call.world.chance.bytes::<8>())
    )
}

/// `POST /wxa/media_check_async`: the result comes as an event.
pub(super) fn check_media(call: &mut Call<'_>) -> Outcome {
    if call
        .text("media_url")
        .is_none_or(|url| !url.starts_with("http"))
    {
        return Err(Refusal::new(40_097, "invalid args, media_url"));
    }
    let openid = call.text("openid").unwrap_or_default();
    call.person(&openid)
        .map_err(|_refusal| Refusal::new(43_104, "appid not match with openid"))?;
    let trace = trace(call);
    let pass = || vec![Field::text("suggest", "pass"), Field::number("label", 100)];
    let detail = [
        vec![
            Field::text("strategy", "content_model"),
            Field::number("errcode", 0),
        ],
        pass(),
    ]
    .concat();
    let fields = vec![
        Field::text("appid", &call.appid),
        Field::text("trace_id", &trace),
        Field::number("version", 2),
        Field::group("detail", detail),
        Field::number("errcode", 0),
        Field::text("errmsg", "ok"),
        Field::group("result", pass()),
    ];
    call.pushes.push(Push::event(
        &call.appid,
        None,
        openid,
        "wxa_media_check",
        fields,
        Answerable::No,
    ));
    ok_with(json!({"trace_id": trace}))
}

/// `POST /wxa/generatescheme`
pub(super) fn scheme(call: &mut Call<'_>) -> Outcome {
    let ticket = call.world.secret(11);
    ok_with(json!({"openlink": format!("weixin://dl/business/?t={ticket}")}))
}

/// `POST /wxa/generate_urllink`
pub(super) fn link(call: &mut Call<'_>) -> Outcome {
    let ticket = call.world.secret(11);
    ok_with(json!({"url_link": format!("https://wxaurl.cn/{ticket}")}))
}

/// `POST /wxa/genwxashortlink`
pub(super) fn short_link(call: &mut Call<'_>) -> Outcome {
    if call
        .body()
        .get("page_url")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return Err(Refusal::new(85_401, "invalid page_url"));
    }
    let ticket = call.world.secret(11);
    ok_with(json!({"link": format!("#小程序://{ticket}")}))
}
