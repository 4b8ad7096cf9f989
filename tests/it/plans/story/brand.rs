//! What headquarters shows and says: pictures, guides' photos, scripts.

use crate::kit::{APPID, Desk, TestApp, drawn};

/// Photos come and go, and one was said to somebody who is erased later.
pub async fn show(app: &TestApp, openid: &str) {
    let desk = Desk::admin(app, "pan").await;
    let guide = format!("/console/{APPID}/guides/1");
    for shade in [1, 2, 2] {
        let sent = desk
            .uploads(&format!("{guide}/photo"), &[], "a.png", &drawn(shade))
            .await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    for page in ["", "/photo", "/poster"] {
        let path = format!("{guide}{page}");
        assert_eq!(desk.opens(&path).await.status, 200, "{path}");
    }
    app.alter(&format!(
        "INSERT INTO picture_line (message_id, picture_id) SELECT MAX(message.id), (SELECT photo_id FROM guide WHERE id = 1) \
         FROM message JOIN identity ON identity.member_id = message.member_id WHERE identity.openid = '{openid}'"
    ))
    .await;
    let said = "UPDATE message SET content = '{\"type\":\"picture\",\"picture\":1}' WHERE id IN \
                (SELECT message_id FROM picture_line WHERE picture_id = (SELECT photo_id FROM guide WHERE id = 1))";
    app.alter(said).await;
}

/// Scripts are written, found, put away and brought back.
pub async fn write(app: &TestApp) {
    let desk = Desk::admin(app, "cao").await;
    let at = |page: &str| format!("/console/{APPID}/scripts{page}");
    let script = [
        ("text", "{顾客称呼}您好，欢迎光临{门店}"),
        ("category", "问候"),
        ("store", "1"),
        ("place", "3"),
    ];
    let sent = desk.uploads(&at(""), &script, "a.png", &drawn(3)).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let page = desk.opens(&at("")).await.text;
    let (_, behind) = page.split_once("?edit=").expect("a script");
    let id: String = behind.chars().take_while(char::is_ascii_digit).collect();
    let changed = desk.uploads(&at(&format!("/{id}")), &script, "", b"").await;
    assert_eq!(changed.status, 303, "{}", changed.text);
    for act in ["archive", "restore"] {
        let sent = desk.sends(&at(&format!("/{id}/{act}")), &[]).await;
        assert_eq!(sent.status, 303, "{act}: {}", sent.text);
    }
    for page in [
        "",
        "?q=hygl",
        "?q=欢迎&category=问候",
        "?archived=1",
        &format!("?edit={id}"),
        &format!("/{id}/picture"),
    ] {
        assert_eq!(desk.opens(&at(page)).await.status, 200, "{page}");
    }
}
