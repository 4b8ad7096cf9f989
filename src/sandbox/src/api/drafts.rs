//! Drafts and published articles.

use serde_json::{Value, json};

use super::call::{Call, Outcome, Refusal, bare, ok, ok_with};
use super::media::window;
use crate::push::{Answerable, Push};
use crate::wire::Field;

const TITLE_CHARACTERS_MAX: usize = 64;
const ARTICLES_MAX: usize = 8;
/// The digest that the platform makes of an article without one.
const DIGEST_CHARACTERS: usize = 54;

fn unknown() -> Refusal {
    Refusal::new(40_007, "invalid media_id")
}

/// `POST /cgi-bin/draft/add`
pub(super) fn add(call: &mut Call<'_>) -> Outcome {
    let given = call
        .body()
        .get("articles")
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    if given.is_empty() || given.len() > ARTICLES_MAX {
        return Err(Refusal::new(44_003, "empty news data"));
    }
    let articles: Vec<Value> = given
        .into_iter()
        .map(|article| checked(call, article))
        .collect::<Result<_, _>>()?;
    let (id, now) = (call.world.secret(43), call.now);
    call.account()?
        .shelf
        .drafts
        .insert(id.clone(), (now, Value::Array(articles)));
    bare(json!({"media_id": id}))
}

fn checked(call: &Call<'_>, article: Value) -> Result<Value, Refusal> {
    let mut article = super::content::object(article);
    let text = |name: &str| {
        article
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    if text("title").is_empty() || text("title").chars().count() > TITLE_CHARACTERS_MAX {
        return Err(Refusal::new(45_003, "title size out of limit"));
    }
    if text("content").is_empty() {
        return Err(Refusal::new(44_004, "empty content"));
    }
    if text("article_type") != "newspic" {
        super::content::known_media(call, &text("thumb_media_id"))?;
    }
    if text("digest").is_empty() {
        let digest: String = text("content").chars().take(DIGEST_CHARACTERS).collect();
        article.insert("digest".to_owned(), digest.into());
    }
    article.insert("url".to_owned(), format!("{}/", call.input.origin).into());
    Ok(Value::Object(article))
}

/// `POST /cgi-bin/draft/get`
pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let id = call.text("media_id").unwrap_or_default();
    let (_, articles) = call.account()?.shelf.drafts.get(&id).ok_or_else(unknown)?;
    bare(json!({"news_item": articles}))
}

/// `POST /cgi-bin/draft/delete`
pub(super) fn delete(call: &mut Call<'_>) -> Outcome {
    let id = call.text("media_id").unwrap_or_default();
    call.account()?
        .shelf
        .drafts
        .remove(&id)
        .ok_or_else(unknown)?;
    ok()
}

/// `POST /cgi-bin/draft/update`
pub(super) fn update(call: &mut Call<'_>) -> Outcome {
    let id = call.text("media_id").unwrap_or_default();
    let index = call
        .number("index")
        .and_then(|index| usize::try_from(index).ok())
        .unwrap_or(0);
    let article = call.body().get("articles").cloned().unwrap_or_default();
    let article = checked(call, article)?;
    let now = call.now;
    let (changed, articles) = call
        .account()?
        .shelf
        .drafts
        .get_mut(&id)
        .ok_or_else(unknown)?;
    let place = articles
        .as_array_mut()
        .and_then(|articles| articles.get_mut(index));
    *place.ok_or_else(|| Refusal::new(40_114, "invalid index value"))? = article;
    *changed = now;
    ok()
}

/// `GET /cgi-bin/draft/count`
pub(super) fn count(call: &mut Call<'_>) -> Outcome {
    let count = call.account()?.shelf.drafts.len();
    bare(json!({"total_count": count}))
}

/// `POST /cgi-bin/draft/batchget`
pub(super) fn list(call: &mut Call<'_>) -> Outcome {
    let (offset, count) = window(call)?;
    let drafts = &call.account()?.shelf.drafts;
    let items: Vec<Value> = drafts
        .iter()
        .skip(offset)
        .take(count)
        .map(|(id, (at, articles))| json!({"media_id": id, "content": {"news_item": articles}, "update_time": at}))
        .collect();
    bare(json!({"total_count": drafts.len(), "item_count": items.len(), "item": items}))
}

