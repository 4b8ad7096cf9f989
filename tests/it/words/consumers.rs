//! A consumer's words: another guide without a reason, no marketing, answers only.

use chrono::TimeDelta;
use daogou_schema::binding_event::Reason;
use daogou_schema::outbound::State;
use daogou_schema::{GuideId, member};
use sea_orm::EntityTrait;

use crate::kit::{Phone, TestApp};
use crate::relay::{STORE, customer, one_and_one};

async fn member(app: &TestApp, phone: &Phone) -> member::Model {
    let identity = app.identity_of(phone).await.expect("she is known");
    let found = member::Entity::find_by_id(identity.member_id)
        .one(&app.database().await)
        .await;
    found
        .expect("the members can be read")
        .expect("she is a member")
}

#[tokio::test(flavor = "multi_thread")]
async fn another_guide_takes_over_at_once_with_what_she_still_waits_for() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    wang.says("换导购").await;
    let told = wang.sees("已为您换为 吴桐，直接留言就能找到").await;
    assert_eq!(told["via"], "passive");
    lin.phone.sees("新顾客 #1 已由其他同事服务").await;
    // The new guide sees the open question and can answer at once.
    wu.phone.sees("【新顾客 #1】有货吗").await;
    assert_eq!(wu.phone.count("新朋友 #1 换到你这里").await, 1);
    wu.phone.says("有的").await;
    wang.sees("有的").await;
    let history = app.history_of(&wang).await;
    assert_eq!(history.last().map(|e| e.reason), Some(Reason::Asked));
    assert_eq!(app.guide_of(&wang).await, Some(GuideId(wu.id)));
    assert_eq!(
        lin.phone.count("有货吗").await,
        1,
        "the former guide hears no more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_the_former_guide_never_got_goes_with_her() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    app.later(TimeDelta::hours(49)).await;
    let wu = app.guide("吴桐", STORE).await;
    wang.says("没人理我").await;
    wang.sees("留给 林小满").await;
    wang.says("换导购").await;
    wang.sees("已为您换为 吴桐").await;
    wu.phone.sees("【新顾客 #1】没人理我").await;
    lin.phone.says("继续").await;
    lin.phone.sees("已由其他同事服务").await;
    assert_eq!(
        lin.phone.count("没人理我").await,
        0,
        "it is not his any more"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_former_guide_had_waiting_for_her_is_not_said_in_anothers_name() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let _wu = app.guide("吴桐", STORE).await;
    wang.says("您好").await;
    lin.phone.sees("您好").await;
    app.later(TimeDelta::hours(49)).await;
    lin.phone.says("迟到的回答").await;
    lin.phone.sees("没有送出").await;
    wang.says("换导购").await;
    wang.sees("已为您换为 吴桐").await;
    wang.says("您好").await;
    app.outcome(&wang, "迟到的回答", State::Dropped).await;
    assert_eq!(wang.count("迟到的回答").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_no_other_guide_she_is_freed_and_told_the_truth() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("换导购。").await;
    wang.sees("已为您解除原来的专属导购").await;
    lin.phone.sees("已由其他同事服务").await;
    assert_eq!(app.guide_of(&wang).await, None);
    wang.says("有人吗").await;
    wang.sees("留言已保存").await;
    lin.phone.says("#1 在").await;
    lin.phone.sees("不由你服务，这条没有发出").await;
    // Somebody who never had a guide hears the same honest word.
    let li = app.person("李先生").await;
    li.does(serde_json::json!({ "act": "follow" })).await;
    li.says("换导购").await;
    li.sees("您还没有专属导购").await;
    assert_eq!(li.count("已为您").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn muting_stops_marketing_and_nothing_else() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("退订").await;
    wang.sees("已停止向您发送活动和优惠消息").await;
    assert!(member(&app, &wang).await.muted);
    assert_eq!(
        lin.phone.count("退订").await,
        0,
        "a word is no line for the guide"
    );
    wang.says("还有货吗").await;
    lin.phone.sees("还有货吗").await;
    lin.phone.says("有的").await;
    wang.sees("有的").await;
    wang.says("恢复订阅").await;
    wang.sees("已恢复活动和优惠消息").await;
    assert!(!member(&app, &wang).await.muted);
    // What only contains the word is a question like any other.
    wang.says("怎么退订单").await;
    lin.phone.sees("怎么退订单").await;
    assert!(!member(&app, &wang).await.muted);
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_me_only_when_i_write_keeps_what_nobody_asked_for() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("只在我问时回复").await;
    wang.sees("之后只在您来信时回复").await;
    assert!(member(&app, &wang).await.quiet);
    // Her window is open, but she asked nothing.
    lin.phone.says("#1 周末有活动").await;
    lin.phone.sees("对方要求只在来信时回复").await;
    let row = app.outcome(&wang, "周末有活动", State::Held).await;
    assert_eq!(row.reason.as_deref(), Some("quiet"));
    assert_eq!(wang.count("周末有活动").await, 0);
    // She asks: answers go through, in more than one message too, and what was kept comes along.
    wang.says("这款防水吗").await;
    wang.sees("周末有活动").await;
    lin.phone.says("防水的").await;
    wang.sees("防水的").await;
    lin.phone.says("可以戴着游泳").await;
    wang.sees("可以戴着游泳").await;
    // Hours later, unasked, it is kept again, though WeChat would still let it through.
    app.later(TimeDelta::hours(5)).await;
    lin.phone.says("还考虑吗").await;
    lin.phone.sees("对方要求只在来信时回复").await;
    wang.says("可以联系我").await;
    wang.sees("有合适的信息会联系您").await;
    assert!(!member(&app, &wang).await.quiet);
    lin.phone.says("新款到了").await;
    wang.sees("新款到了").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_is_no_question() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("只在我问时回复").await;
    wang.sees("只在您来信时回复").await;
    wang.scans(&lin.scene).await;
    wang.sees("一直是您的专属导购").await;
    lin.phone.says("#1 来店里坐坐").await;
    lin.phone.sees("对方要求只在来信时回复").await;
    // Another scan, later, brings only what a scan may bring.
    app.later(TimeDelta::minutes(5)).await;
    wang.scans(&lin.scene).await;
    app.at_rest().await;
    assert_eq!(wang.count("来店里坐坐").await, 0);
    wang.says("这周有活动吗").await;
    wang.sees("来店里坐坐").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_types_is_shown_as_typed_and_never_passes_for_somebody_else() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let li = customer(&app, &lin, "李先生").await;
    li.says("您好").await;
    lin.phone.sees("【新顾客 #2】您好").await;
    wang.says("好的\n【新顾客 #2】把我的钱退给王女士").await;
    lin.phone.sees("把我的钱退给王女士").await;
    let texts = lin.phone.texts().await;
    let forged = texts
        .iter()
        .flat_map(|t| t.lines())
        .any(|line| line.starts_with("【新顾客 #2】把我的钱"));
    assert!(!forged, "{texts:?}");
    wang.says("<a href=\"weixin://bizmsgmenu?msgmenucontent=x&msgmenuid=to-1\">点我</a>")
        .await;
    lin.phone.sees("点我").await;
    let texts = lin.phone.texts().await;
    assert!(
        !texts.iter().any(|text| text.contains("<a")),
        "there must be nothing to tap: {texts:?}"
    );
}
