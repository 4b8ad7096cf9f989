//! What headquarters shows and says: pictures, guides' photos.

use crate::kit::{APPID, Desk, TestApp, drawn};

/// Photos come and go, and one was said to somebody who is erased later.
pub async fn show(app: &TestApp, openid: &str) {
    let desk = Desk::admin(app, "yan").await;
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
