//! Codes of an authenticator app. The app is written down again here from RFC 6238.

use chrono::TimeDelta;
use daogou_schema::staff;
use sea_orm::EntityTrait;
use sha1::{Digest, Sha1};

use crate::kit::{Answered, Desk, PASSWORD, Session, Store, TestApp};

/// A phone with an authenticator app.
struct App {
    secret: Vec<u8>,
}

impl App {
    /// Set up by typing what the page shows.
    fn of(page: &str) -> Self {
        let (_, behind) = page.split_once("class=\"secret\">").expect("a secret");
        let text = behind.split('<').next().expect("a text");
        let letters = text.chars().filter(|c| !c.is_whitespace());
        let bits: String = letters
            .map(|c| {
                let value = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base32");
                format!("{value:05b}")
            })
            .collect();
        let bytes = bits.as_bytes().chunks_exact(8).map(|bits| {
            let bits = std::str::from_utf8(bits).expect("bits");
            u8::from_str_radix(bits, 2).expect("a byte")
        });
        Self {
            secret: bytes.collect(),
        }
    }

    /// What it shows so many seconds from now.
    fn shows_in(&self, app: &TestApp, seconds: i64) -> String {
        let step = (app.clock.now().timestamp() + seconds) / 30;
        let padded = |with: u8| -> Vec<u8> {
            let key = self.secret.iter().copied().chain(std::iter::repeat(0));
            key.take(64).map(|byte| byte ^ with).collect()
        };
        let inner = Sha1::digest([padded(0x36), step.to_be_bytes().to_vec()].concat());
        let mac = Sha1::digest([padded(0x5c), inner.to_vec()].concat());
        let at = usize::from(mac[19] & 0xf);
        let four: [u8; 4] = mac[at..at + 4].try_into().expect("four bytes");
        let number = u32::from_be_bytes(four) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    fn shows(&self, app: &TestApp) -> String {
        self.shows_in(app, 0)
    }
}

/// Switches the codes on; the phone and the recovery codes.
async fn set_up(app: &TestApp, desk: &Desk) -> (App, Vec<String>) {
    let page = desk.opens("/console/me/codes").await.text;
    assert!(page.contains("data:image/svg+xml;base64,"), "{page}");
    let phone = App::of(&page);
    let ticket = ticket_of(&page);
    let wrong = [("ticket", &*ticket), ("code", "000000"), ("old", PASSWORD)];
    let refused = desk.sends("/console/me/codes", &wrong).await;
    assert_eq!(refused.status, 400);
    assert_eq!(ticket_of(&refused.text), ticket, "the same picture again");
    let code = phone.shows(app);
    let right = [("ticket", &*ticket), ("code", &*code), ("old", PASSWORD)];
    let on = desk.sends("/console/me/codes", &right).await;
    assert_eq!(on.status, 200, "{}", on.text);
    let (_, shown) = on
        .text
        .split_once("aria-label=\"十个恢复码\">")
        .expect("codes");
    let shown = shown.split('<').next().expect("a text");
    let codes: Vec<String> = shown.split_whitespace().map(str::to_owned).collect();
    assert_eq!(codes.len(), 10, "{shown}");
    (phone, codes)
}

fn ticket_of(page: &str) -> String {
    let (_, behind) = page
        .split_once("name=\"ticket\" value=\"")
        .expect("a ticket");
    behind.split('"').next().expect("a value").to_owned()
}

/// Types login and password; the ticket that the page for the code carries.
async fn types_the_password(desk: &Desk) -> String {
    let fields = [("login", "he"), ("password", PASSWORD)];
    let page = desk.posts("/console/sign-in", &fields).await;
    assert_eq!(page.status, 200, "{}", page.text);
    assert_eq!(desk.opens("/console/me").await.status, 303, "not in yet");
    ticket_of(&page.text)
}

async fn types(desk: &Desk, ticket: &str, code: &str) -> Answered {
    let fields = [("ticket", ticket), ("code", code)];
    desk.posts("/console/sign-in/code", &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_password_comes_a_code_that_is_taken_once() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let desk = Desk::admin(&app, "he").await;
        let (phone, _) = set_up(&app, &desk).await;
        let other = Desk::stranger(&app);
        let ticket = types_the_password(&other).await;
        // The one that switched it on is used up; the next one is good a step early.
        let used = types(&other, &ticket, &phone.shows(&app)).await;
        assert_eq!(used.status, 401, "{store:?}");
        let next = phone.shows_in(&app, 30);
        let into = types(&other, &ticket, &next).await;
        assert_eq!(into.to.as_deref(), Some("/console"), "{store:?}");
        assert_eq!(other.opens("/console/me").await.status, 200);
        let third = Desk::stranger(&app);
        let replayed = types(&third, &ticket, &next).await;
        assert_eq!(replayed.status, 401, "{store:?}");
        app.pass(TimeDelta::seconds(30));
        assert_eq!(types(&third, &ticket, &next).await.status, 401);
        // Two who type the same code at the same moment.
        app.pass(TimeDelta::seconds(60));
        let ticket = types_the_password(&third).await;
        let (code, fourth) = (phone.shows(&app), Desk::stranger(&app));
        let (one, two) = tokio::join!(
            types(&third, &ticket, &code),
            types(&fourth, &ticket, &code)
        );
        let mut ends = [one.status.as_u16(), two.status.as_u16()];
        ends.sort_unstable();
        assert_eq!(ends, [303, 401], "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_count_as_wrong_passwords_and_are_answered_the_same() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    let (phone, _) = set_up(&app, &admin).await;
    app.pass(TimeDelta::minutes(2));
    let desk = Desk::stranger(&app);
    let fields = [("login", "he"), ("password", "不是这一句不是这一句")];
    let wrong = desk.posts("/console/sign-in", &fields).await;
    let told = "登录名、密码或验证码不对";
    assert!(wrong.status == 401 && wrong.text.contains(told));
    let ticket = types_the_password(&desk).await;
    for code in ["000000", "", "密码", &"9".repeat(5000)] {
        // The right password in between takes nothing back.
        types_the_password(&Desk::stranger(&app)).await;
        let wrong = types(&desk, &ticket, code).await;
        assert!(wrong.status == 401 && wrong.text.contains(told));
    }
    let locked = types(&desk, &ticket, &phone.shows(&app)).await;
    assert_eq!(locked.status, 401, "five were wrong");
    let right = [("login", "he"), ("password", PASSWORD)];
    assert_eq!(desk.posts("/console/sign-in", &right).await.status, 401);
    app.pass(TimeDelta::minutes(15));
    // The ticket is too old by now.
    assert_eq!(types(&desk, &ticket, &phone.shows(&app)).await.status, 401);
    let ticket = types_the_password(&desk).await;
    assert_eq!(types(&desk, &ticket, &phone.shows(&app)).await.status, 303);
    for forged in [
        "",
        "1",
        "1.",
        "1.AAAA",
        "x.AAAA",
        &ticket.replacen('1', "2", 1),
    ] {
        let stranger = Desk::stranger(&app);
        app.pass(TimeDelta::seconds(60));
        let answered = types(&stranger, forged, &phone.shows(&app)).await;
        assert_eq!(answered.status, 401, "{forged}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_comes_in_once_and_none_is_kept_in_clear() {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    let (phone, codes) = set_up(&app, &admin).await;
    let desk = Desk::stranger(&app);
    let ticket = types_the_password(&desk).await;
    let typed = codes[3].to_uppercase().replace('-', " ");
    assert_eq!(types(&desk, &ticket, &typed).await.status, 303);
    let other = Desk::stranger(&app);
    let ticket = types_the_password(&other).await;
    assert_eq!(types(&other, &ticket, &codes[3]).await.status, 401);
    assert_eq!(types(&other, &ticket, &codes[9]).await.status, 303);
    let page = desk.opens("/console/me").await.text;
    assert!(page.contains("恢复码还剩 8 个"), "{page}");
    let rows = staff::Entity::find().all(&app.database().await).await;
    let row = rows.expect("staff").pop().expect("he");
    let recovery = row.recovery.expect("digests");
    for code in &codes {
        assert!(!recovery.contains(&code.replace('-', "")));
        assert!(!page.contains(code.as_str()));
    }
    let sealed = row.totp.expect("a secret");
    let clear = sealed
        .windows(8)
        .any(|part| phone.secret.windows(8).any(|own| own == part));
    assert!(!clear, "the secret is kept in clear");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_end_by_ones_own_password_or_by_an_administrator() {
    let app = TestApp::start().await;
    let he = Desk::admin(&app, "he").await;
    let zhou = he.invites(&app, "zhou", "hq_admin", "").await;
    let (_, codes) = set_up(&app, &he).await;
    // Who is signed in already gets no second picture, and an old ticket none either.
    assert_eq!(he.opens("/console/me/codes").await.status, 303);
    let half = types_the_password(&Desk::stranger(&app)).await;
    let off = "/console/me/codes/off";
    let wrong = he.sends(off, &[("old", "不是这一句不是这一句")]).await;
    assert!(wrong.status == 400 && wrong.text.contains("现在的密码不对"));
    assert_eq!(he.sends(off, &[("old", PASSWORD)]).await.status, 303);
    let fields = [("login", "he"), ("password", PASSWORD)];
    let alone = Desk::stranger(&app)
        .posts("/console/sign-in", &fields)
        .await;
    assert_eq!(alone.status, 303, "the password alone");
    assert_eq!(
        types(&Desk::stranger(&app), &half, &codes[0]).await.status,
        401
    );

    let (_, codes) = set_up(&app, &he).await;
    assert!(zhou.opens("/console/staff").await.text.contains("两步验证"));
    let own = he.sends("/console/staff/1/codes-off", &[]).await;
    assert_eq!(own.status, 409, "her own are ended with her password");
    let ended = zhou.sends("/console/staff/1/codes-off", &[]).await;
    assert_eq!(ended.status, 303);
    let alone = Desk::stranger(&app)
        .posts("/console/sign-in", &fields)
        .await;
    assert_eq!(alone.status, 303);
    let log = zhou.opens("/console/audit").await.text;
    assert!(log.contains("开启两步验证") && log.contains("关闭两步验证"));
    assert!(codes.iter().all(|code| !log.contains(code.as_str())));
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_codes_on_ends_the_sign_ins_that_had_none() {
    let app = TestApp::start().await;
    let he = Desk::admin(&app, "he").await;
    let other = Desk::stranger(&app);
    let fields = [("login", "he"), ("password", PASSWORD)];
    assert_eq!(other.posts("/console/sign-in", &fields).await.status, 303);
    assert_eq!(other.opens("/console/me").await.status, 200);
    // A browser that somebody left open is not enough.
    let page = he.opens("/console/me/codes").await.text;
    let (ticket, code) = (ticket_of(&page), App::of(&page).shows(&app));
    let fields = [
        ("ticket", &*ticket),
        ("code", &*code),
        ("old", "不是这一句不是这一句"),
    ];
    let refused = he.sends("/console/me/codes", &fields).await;
    assert!(refused.status == 400 && refused.text.contains("现在的密码不对"));
    assert_eq!(ticket_of(&refused.text), ticket, "the same picture again");
    set_up(&app, &he).await;
    assert_eq!(other.opens("/console/me").await.status, 303);
    assert_eq!(he.opens("/console/me").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_types_the_old_password_while_it_is_changed_is_not_left_signed_in() {
    let app = TestApp::start().await;
    let he = Desk::admin(&app, "he").await;
    let new = "新的密码也要写得长一点才好";
    let change = [("old", PASSWORD), ("password", new), ("again", new)];
    let fields = [("login", "he"), ("password", PASSWORD)];
    let thieves: [Desk; 3] = std::array::from_fn(|_| Desk::stranger(&app));
    let [a, b, c] = &thieves;
    let (changed, ..) = tokio::join!(
        he.sends("/console/me/password", &change),
        a.posts("/console/sign-in", &fields),
        b.posts("/console/sign-in", &fields),
        c.posts("/console/sign-in", &fields),
    );
    assert_eq!(changed.status, 200, "{}", changed.text);
    for thief in &thieves {
        assert_eq!(thief.opens("/console/me").await.status, 303);
    }
}
