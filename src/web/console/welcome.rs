//! A guide's welcome text: what is typed, and how a phone would show it.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use daogou_schema::guide;
use minijinja::{Value, context};

use super::gate::{Desk, Fields, SentBy};
use super::guides::{Typed, permitted, show_guide, store_name, stores_of};
use super::stop::{Page, Stop};
use super::words::problem;
use crate::context::Context;
use crate::guides;
use crate::texts::WelcomeFault;
use crate::web::page;

/// What was typed, as it is stored: browsers send line ends of two characters.
fn typed(fields: &Fields) -> String {
    fields.get("welcome").replace("\r\n", "\n")
}

pub(super) async fn save(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let guide = permitted(&ctx, &desk, path.1).await?;
    let text = typed(&fields);
    let welcome = Some(text.as_str()).filter(|text| !text.is_empty());
    let stores = stores_of(&ctx, &desk).await?;
    let store = store_name(&stores, guide.store_id);
    if let Err(why) = guides::greeting(&ctx, &guide, store, welcome) {
        let problems = vec![problem("welcome", fault(&why))];
        let status = StatusCode::BAD_REQUEST;
        let typed = Typed {
            welcome: Some(&text),
            ..Typed::default()
        };
        return show_guide(&ctx, &desk, &guide, status, typed, problems).await;
    }
    guides::set_welcome(&ctx, &guide, welcome, desk.gate.by()).await?;
    Ok(page::go_to(&format!(
        "{}/guides/{}#welcome",
        desk.at(),
        guide.id
    )))
}

/// Only the picture of the phone, while somebody types.
pub(super) async fn preview(
    ctx: Data<Context>,
    path: Path<(String, i64)>,
    SentBy(desk, fields): SentBy<Desk>,
) -> Page {
    desk.for_headquarters()?;
    let guide = permitted(&ctx, &desk, path.1).await?;
    let phone = phone(&ctx, &desk, &guide, &typed(&fields)).await?;
    Ok(page::show(StatusCode::OK, "phone", context! { phone }))
}

/// The phone of the guide's next new customer.
pub(super) async fn phone(
    ctx: &Context,
    desk: &Desk,
    guide: &guide::Model,
    text: &str,
) -> Result<Value, Stop> {
    let stores = stores_of(ctx, desk).await?;
    let store = store_name(&stores, guide.store_id);
    let own = Some(text).filter(|text| !text.is_empty());
    Ok(match guides::greeting(ctx, guide, store, own) {
        Ok(text) => context! { bytes => text.len(), text, own => own.is_some(), fault => "" },
        Err(why) => context! { text => "", bytes => 0, own => true, fault => fault(&why) },
    })
}

/// What is wrong, and what to do.
pub(super) fn fault(why: &WelcomeFault) -> String {
    match why {
        WelcomeFault::Empty => "欢迎语不能只有空白".to_owned(),
        WelcomeFault::Control => "欢迎语里有不能显示的字符，请删去后再保存".to_owned(),
        WelcomeFault::Unknown(what) => {
            format!("欢迎语里的“{what}”填不出内容，请改用下面列出的变量")
        }
        WelcomeFault::TooLong(bytes) => {
            let over = bytes.saturating_sub(2048).div_ceil(3);
            format!("欢迎语有 {bytes} 字节，微信最多 2048 字节，请删去约 {over} 个汉字")
        }
    }
}
