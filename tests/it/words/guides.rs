//! A guide's words: naming customers, asking for the list, going on and off duty, taking an answer back.

use chrono::TimeDelta;
use daogou_schema::outbound::State;
use daogou_schema::question;

use crate::kit::{Guide, Phone, TestApp, wire};
use crate::relay::{STORE, customer, one_and_one};

/// A guide, two customers who both wrote, and nobody named yet.
async fn two_who_wrote(app: &TestApp) -> (Guide, Phone, Phone) {
    let (lin, wang) = one_and_one(app).await;
    let li = customer(app, &lin, "李先生").await;
    wang.says("有粉色的吗").await;
    lin.phone.sees("【新顾客 #1】有粉色的吗").await;
    li.says("老人会用吗").await;
    lin.phone.sees("【新顾客 #2】老人会用吗").await;
    (lin, wang, li)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_could_reach_the_wrong_person_is_held_and_asked_about() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    lin.phone.says("有的").await;
    let question = lin.phone.sees("发给谁？").await;
    assert_eq!(question["via"], "passive", "a question costs no quota");
    let text = question["text"].as_str().expect("a text");
    assert!(
        text.contains("新顾客 #1") && text.contains("新顾客 #2"),
        "{text}"
    );
    // More of the same answer joins it, and nothing reaches anybody meanwhile.
    lin.phone.sends("image").await;
    lin.phone.sees("有 2 条没有发出").await;
    assert_eq!(
        (wang.items().await.len(), li.items().await.len()),
        (1, 1),
        "the welcome only"
    );
    lin.phone.taps("to-1").await;
    lin.phone.sees("已发给 新顾客 #1").await;
    wang.sees("有的").await;
    wang.sees_a("image").await;
    assert_eq!(li.items().await.len(), 1);
    // Named once, a bare answer goes to her though the other one still waits.
    lin.phone.says("给您留着").await;
    wang.sees("给您留着").await;
    assert_eq!(li.items().await.len(), 1);
    // When the other one writes again it is unclear again.
    li.says("在吗").await;
    lin.phone.sees("在吗").await;
    lin.phone.says("马上").await;
    lin.phone.sees("发给谁？").await;
    lin.phone.says("#2").await;
    li.sees("马上").await;
    assert_eq!(wang.count("马上").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_arrived_only_after_the_guide_had_named_somebody_makes_a_bare_answer_unclear() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    let li = customer(&app, &lin, "李先生").await;
    wang.says("有粉色的吗").await;
    lin.phone.sees("有粉色的吗").await;
    // The guide names her, and on the way to us that is overtaken by another's line to the guide.
    let written = app.clock.now().timestamp();
    app.pass(TimeDelta::seconds(1));
    li.says("老人会用吗").await;
    lin.phone.sees("老人会用吗").await;
    app.outcome(&lin.phone, "老人会用吗", State::Sent).await;
    let content = format!(
        "<xml><ToUserName>gh_0123456789ab</ToUserName><FromUserName>{}</FromUserName>\
         <CreateTime>{written}</CreateTime><MsgType>text</MsgType><Content>#1 有的</Content><MsgId>77</MsgId></xml>",
        lin.phone.openid
    );
    wire::push(&app, &app.sender().push("secure", content)).await;
    wang.sees("有的").await;
    lin.phone.says("会的").await;
    lin.phone.sees("发给谁？").await;
    assert_eq!(
        wang.count("会的").await,
        0,
        "it was meant for the other one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_answer_goes_where_the_guide_says_within_half_an_hour_and_nowhere_after_that() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    lin.phone.says("有的").await;
    lin.phone.sees("发给谁？").await;
    app.later(TimeDelta::minutes(29)).await;
    lin.phone.says("#1").await;
    wang.sees("有的").await;
    assert_eq!(li.count("有的").await, 0);
    li.says("在吗").await;
    lin.phone.says("马上来").await;
    lin.phone.sees("发给谁？").await;
    app.later(TimeDelta::minutes(31)).await;
    lin.phone.says("#2").await;
    lin.phone.sees("没有发出").await;
    lin.phone.says("让您久等").await;
    li.sees("让您久等").await;
    assert_eq!(wang.count("马上来").await + li.count("马上来").await, 0);
    let ends = [question::State::Sent, question::State::Dropped];
    assert_eq!(
        app.questions().await,
        ends,
        "nothing is called sent that was not"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_said_again_with_a_number_replaces_the_one_that_was_held() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    lin.phone.says("有的").await;
    lin.phone.sees("发给谁？").await;
    lin.phone.says("#1 有的呢").await;
    wang.sees("有的呢").await;
    lin.phone.sees("没有发出").await;
    lin.phone.says("#2").await;
    lin.phone.sees("之后的回复都发给 新顾客 #2").await;
    app.at_rest().await;
    assert_eq!(li.count("有的").await, 0);
    assert_eq!(wang.count("有的").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_an_answer_back_sends_it_to_nobody() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    lin.phone.says("打错了").await;
    lin.phone.sees("发给谁？").await;
    lin.phone.says("撤回").await;
    lin.phone.sees("已撤回").await;
    lin.phone.says("撤回").await;
    lin.phone.sees("没有等待确认的消息").await;
    lin.phone.says("#1").await;
    lin.phone.sees("之后的回复都发给 新顾客 #1").await;
    lin.phone.says("有的").await;
    wang.sees("有的").await;
    assert_eq!(wang.count("打错了").await + li.count("打错了").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_always_works_whoever_is_current() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    for (text, to, what) in [
        ("#1 第一", &wang, "第一"),
        ("#2第二", &li, "第二"),
        ("＃1：第三", &wang, "第三"),
        ("# 2，第四", &li, "第四"),
        ("#1\n第五行\n第六行", &wang, "第五行\n第六行"),
    ] {
        lin.phone.says(text).await;
        let item = to.sees(what).await;
        assert_eq!(item["text"], what, "the number is not part of the answer");
    }
    assert_eq!(wang.items().await.len(), 4);
    assert_eq!(li.items().await.len(), 3);
    lin.phone.says("#99 您好").await;
    lin.phone.sees("没有编号 #99 的顾客，这条没有发出").await;
    lin.phone.says("#99").await;
    lin.phone.sees("没有编号 #99").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_shows_everybody_and_each_can_be_tapped() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    lin.phone.says("#2 会的").await;
    li.sees("会的").await;
    lin.phone.says("列表").await;
    let list = lin.phone.sees("你的顾客").await;
    let text = list["text"].as_str().expect("a text").to_owned();
    let row = |number: &str| {
        let row = text.lines().find(|line| line.contains(number));
        row.unwrap_or_else(|| panic!("{number} is not in {text}"))
            .to_owned()
    };
    assert!(row("#1").contains("等你回复") && !row("#1").contains("当前"));
    assert!(row("#2").contains("当前") && !row("#2").contains("等你回复"));
    lin.phone.taps("to-1").await;
    lin.phone.sees("之后的回复都发给 新顾客 #1").await;
    lin.phone.says("有的").await;
    wang.sees("有的").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_list_of_long_names_still_fits_what_wechat_takes() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    let mut people = Vec::new();
    for n in 1..=25 {
        let person = app.person(&format!("顾客{n}")).await;
        person.scans(&lin.scene).await;
        let name = format!("一二三四五六七八九十一二三四五六七{n:03}");
        lin.phone.says(&format!("备注 #{n} {name}")).await;
        lin.phone.sees("已备注为").await;
        person.says("在吗").await;
        people.push(person);
    }
    lin.phone.says("#1").await;
    lin.phone.sees("之后的回复都发给").await;
    lin.phone.says("列表").await;
    lin.phone.sees("你的顾客").await;
    lin.phone.sees("点名字切换当前顾客").await;
    for text in lin.phone.texts().await {
        assert!(text.len() <= 2048, "WeChat refuses {} bytes", text.len());
        assert_eq!(
            text.matches("<a ").count(),
            text.matches("</a>").count(),
            "{text}"
        );
    }
    // An unclear answer among all of them is asked about within the limit too.
    for person in &people {
        person.says("还在吗").await;
    }
    lin.phone.says("给哪位").await;
    lin.phone.sees("发给谁？").await;
    assert_eq!(lin.phone.count("该公众号提供的服务出现故障").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_remark_names_her_everywhere_and_is_kept_within_bounds() {
    let app = TestApp::start().await;
    let (lin, wang, _li) = two_who_wrote(&app).await;
    lin.phone.says("备注 #1 王女士").await;
    lin.phone.sees("已备注为 王女士 #1").await;
    wang.says("还有吗").await;
    lin.phone.sees("【王女士 #1】还有吗").await;
    lin.phone.says("备注#2").await;
    lin.phone.sees("备注名要在 1 到 20 个字之间").await;
    lin.phone
        .says(&format!("备注 #2 {}", "长".repeat(21)))
        .await;
    lin.phone.sees("备注名要在 1 到 20 个字之间").await;
    lin.phone.says("备注 #9 谁").await;
    lin.phone.sees("没有编号 #9").await;
    assert_eq!(wang.items().await.len(), 1, "a remark is nobody's message");
}

#[tokio::test(flavor = "multi_thread")]
async fn help_duty_and_continue_are_words_and_never_answers() {
    let app = TestApp::start().await;
    let (lin, wang) = one_and_one(&app).await;
    wang.says("您好").await;
    lin.phone.sees("您好").await;
    for (word, answer) in [
        ("帮助", "#12 内容：发给 12 号顾客"),
        ("？", "#12 内容：发给 12 号顾客"),
        ("继续", "没有在等你的消息"),
        ("下班", "现在没有同事在岗，新来信会保存"),
        (" 上班 ", "林小满，已上班"),
    ] {
        lin.phone.says(word).await;
        let item = lin.phone.sees(answer).await;
        assert_eq!(item["via"], "passive", "{word}");
    }
    assert_eq!(wang.items().await.len(), 1, "the welcome only");
    // What only contains a word is an answer.
    lin.phone.says("我上班了").await;
    wang.sees("我上班了").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_nobody_wrote_to_is_told_that_there_is_nobody() {
    let app = TestApp::start().await;
    app.add_store(STORE);
    let lin = app.guide("林小满", STORE).await;
    lin.phone.says("您好").await;
    lin.phone.sees("现在没有可以回复的顾客").await;
    lin.phone.says("列表").await;
    lin.phone.sees("还没有顾客").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_are_never_used_again_nor_changed() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    let wu = app.guide("吴桐", STORE).await;
    wang.says("换导购").await;
    wang.sees("已为您换为 吴桐").await;
    lin.phone.says("帮助").await;
    let chen = customer(&app, &lin, "陈小姐").await;
    chen.says("我是新来的").await;
    lin.phone.sees("【新顾客 #3】我是新来的").await;
    lin.phone.says("#1 回头见").await;
    lin.phone
        .sees("新顾客 #1 现在由 吴桐 服务，这条没有发出")
        .await;
    // She comes back: her number is the one she had.
    wang.says("换导购").await;
    wang.sees("已为您换为 林小满").await;
    wang.says("我回来了").await;
    lin.phone.sees("【新顾客 #1】我回来了").await;
    lin.phone.says("#1 欢迎").await;
    wang.sees("欢迎").await;
    wu.phone.says("#1 还在吗").await;
    wu.phone.sees("现在由 林小满 服务").await;
    assert_eq!(li.count("回头见").await + chen.count("回头见").await, 0);
    assert_eq!(wang.count("还在吗").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_answer_for_somebody_who_has_moved_on_is_refused_with_the_reason() {
    let app = TestApp::start().await;
    let (lin, wang, li) = two_who_wrote(&app).await;
    let _wu = app.guide("吴桐", STORE).await;
    lin.phone.says("有的").await;
    lin.phone.sees("发给谁？").await;
    wang.says("换导购").await;
    wang.sees("已为您换为 吴桐").await;
    lin.phone.taps("to-1").await;
    lin.phone.sees("现在由 吴桐 服务，这条没有发出").await;
    lin.phone.taps("to-2").await;
    li.sees("有的").await;
    assert_eq!(wang.count("有的").await, 0);
}
