//! While the EncodingAESKey is changed, pushes under the old and the new one arrive side by side.

use super::{assert_taken, event_from};
use crate::kit::wire::push;
use crate::kit::{Sender, TestApp};

#[tokio::test(flavor = "multi_thread")]
async fn a_push_under_either_key_is_taken_and_its_answer_opens_with_the_same_key() {
    let mut app = TestApp::start().await;
    app.add_store("杭州城北店");
    let lin = app.guide("林小满", "杭州城北店").await;
    let old = app.sender();
    let new = Sender {
        aes_key: "h7ZycbpEh2vNdfkYulfw9pG95HjLYwmrKBFeqIktff6".into(),
        ..old.clone()
    };
    let gone = Sender {
        aes_key: "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR".into(),
        ..old.clone()
    };
    app.set("WECHAT_ENCODING_AES_KEY", &new.aes_key);
    app.set("WECHAT_ENCODING_AES_KEY_PREVIOUS", &old.aes_key);
    app.restart().await;
    for (who, sender) in [("oOld", &old), ("oNew", &new)] {
        let key = format!("qrscene_{}", lin.scene);
        let follow = event_from(who, 1_786_759_500, "subscribe", &key);
        let posted = push(&app, &sender.push("secure", &follow)).await;
        assert_taken(&posted, who);
        assert!(sender.open(&posted.body).contains("林小满"), "{who}");
        let posted = push(&app, &gone.push("secure", &follow)).await;
        assert_eq!(posted.status, 403, "{who}");
    }
}
