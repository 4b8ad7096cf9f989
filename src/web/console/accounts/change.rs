//! Changing an account: its name, its AppSecret, and what is agreed with WeChat about the callback.

use actix_web::web::{Data, Path};
use daogou_schema::AccountId;
use minijinja::Value;

use super::{Shown, known, wizard};
use crate::accounts::{self, rules};
use crate::config::Secret;
use crate::context::Context;
use crate::web::console::gate::{Fields, Gate, SentBy};
use crate::web::console::stop::Page;
use crate::web::console::words::problem;
use crate::web::page;

pub(in super::super) async fn rename(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    if let Some(wrong) = rules::wrong_name(fields.get("name")) {
        let wrong = vec![problem("name", wrong)];
        return refused(&ctx, &gate, *id, ("name", fields, wrong)).await;
    }
    let account = known(&ctx, *id).await?.id;
    accounts::rename(&ctx, account, fields.get("name"), gate.by()).await?;
    Ok(page::go_to(&format!("/console/accounts/{id}")))
}

pub(in super::super) async fn replace_secret(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    let secret = fields.get("secret");
    if let Some(wrong) = rules::wrong_secret(secret) {
        let wrong = vec![problem("secret", wrong)];
        return refused(&ctx, &gate, *id, ("secret", fields, wrong)).await;
    }
    let secret = Secret::new(secret);
    let account = known(&ctx, *id).await?.id;
    accounts::replace_secret(&ctx, account, &secret, gate.by()).await?;
    done(&ctx, &gate, *id, "新的 AppSecret 已保存，可以自检一次").await
}

pub(in super::super) async fn change_keys(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, fields): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    let (keys, drawn) = match wizard::keys_of(&ctx, &fields) {
        Ok(keys) => keys,
        Err(wrong) => return refused(&ctx, &gate, *id, ("keys", fields, wrong)).await,
    };
    let keep = fields.get("leaked").is_empty();
    let account = known(&ctx, *id).await?;
    if let Some(wrong) = rules::wrong_change(account.door.mode, keys.mode, keep) {
        let wrong = vec![problem("mode", wrong)];
        return refused(&ctx, &gate, *id, ("keys", fields, wrong)).await;
    }
    let (id, by) = (account.id, gate.by());
    accounts::change_keys(&ctx, id, keys.clone(), keep, by).await?;
    let shown = Shown {
        fresh: drawn.then_some(keys),
        notice: Some("新的 Token 和密钥已保存，请到微信后台换上"),
        ..Shown::default()
    };
    shown.page(&ctx, &gate, id).await
}

pub(in super::super) async fn forget_previous(
    ctx: Data<Context>,
    id: Path<i64>,
    SentBy(gate, _): SentBy<Gate>,
) -> Page {
    gate.for_staff()?;
    let account = known(&ctx, *id).await?.id;
    accounts::forget_previous(&ctx, account, gate.by()).await?;
    Ok(page::go_to(&format!("/console/accounts/{id}")))
}

async fn done(ctx: &Context, gate: &Gate, id: i64, notice: &'static str) -> Page {
    let shown = Shown {
        notice: Some(notice),
        ..Shown::default()
    };
    shown.page(ctx, gate, AccountId(id)).await
}

async fn refused(
    ctx: &Context,
    gate: &Gate,
    id: i64,
    refused: (&'static str, Fields, Vec<Value>),
) -> Page {
    let shown = Shown {
        refused: Some(refused),
        ..Shown::default()
    };
    shown.page(ctx, gate, AccountId(id)).await
}
