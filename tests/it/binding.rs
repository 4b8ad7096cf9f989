//! Binding, seen from outside: a scan by anybody binds to exactly one guide, the rule of the account decides, the history
//! only grows, and each of the two phones says what happened.

mod following;
mod linking;
mod stores;

use chrono::TimeDelta;
use daogou_schema::GuideId;
use daogou_schema::binding_event::Reason;

use crate::kit::{Guide, Phone, Session, Store, TestApp, eventually};

pub(crate) const STORE: &str = "杭州城北店";

async fn reasons(app: &TestApp, phone: &Phone) -> Vec<Reason> {
    let history = app.history_of(phone).await;
    history.iter().map(|event| event.reason).collect()
}

/// An installation with two guides in one store.
async fn two_guides(app: &TestApp) -> (Guide, Guide) {
    app.add_store(STORE);
    (
        app.guide("林小满", STORE).await,
        app.guide("吴桐", STORE).await,
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_by_somebody_who_does_not_follow_yet_binds_and_greets_at_once() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    let welcome = wang.sees("您好，我是杭州城北店的林小满").await;
    assert_eq!(welcome["via"], "passive", "a greeting costs no quota");
    lin.phone.sees("新朋友 #1 扫你的码关注了").await;
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(lin.id)));
    let history = app.history_of(&wang).await;
    assert_eq!(history.len(), 1, "{history:?}");
    assert_eq!(history[0].reason, Reason::Scan);
    assert_eq!(history[0].to_guide_id, Some(GuideId(lin.id)));
    assert!(
        history[0].code_id.is_some() && history[0].inbound_id.is_some(),
        "by which code and when is written down: {history:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_by_a_follower_binds_too() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.does(serde_json::json!({ "act": "follow" })).await;
    assert_eq!(
        app.guide_of(&wang).await,
        None,
        "following alone binds nobody"
    );
    wang.scans(&lin.scene).await;
    let welcome = wang.sees("林小满，您的专属导购").await;
    assert_eq!(welcome["via"], "passive", "{welcome}");
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(lin.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn her_own_guides_code_again_changes_nothing_and_says_so() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #1").await;
    app.later(TimeDelta::minutes(5)).await;
    wang.scans(&lin.scene).await;
    wang.sees("林小满 一直是您的专属导购").await;
    assert_eq!(reasons(&app, &wang).await, [Reason::Scan, Reason::Rescan]);
    assert_eq!(
        lin.phone.count("新朋友").await,
        1,
        "the guide hears of a new friend once"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn first_wins_keeps_her_with_her_guide_whoever_is_scanned_later() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    first_wins(&app, &lin, &wu).await;
}

async fn first_wins(app: &TestApp, lin: &Guide, wu: &Guide) {
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    app.later(TimeDelta::days(400)).await;
    wang.scans(&wu.scene).await;
    wang.sees("您的专属导购仍是 林小满").await;
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(lin.id)));
    assert_eq!(reasons(app, &wang).await, [Reason::Scan, Reason::Kept]);
    assert_eq!(wu.phone.count("新朋友").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn last_wins_moves_her_and_tells_all_three() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    app.daogou_json(&["account", "rule", "last", "--json"]);
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    lin.phone.sees("新朋友 #1").await;
    wang.scans(&wu.scene).await;
    wang.sees("杭州城北店的吴桐").await;
    wu.phone.sees("新朋友 #1").await;
    lin.phone.sees("新顾客 #1 已由其他同事服务").await;
    let history = app.history_of(&wang).await;
    assert_eq!(history[1].reason, Reason::Moved);
    assert_eq!(history[1].from_guide_id, Some(GuideId(lin.id)));
    assert_eq!(history[1].to_guide_id, Some(GuideId(wu.id)));
    // What she writes reaches the new guide only.
    wang.says("在吗").await;
    wu.phone.sees("【新顾客 #1】在吗").await;
    assert_eq!(lin.phone.count("在吗").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn protection_keeps_her_for_the_stated_days_and_then_lets_her_move() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    app.daogou_json(&["account", "rule", "protect", "--days", "7", "--json"]);
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    app.later(TimeDelta::days(7) - TimeDelta::seconds(1)).await;
    wang.scans(&wu.scene).await;
    wang.sees("您的专属导购仍是 林小满").await;
    app.later(TimeDelta::seconds(1)).await;
    wang.scans(&wu.scene).await;
    wang.sees("杭州城北店的吴桐").await;
    assert_eq!(
        reasons(&app, &wang).await,
        [Reason::Scan, Reason::Kept, Reason::Moved]
    );
    // The protection begins anew with the new guide.
    wang.scans(&lin.scene).await;
    wang.sees("您的专属导购仍是 吴桐").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_code_of_a_guide_who_has_left_leads_to_the_stores_stand_in() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    leaves(&app, &lin).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("杭州城北店的吴桐").await;
    wu.phone.sees("新朋友 #1").await;
    assert_eq!(reasons(&app, &wang).await, [Reason::StandIn]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_who_left_does_not_keep_a_customer_from_the_next_one_she_scans() {
    let app = TestApp::start().await;
    let (lin, wu) = two_guides(&app).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    leaves(&app, &lin).await;
    wang.scans(&wu.scene).await;
    wang.sees("杭州城北店的吴桐").await;
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(wu.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_leads_to_nobody_gets_an_honest_word_and_binds_nobody() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    leaves(&app, &lin).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("暂时还没有可以接待您的导购").await;
    assert_eq!(app.guide_of(&wang).await, None);
    assert!(app.history_of(&wang).await.is_empty());
    // She may write all the same, and hears the truth about it.
    wang.says("有人吗").await;
    wang.sees("留言已保存").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scene_that_is_not_ours_binds_nobody_and_breaks_nothing() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    for scene in [
        "qrscene_g0000000000000000",
        "qrscene_123",
        "qrscene_",
        "last_trade_no_4200",
    ] {
        let push = serde_json::json!({
            "act": "raw", "fields": { "MsgType": "event", "Event": "subscribe", "EventKey": scene, "Ticket": "t" },
        });
        wang.does(push).await;
    }
    assert_eq!(app.guide_of(&wang).await, None);
    wang.scans(&lin.scene).await;
    wang.sees("林小满").await;
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(lin.id)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_welcome_of_the_guides_own_is_filled_in_and_wins_over_the_brands() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let welcome = "{{ store }} {{ guide }} 欢迎第 {{ number }} 位朋友";
    let added = app.daogou_json(&[
        "guide",
        "add",
        "林小满",
        "--store",
        STORE,
        "--welcome",
        welcome,
        "--json",
    ]);
    let wang = app.person("王女士").await;
    wang.scans(added["scene"].as_str().expect("a scene")).await;
    wang.sees("杭州城北店 林小满 欢迎第 1 位朋友").await;
    let refused = app.daogou(&[
        "guide",
        "add",
        "吴桐",
        "--store",
        STORE,
        "--welcome",
        "{{ name }}",
        "--json",
    ]);
    assert_eq!(refused.status.code(), Some(2));
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("welcome"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_overrides_any_text_from_its_own_folder() {
    let mut app = TestApp::start().await;
    let folder = app.folder().join("brand");
    std::fs::create_dir_all(folder.join("messages")).expect("a folder");
    std::fs::write(
        folder.join("messages/welcome.txt"),
        "禾豆星欢迎您，{{ guide }}在{{ store }}等您。\n",
    )
    .expect("a file");
    app.set("DAOGOU_TEMPLATES_DIR", &folder.display().to_string());
    app.restart().await;
    app.register().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("禾豆星欢迎您，林小满在杭州城北店等您。").await;
    // What the brand did not write stays as it was.
    lin.phone.sees("扫你的码关注了").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_who_scans_at_once_is_bound_once_and_numbered_once() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    crowd(&app, &lin).await;
}

async fn crowd(app: &TestApp, lin: &Guide) {
    let mut people = Vec::new();
    for n in 0..12 {
        people.push(app.person(&format!("顾客{n}")).await);
    }
    let scans = people.iter().map(|person| person.scans(&lin.scene));
    futures_util::future::join_all(scans).await;
    for person in &people {
        assert_eq!(app.guide_of(person).await, Some(GuideId(lin.id)));
        assert_eq!(reasons(app, person).await, [Reason::Scan]);
        person.says("我是谁").await;
    }
    let mut numbers = eventually("all lines arriving", async || {
        lin.phone.says("继续").await;
        let texts = lin.phone.texts().await.join("\n");
        let lines = texts.lines().filter(|line| line.ends_with("】我是谁"));
        let numbers = lines.filter_map(|line| {
            line.strip_prefix("【新顾客 #")?
                .split('】')
                .next()?
                .parse()
                .ok()
        });
        let numbers: Vec<u32> = numbers.collect();
        (numbers.len() >= 12).then_some(numbers)
    })
    .await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn binding_is_the_same_on_postgresql() {
    on_a_server(Store::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn binding_is_the_same_on_mariadb() {
    on_a_server(Store::MariaDb).await;
}

async fn on_a_server(store: Store) {
    let Some(app) = TestApp::on(store, Session::Embedded).await else {
        return;
    };
    let (lin, wu) = two_guides(&app).await;
    first_wins(&app, &lin, &wu).await;
    lin.phone.says("帮助").await;
    crowd(&app, &wu).await;
    stores::two_openids_that_differ_only_in_case(&app, &lin).await;
    stores::a_name_is_taken(&app);
    following::goes_and_comes_back(&app, &lin).await;
}

/// What hand-over does when a guide leaves; no command does it yet.
async fn leaves(app: &TestApp, guide: &Guide) {
    let now = app.clock.now().timestamp_millis();
    app.alter(&format!(
        "UPDATE guide SET left_at = {now}, openid = NULL, on_duty = false WHERE id = {}",
        guide.id
    ))
    .await;
}