/// `POST /cgi-bin/draft/switch`: drafts are on everywhere.
pub(super) fn switch(_call: &mut Call<'_>) -> Outcome {
    ok_with(json!({"is_open": 1}))
}

/// `POST /cgi-bin/freepublish/submit`
pub(super) fn publish(call: &mut Call<'_>) -> Outcome {
    let id = call.text("media_id").unwrap_or_default();
    let now = call.now;
    let (_, articles) = call
        .account()?
        .shelf
        .drafts
        .remove(&id)
        .ok_or_else(unknown)?;
    let publish_id = call.world.next_id().to_string();
    let article_id = call.world.secret(40);
    let url = format!("{}/", call.input.origin);
    let count = articles.as_array().map_or(0, Vec::len);
    let shelf = &mut call.account()?.shelf;
    shelf.articles.insert(article_id.clone(), (now, articles));
    shelf
        .published
        .insert(publish_id.clone(), article_id.clone());
    let mut detail = vec![Field::number("count", count)];
    detail.extend((1..=count).map(|index| {
        Field::group(
            "item",
            vec![
                Field::number("idx", index),
                Field::text("article_url", &url),
            ],
        )
    }));
    let info = vec![
        Field::number("publish_id", &publish_id),
        Field::number("publish_status", 0),
        Field::text("article_id", article_id),
        Field::group("article_detail", detail),
    ];
    let fields = vec![Field::group("PublishEventInfo", info)];
    let from = super::mass::PLATFORM.to_owned();
    call.pushes.push(Push::event(
        &call.appid,
        None,
        from,
        "PUBLISHJOBFINISH",
        fields,
        Answerable::No,
    ));
    ok_with(json!({"publish_id": publish_id, "msg_data_id": call.now}))
}

/// `POST /cgi-bin/freepublish/get`
pub(super) fn publish_state(call: &mut Call<'_>) -> Outcome {
    let id = call.text("publish_id").unwrap_or_default();
    let url = format!("{}/", call.input.origin);
    let shelf = &call.account()?.shelf;
    let article = shelf
        .published
        .get(&id)
        .ok_or_else(|| Refusal::new(53_600, "invalid publish_id"))?;
    let count = shelf
        .articles
        .get(article)
        .and_then(|(_, articles)| articles.as_array())
        .map_or(0, Vec::len);
    let items: Vec<Value> = (1..=count)
        .map(|index| json!({"idx": index, "article_url": url}))
        .collect();
    let status = if count == 0 { 5 } else { 0 };
    bare(json!({
        "publish_id": id, "publish_status": status, "article_id": article,
        "article_detail": {"count": count, "item": items}, "fail_idx": [],
    }))
}

/// `POST /cgi-bin/freepublish/getarticle`
pub(super) fn article(call: &mut Call<'_>) -> Outcome {
    let id = call.text("article_id").unwrap_or_default();
    let (_, articles) = call
        .account()?
        .shelf
        .articles
        .get(&id)
        .ok_or_else(|| Refusal::new(53_600, "invalid article_id"))?;
    bare(json!({"news_item": articles}))
}

/// `POST /cgi-bin/freepublish/batchget`
pub(super) fn articles(call: &mut Call<'_>) -> Outcome {
    let (offset, count) = window(call)?;
    let articles = &call.account()?.shelf.articles;
    let items: Vec<Value> = articles
        .iter()
        .skip(offset)
        .take(count)
        .map(|(id, (at, articles))| json!({"article_id": id, "content": {"news_item": articles}, "update_time": at}))
        .collect();
    bare(json!({"total_count": articles.len(), "item_count": items.len(), "item": items}))
}

/// `POST /cgi-bin/freepublish/delete`
pub(super) fn unpublish(call: &mut Call<'_>) -> Outcome {
    let id = call.text("article_id").unwrap_or_default();
    call.account()?
        .shelf
        .articles
        .remove(&id)
        .ok_or_else(|| Refusal::new(53_600, "invalid article_id"))?;
    ok()
}
