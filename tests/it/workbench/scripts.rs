//! Scripts and pictures in a chat: chosen, filled, counted, sent once.

use super::{house, on_sqlite};
use crate::kit::{APPID, Bench, Desk, Session, Store, drawn, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn a_script_is_found_by_its_first_letters_filled_sent_and_counted() {
    let house = on_sqlite().await;
    let admin = Desk::admin(&house.app, "he").await;
    let script = [
        ("category", "问候"),
        ("text", "{顾客称呼}，您好，我是{门店}的{导购}"),
    ];
    let at = format!("/console/{APPID}/scripts");
    let saved = admin.uploads(&at, &script, "", b"").await;
    assert_eq!(saved.status, 303, "{}", saved.text);
    let lin = Bench::of(&house.app, &house.lin).await;
    let own = [("category", "产品"), ("text", "20 米防水")];
    assert_eq!(lin.sends("/workbench/scripts", &own).await.status, 303);
    house.wang.says("防水吗").await;
    house.lin.phone.says("备注 #1 王女士").await;
    house.lin.phone.sees("王女士").await;
    let at = "/workbench/chats/1/scripts";
    let all = lin.part(at).await.text;
    let filled = "王女士，您好，我是城北店的林小满";
    assert!(all.contains(filled) && all.contains("20 米防水"), "{all}");
    for (query, hello, own) in [
        ("?q=nh", true, false),
        ("?q=fs", false, true),
        ("?q=防水", false, true),
        ("?q=没有这样的话", false, false),
        ("?category=问候", true, false),
    ] {
        let found = lin.part(&format!("{at}{query}")).await.text;
        assert_eq!(found.contains(filled), hello, "{query}");
        assert_eq!(found.contains("20 米防水"), own, "{query}");
    }
    let wu = Bench::of(&house.app, &house.wu).await;
    let theirs = wu.part("/workbench/chats/2/scripts").await.text;
    assert!(!theirs.contains("20 米防水"), "somebody else's own script");
    let fields = [("key", "k"), ("text", filled), ("script", "1")];
    for _again in 0..2 {
        let sent = lin.sends("/workbench/chats/1/lines", &fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    house.wang.sees(filled).await;
    let used = admin.opens(&format!("/console/{APPID}/scripts")).await;
    assert!(used.text.contains("1 次"), "{}", used.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_goes_out_once_and_what_is_none_is_refused_in_words() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(house) = house(store, Session::Embedded).await else {
            continue;
        };
        let (lin, wu) = (
            Bench::of(&house.app, &house.lin).await,
            Bench::of(&house.app, &house.wu).await,
        );
        house.wang.says("什么颜色").await;
        let at = "/workbench/chats/1/pictures";
        for (bytes, why) in [
            (b"<svg onload=alert(1)>".to_vec(), "图片"),
            (Vec::new(), "图片"),
        ] {
            let no = lin.brings(at, "none", &bytes).await;
            assert!(no.status == 422 && no.text.contains(why), "{}", no.text);
        }
        let picture = drawn(1);
        assert_eq!(wu.brings(at, "k", &picture).await.status, 404);
        for _again in 0..3 {
            let sent = lin.brings(at, "k", &picture).await;
            assert_eq!(sent.status, 200, "{store:?} {}", sent.text);
        }
        house.wang.sees_a("image").await;
        house.app.at_rest().await;
        let shown = house.wang.chat().await;
        let pictures = shown
            .iter()
            .filter(|item| item["msgtype"] == "image" && item["from"] == "account");
        assert_eq!(pictures.count(), 1, "{store:?}");
        // She sees on her own page what she has sent.
        let page = lin.opens("/workbench/chats/1").await.text;
        let (_, path) = page.split_once("<img src=\"").expect("the picture");
        let path = path.split('"').next().expect("an address").to_owned();
        assert_eq!(lin.opens(&path).await.status, 200);
        assert_eq!(wu.opens(&path).await.status, 404);
        let too_large = vec![0; 10 * 1024 * 1024 + 1];
        assert_eq!(lin.brings(at, "large", &too_large).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_is_the_guides_own_and_on_her_card() {
    let house = on_sqlite().await;
    let lin = Bench::of(&house.app, &house.lin).await;
    let no = lin.brings("/workbench/me/photo", "", b"none").await;
    assert_eq!(no.status, 422, "{}", no.text);
    let set = lin.brings("/workbench/me/photo", "", &drawn(2)).await;
    assert_eq!(set.status, 204, "{}", set.text);
    eventually("the photo is on the card", async || {
        let page = lin.opens("/workbench/me").await;
        page.text.contains("card__photo").then_some(())
    })
    .await;
    assert_eq!(lin.opens("/workbench/me/photo").await.status, 200);
    let wu = Bench::of(&house.app, &house.wu).await;
    assert_eq!(wu.opens("/workbench/me/photo").await.status, 404);
}
