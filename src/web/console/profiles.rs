//! What is known of a guide besides the name: whoever looks after the store may change it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{Typed, permitted, show_guide};
use super::stop::Page;
use super::words::problem;
use crate::context::Context;
use crate::guides::joining::Phone;
use crate::guides::profile::{self, NewPhone, Profile};
use crate::privacy::rules::{e164, masked};
use crate::web::page;

pub(super) async fn change(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let wrong = match phone(&fields) {
        None => problem("phone", "请填写 11 位手机号，或留空"),
        Some(phone) => {
            let speciality = fields.get("speciality").to_owned();
            let profile = Profile { speciality, phone };
            let by = desk.gate.by();
            match profile::change(&ctx, &desk.account, guide.id, profile, by).await? {
                true => {
                    let on = format!("{}/guides/{}", desk.at(), guide.id);
                    return Ok(page::go_to(&on));
                }
                false => problem("speciality", "擅长请写 40 个以内能显示的字"),
            }
        }
    };
    let typed = Typed {
        profile: Some(&fields),
        ..Typed::default()
    };
    let status = StatusCode::BAD_REQUEST;
    show_guide(&ctx, &desk, &guide, status, typed, vec![wrong]).await
}

/// What becomes of her number; none when what was typed is no number.
fn phone(fields: &Fields) -> Option<NewPhone> {
    match fields.get("phone") {
        _ if fields.get("no_phone") == "1" => Some(NewPhone::None),
        "" => Some(NewPhone::Same),
        typed => e164(typed).map(|number| {
            NewPhone::This(Phone {
                masked: masked(&number),
                number,
            })
        }),
    }
}

pub(super) async fn reveal(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, _): SentBy<Desk>,
) -> Page {
    let guide = permitted(&ctx, &desk, path.1).await?;
    let number = profile::reveal_phone(&ctx, &guide, desk.gate.by()).await?;
    let typed = Typed {
        number: number.as_deref(),
        ..Typed::default()
    };
    show_guide(&ctx, &desk, &guide, StatusCode::OK, typed, Vec::new()).await
}
