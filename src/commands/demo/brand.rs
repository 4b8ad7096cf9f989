//! The sample brand 禾豆星 (invented; children's smart watches), made by playing acts.

use serde_json::{Value, json};

use super::super::Failure;
use super::stage::Stage;
use crate::accounts::{self, Account};
use crate::audit::By;
use crate::guides;

/// The brand's guides with their stores.
const GUIDES: &[(&str, &str)] = &[
    ("林小满", "杭州城北店"),
    ("吴桐", "杭州城北店"),
    ("周可", "绍兴若耶店"),
    ("何静", "绍兴若耶店"),
];
const STORES: &[&str] = &["杭州城北店", "绍兴若耶店"];
/// How often and how many times a phone is looked at: 10 seconds in all.
const LOOK_EVERY: std::time::Duration = std::time::Duration::from_millis(20);
const LOOKS_MAX: u32 = 500;
const WELCOME: &str =
    "您好，我是禾豆星{{ store }}的{{ guide }}。选表、设置、售后都可以直接问我，看到就回。";

/// The brand after its first acts.
pub(super) struct Brand {
    /// The guides, linked, with 5 of 5 messages left.
    pub guides: Vec<DemoGuide>,
    /// The consumers.
    pub people: Vec<Person>,
}

/// A guide of the demo.
pub(super) struct DemoGuide {
    pub name: String,
    pub store: String,
    pub scene: String,
    pub ticket: String,
    pub person: String,
}

/// Somebody with a phone.
pub(super) struct Person {
    pub id: String,
    pub name: String,
    pub openid: String,
}

impl Brand {
    /// The phones page with 王女士 and 林小满 open.
    pub(super) fn phones_url(&self, sandbox: &str) -> String {
        let people = [
            self.people.first().map(|p| &p.id),
            self.guides.first().map(|g| &g.person),
        ];
        let people: Vec<_> = people.into_iter().flatten().map(String::as_str).collect();
        format!("{sandbox}/?people={}", people.join(","))
    }
}

/// Plays the brand's first acts: guides are added and link their phones, 李先生 and 陈小姐 become 林小满's customers.
pub(super) async fn play(stage: &Stage) -> Result<Brand, Failure> {
    let ctx = stage.context();
    let account = accounts::choose(ctx, None).await?;
    for name in STORES {
        guides::add_store(
            ctx,
            &account,
            name,
            None,
            guides::StorePlace::default(),
            By::Command,
        )
        .await?;
    }
    let mut brand = Brand {
        guides: Vec::new(),
        people: Vec::new(),
    };
    for (name, store) in GUIDES {
        brand.guides.push(hire(stage, &account, name, store).await?);
    }
    for name in ["王女士", "李先生", "陈小姐"] {
        brand.people.push(appear(stage, name).await?);
    }
    let Some(first) = brand.guides.first() else {
        return Ok(brand);
    };
    for customer in brand.people.iter().skip(1) {
        act(
            stage,
            &customer.id,
            json!({ "act": "scan", "scene": first.scene }),
        )
        .await?;
    }
    told_of(stage, &first.person, brand.people.len().saturating_sub(1)).await?;
    // A word from each guide opens their 48 hours anew: 5 of 5 left.
    for guide in &brand.guides {
        act(
            stage,
            &guide.person,
            json!({ "act": "send", "msgtype": "text", "text": "上班" }),
        )
        .await?;
    }
    Ok(brand)
}

async fn hire(
    stage: &Stage,
    account: &Account,
    name: &str,
    store: &str,
) -> Result<DemoGuide, Failure> {
    let ctx = stage.context();
    let row = guides::find_store(ctx, account, store).await?;
    let added = guides::add(ctx, account, &row, name, Some(WELCOME), By::Command).await?;
    let poster = format!("{name} 的导购码 · {store}");
    label(stage, &added.code.ticket, &poster).await?;
    let own = format!("{name} 的关联码（导购本人用一次）");
    label(stage, &added.link.ticket, &own).await?;
    let person = appear(stage, name).await?;
    act(
        stage,
        &person.id,
        json!({ "act": "scan", "scene": added.link.scene }),
    )
    .await?;
    Ok(DemoGuide {
        name: name.to_owned(),
        store: store.to_owned(),
        scene: added.code.scene,
        ticket: added.code.ticket,
        person: person.id,
    })
}

async fn appear(stage: &Stage, name: &str) -> Result<Person, Failure> {
    let made = stage
        .post("/sandbox/v1/people", json!({ "name": name }))
        .await?;
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let openid = made
        .get("openids")
        .and_then(|o| o.get(stage.appid()))
        .map(text)
        .unwrap_or_default();
    Ok(Person {
        id: made.get("id").map(text).unwrap_or_default(),
        name: name.to_owned(),
        openid,
    })
}

async fn act(stage: &Stage, person: &str, mut act: Value) -> Result<(), Failure> {
    if let Some(act) = act.as_object_mut() {
        act.insert("appid".into(), json!(stage.appid()));
    }
    let path = format!("/sandbox/v1/people/{person}/acts");
    let done = stage.post(&path, act).await?;
    let status = done.get("http_status").and_then(Value::as_u64);
    if status == Some(200) {
        Ok(())
    } else {
        Err(Failure::Failed(format!(
            "the demo cannot start: an act failed: {done}"
        )))
    }
}

/// Prints beside a code whose it is, as a poster does.
async fn label(stage: &Stage, ticket: &str, label: &str) -> Result<(), Failure> {
    let body = json!({ "appid": stage.appid(), "ticket": ticket, "label": label });
    stage.post("/sandbox/v1/codes", body).await.map(drop)
}

/// Waits until a guide's phone shows `friends` new friends: what comes later would be paid from the window that the
/// guide is about to open.
async fn told_of(stage: &Stage, person: &str, friends: usize) -> Result<(), Failure> {
    let path = format!("/sandbox/v1/people/{person}/chat?appid={}", stage.appid());
    let mut looks = tokio::time::interval(LOOK_EVERY);
    for _ in 0..LOOKS_MAX {
        looks.tick().await;
        let chat = stage.get(&path).await?;
        let items = chat.get("items").and_then(Value::as_array);
        let told = items.into_iter().flatten().filter(|item| {
            let text = item.get("text").and_then(Value::as_str);
            text.is_some_and(|text| text.starts_with("新朋友"))
        });
        if told.count() >= friends {
            return Ok(());
        }
    }
    Err(Failure::Failed(
        "the demo cannot start: a guide is not told of new friends".into(),
    ))
}
