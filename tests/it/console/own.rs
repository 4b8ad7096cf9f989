//! One's own account: password, sign-ins, and the codes of an authenticator app.

mod codes;

use crate::kit::{Desk, PASSWORD, TestApp};

const NEXT: &str = "换成另一句同样很长的话吧";

/// Another browser in which `login` signs in.
async fn signs_in(app: &TestApp, login: &str, password: &str) -> Option<Desk> {
    let desk = Desk::stranger(app);
    let fields = [("login", login), ("password", password)];
    let to = desk.posts("/console/sign-in", &fields).await.to;
    (to.as_deref() == Some("/console")).then_some(desk)
}

#[tokio::test(flavor = "multi_thread")]
async fn another_password_asks_for_the_old_one_and_ends_the_other_sign_ins() {
    let app = TestApp::start().await;
    let here = Desk::admin(&app, "he").await;
    let elsewhere = signs_in(&app, "he", PASSWORD).await.expect("signed in");
    for (old, new, again, why) in [
        ("不是这一句不是这一句", NEXT, NEXT, "现在的密码不对"),
        (PASSWORD, "短", "短", "至少 12 个字符"),
        (PASSWORD, NEXT, PASSWORD, "两次输入的密码不一样"),
    ] {
        let fields = [("old", old), ("password", new), ("again", again)];
        let refused = here.sends("/console/me/password", &fields).await;
        assert_eq!(refused.status, 400, "{why}");
        assert!(refused.text.contains(why), "{why}: {}", refused.text);
    }
    assert_eq!(elsewhere.opens("/console/me").await.status, 200);
    let fields = [("old", PASSWORD), ("password", NEXT), ("again", NEXT)];
    let changed = here.sends("/console/me/password", &fields).await;
    assert!(changed.text.contains("密码已更换"), "{}", changed.text);
    assert_eq!(here.opens("/console/me").await.status, 200);
    assert_eq!(elsewhere.opens("/console/me").await.status, 303);
    assert!(signs_in(&app, "he", PASSWORD).await.is_none());
    assert!(signs_in(&app, "he", NEXT).await.is_some());
    let log = here.opens("/console/audit").await.text;
    assert!(log.contains("修改自己的资料") && log.contains("密码：已更换"));
    assert!(!log.contains(NEXT) && !log.contains("argon2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_finds_a_browser_open_cannot_guess_the_password_there() {
    let app = TestApp::start().await;
    let desk = Desk::admin(&app, "he").await;
    for guess in 0..5 {
        let old = format!("第 {guess} 次乱猜的一句话");
        let fields = [("old", old.as_str()), ("password", NEXT), ("again", NEXT)];
        assert_eq!(
            desk.sends("/console/me/password", &fields).await.status,
            400
        );
    }
    let fields = [("old", PASSWORD), ("password", NEXT), ("again", NEXT)];
    assert_eq!(
        desk.sends("/console/me/password", &fields).await.status,
        400
    );
    assert!(signs_in(&app, "he", PASSWORD).await.is_none(), "locked");
    app.pass(chrono::TimeDelta::minutes(15));
    let changed = desk.sends("/console/me/password", &fields).await;
    assert_eq!(changed.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_of_ones_own_sign_ins_is_ended_by_itself_and_nobody_elses() {
    let app = TestApp::start().await;
    let here = Desk::admin(&app, "he").await;
    let zhou = here.invites(&app, "zhou", "hq_operator", "").await;
    app.pass(chrono::TimeDelta::minutes(10));
    let elsewhere = signs_in(&app, "he", PASSWORD).await.expect("signed in");
    let page = here.opens("/console/me").await.text;
    let ends: Vec<&str> = page
        .split("action=\"/console/me/sign-ins/")
        .skip(1)
        .filter_map(|form| form.split('/').next())
        .collect();
    assert_eq!(ends.len(), 2, "{page}");
    // Whose it is counts, not who knows what it is called.
    for end in &ends {
        let path = format!("/console/me/sign-ins/{end}/end");
        assert_eq!(zhou.sends(&path, &[]).await.status, 303);
    }
    for desk in [&here, &elsewhere] {
        assert_eq!(desk.opens("/console/me").await.status, 200);
    }
    let marked = page.find("这里</span>").expect("one is here");
    let first = page.find(ends[0]).expect("it is there");
    let other = if marked < first { ends[1] } else { ends[0] };
    let path = format!("/console/me/sign-ins/{other}/end");
    here.sends(&path, &[]).await;
    assert_eq!(elsewhere.opens("/console/me").await.status, 303);
    assert_eq!(here.opens("/console/me").await.status, 200);
    here.sends("/console/me/name", &[("name", "何老师")]).await;
    assert!(here.opens("/console/me").await.text.contains("何老师"));
}
