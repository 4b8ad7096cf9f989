//! Who serves her while her guide cannot: a stand-in of the same store, else the pool, always with an honest word.

use chrono::TimeDelta;

use daogou_schema::outbound::State;
use serde_json::json;

use super::{STORE, customer, one_and_one};
use crate::kit::{Guide, Phone, TestApp};

async fn goes_off_duty(guide: &Guide) {
    guide.phone.says("下班").await;
    guide.phone.sees("已下班").await;
}

async fn comes_on_duty(guide: &Guide) {
    guide.phone.says("上班").await;
    guide.phone.sees("已上班").await;
}

/// Two guides; two customers of the first, of whom 李先生 waits for an answer.
async fn two_and_two(app: &TestApp) -> (Guide, Phone, Guide, Phone) {
    let (lin, wang) = one_and_one(app).await;
    let wu = app.guide("吴桐", STORE).await;
    let li = customer(app, &lin, "李先生").await;
    li.says("老人会用吗").await;
    lin.phone.sees("老人会用吗").await;
    (lin, wang, wu, li)
}

/// She scans 吴桐's code, and by the account's rule that makes her a customer there.
async fn goes_on_to(app: &TestApp, person: &Phone, wu: &Guide) {
    app.daogou_json(&["account", "rule", "last", "--json"]);
    person.scans(&wu.scene).await;
    person.sees("吴桐").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_of_the_store_answers_while_her_guide_is_off_duty_and_then_she_returns() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    app.add_store("宁波店");
    let far = app.guide("周遥", "宁波店").await;
    lin.phone.says("下班").await;
    lin.phone.sees("新来信先由 吴桐 接待").await;
    wang.says("有货吗").await;
    wang.sees("林小满 现在不在岗，先由同店的 吴桐 接待您").await;
    wu.phone.sees("【新顾客 #1】有货吗").await;
    wu.phone.says("有的").await;
    wang.sees("有的").await;
    // Back on duty, the conversation is hers again; the stand-in's number is refused with the reason.
    comes_on_duty(&lin).await;
    wang.says("谢谢").await;
    lin.phone.sees("【新顾客 #1】谢谢").await;
    wu.phone.says("#1 不客气").await;
    wu.phone
        .sees("新顾客 #1 现在由 林小满 服务，这条没有发出")
        .await;
    assert_eq!(wang.count("不客气").await, 0);
    assert_eq!(
        lin.phone.count("有货吗").await,
        0,
        "one line goes to one guide"
    );
    assert_eq!(
        far.phone.count("【").await,
        0,
        "another store is none of it"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stand_in_whose_customer_went_back_to_her_guide_is_asked_for_whom_a_bare_answer_is() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    let li = customer(&app, &wu, "李先生").await;
    li.says("老人会用吗").await;
    wu.phone.sees("老人会用吗").await;
    wu.phone.says("#1 会的").await;
    li.sees("会的").await;
    goes_off_duty(&lin).await;
    wang.says("有货吗").await;
    wu.phone.sees("【新顾客 #2】有货吗").await;
    comes_on_duty(&lin).await;
    wang.says("在吗").await;
    lin.phone.sees("在吗").await;
    // On the stand-in's phone the last line is still hers.
    wu.phone.says("有的，要几号").await;
    wu.phone.sees("发给谁").await;
    app.at_rest().await;
    assert_eq!(li.count("要几号").await, 0, "it was not meant for him");
    wu.phone.says("#1").await;
    li.sees("要几号").await;
    wu.phone.says("还有别的颜色").await;
    li.sees("别的颜色").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_whose_waiting_customer_scanned_a_colleagues_code_is_asked_for_whom_a_bare_answer_is()
 {
    let app = TestApp::start().await;
    let (lin, wang, wu, li) = two_and_two(&app).await;
    lin.phone.says("#2 会的").await;
    li.sees("会的").await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    goes_on_to(&app, &wang, &wu).await;
    // The guide was writing while she left.
    lin.phone.says("有的，要几号").await;
    lin.phone.sees("发给谁").await;
    app.at_rest().await;
    assert_eq!(li.count("要几号").await + wang.count("要几号").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_whose_current_customer_went_on_is_asked_for_whom_the_next_line_is() {
    let app = TestApp::start().await;
    let (lin, wang, wu, li) = two_and_two(&app).await;
    wang.says("有货吗").await;
    lin.phone.sees("有货吗").await;
    lin.phone.says("#1 有的").await;
    wang.sees("有的").await;
    goes_on_to(&app, &wang, &wu).await;
    // The guide was still writing to her, whom she had answered; he is the only one who waits.
    lin.phone.says("给您留一双").await;
    lin.phone.sees("发给谁").await;
    app.at_rest().await;
    assert_eq!(li.count("给您留").await + wang.count("给您留").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_name_that_is_a_colleagues_by_now_the_next_line_is_asked_about() {
    let app = TestApp::start().await;
    let (lin, wang, wu, li) = two_and_two(&app).await;
    goes_on_to(&app, &wang, &wu).await;
    lin.phone.says("#1 您要的到货了").await;
    // Written before the refusal was read.
    lin.phone.says("给您留一双").await;
    lin.phone.sees("现在由 吴桐 服务").await;
    lin.phone.sees("发给谁").await;
    app.at_rest().await;
    assert_eq!(li.count("给您留").await + wang.count("给您留").await, 0);
    lin.phone.says("#2").await;
    li.sees("给您留一双").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_nobody_on_duty_her_line_waits_in_the_pool_and_comes_with_the_guide() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    goes_off_duty(&lin).await;
    wang.says("第一句").await;
    wang.sees("林小满 现在不在岗，店里暂时没有同事可以接待")
        .await;
    wang.sends("image").await;
    wang.says("第三句").await;
    assert_eq!(
        wang.count("不在岗").await,
        1,
        "once per silence, not per message"
    );
    assert_eq!(lin.phone.count("第一句").await, 0);
    lin.phone.says("上班").await;
    let lines = lin.phone.sees("第一句").await;
    assert_eq!(lines["via"], "passive");
    lin.phone.sees_a("image").await;
    lin.phone.sees("第三句").await;
    assert_eq!(lin.phone.count("第一句").await, 1);
    lin.phone.says("我来了").await;
    wang.sees("我来了").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_without_a_phone_gets_the_waiting_lines_by_linking() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.unlinked_guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.scans(&lin.scene).await;
    wang.sees("杭州城北店的林小满").await;
    wang.says("您好").await;
    wang.sees("林小满 现在不在岗").await;
    lin.phone.scans(&lin.link_scene).await;
    lin.phone.sees("【新顾客 #1】您好").await;
    lin.phone.says("您好呀").await;
    wang.sees("您好呀").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_of_the_store_comes_on_duty_first_gets_what_waits() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    goes_off_duty(&wu).await;
    goes_off_duty(&lin).await;
    wang.says("有人吗").await;
    wang.sees("有人上岗就回复您").await;
    wu.phone.says("上班").await;
    wu.phone.sees("【新顾客 #1】有人吗").await;
    wu.phone.says("我在").await;
    wang.sees("我在").await;
    // She stays her guide's.
    assert_eq!(
        app.guide_of(&wang).await,
        Some(daogou_schema::GuideId(lin.id))
    );
    comes_on_duty(&lin).await;
    assert_eq!(lin.phone.count("有人吗").await, 0, "it was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customers_of_a_guide_who_left_are_served_by_the_store() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    app.alter(&format!(
        "UPDATE guide SET left_at = {}, openid = NULL, on_duty = false WHERE id = {}",
        app.clock.now().timestamp_millis(),
        lin.id
    ))
    .await;
    wang.says("还在吗").await;
    wu.phone.sees("【新顾客 #1】还在吗").await;
    wang.sees("吴桐").await;
    assert_eq!(
        wang.count("离职").await + wang.count("离开").await,
        0,
        "never \"has left\""
    );
    wu.phone.says("在的").await;
    wang.sees("在的").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_who_unfollows_is_off_duty_and_the_stand_in_gets_what_waits() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    app.later(TimeDelta::hours(49)).await;
    wu.phone.says("帮助").await;
    wang.says("有货吗").await;
    wang.sees("留给 林小满").await;
    lin.phone
        .does(serde_json::json!({ "act": "unfollow" }))
        .await;
    wu.phone.sees("【新顾客 #1】有货吗").await;
    wu.phone.says("有的").await;
    wang.sees("有的").await;
    wang.says("谢谢").await;
    wu.phone.sees("谢谢").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_without_a_guide_is_told_the_truth_and_brings_her_lines_along_when_she_scans() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let wang = app.person("王女士").await;
    wang.does(serde_json::json!({ "act": "follow" })).await;
    wang.says("你们几点开门").await;
    wang.sees("您还没有专属导购，留言已保存").await;
    wang.says("周末呢").await;
    assert_eq!(wang.count("留言已保存").await, 1);
    wang.scans(&lin.scene).await;
    lin.phone.sees("你们几点开门").await;
    assert_eq!(lin.phone.count("周末呢").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_business_hours_she_reads_the_hours_once_and_her_guide_gets_the_line() {
    let app = TestApp::start().await;
    app.daogou_json(&["store", "add", STORE, "--hours", "10:00-21:30", "--json"]);
    let lin = app.guide("林小满", STORE).await;
    let wang = customer(&app, &lin, "王女士").await;
    wang.says("上午好").await;
    lin.phone.sees("上午好").await;
    assert_eq!(wang.count("打烊").await, 0, "open: 10:07 in Shanghai");
    app.later(TimeDelta::hours(12)).await;
    wang.says("晚上好").await;
    let away = wang.sees("门店现在已打烊（今天营业 10:00–21:30）").await;
    assert_eq!(away["via"], "passive");
    wang.says("在吗").await;
    lin.phone.sees("【新顾客 #1】在吗").await;
    assert_eq!(wang.count("打烊").await, 1, "once per silence");
    // While somebody answers all the same, the talk is not interrupted; hours later it is a new silence.
    app.later(TimeDelta::minutes(1)).await;
    lin.phone.says("在的").await;
    wang.sees("在的").await;
    app.later(TimeDelta::minutes(1)).await;
    wang.says("这么晚还在").await;
    lin.phone.sees("这么晚还在").await;
    assert_eq!(wang.count("打烊").await, 1);
    app.later(TimeDelta::hours(2)).await;
    wang.says("睡不着").await;
    wang.sees("打烊").await;
    // In the morning nothing is said.
    app.later(TimeDelta::hours(11)).await;
    wang.says("早").await;
    lin.phone.sees("早").await;
    assert_eq!(wang.count("打烊").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn hours_that_cannot_be_read_are_refused_by_name() {
    let app = TestApp::start().await;
    let refused = app.daogou(&["store", "add", STORE, "--hours", "ten to nine", "--json"]);
    assert_eq!(refused.status.code(), Some(2));
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("10:00-21:30"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_nobody_saw_goes_along_although_an_answer_was_given_meanwhile() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    app.fault(json!({ "path": "/cgi-bin/message/custom/send", "delay_ms": 6_000 }))
        .await;
    wang.says("第一句").await;
    app.outcome(&lin.phone, "第一句", State::Claimed).await;
    wang.says("第二句").await;
    app.outcome(&lin.phone, "第二句", State::Ready).await;
    // She answers what she knows of, while the second line has not left the house.
    lin.phone.says("#1 稍等").await;
    wang.sees("稍等").await;
    wang.says("换导购").await;
    wu.phone.sees("【新顾客 #1】第二句").await;
    assert_eq!(lin.phone.count("第二句").await, 0);
}
