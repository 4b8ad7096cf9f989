//! Sample messages and events of other projects: each is typed, or kept as unknown, and none is lost.

use daogou_wechat::{Body, Event, Format, Message, Mode, Push, SubscribeChoice};

use crate::door::signed;
use crate::fixtures;

/// Events of the samples that the platform sends to others than service accounts and retail mini-programs.
const UNKNOWN_EVENTS: [&str; 24] = [
    "product_spu_audit",
    "channels_ec_close_store",
    "set_shop_nickname",
    "add_express_path",
    "open_product_order_pay",
    "ShakearoundUserShake",
    "WifiConnected",
    "submit_invoice_title",
    "unknown",
    "user_scan_product",
    "user_scan_product_enter_session",
    "user_scan_product_async",
    "user_scan_product_verify_action",
    "retail_pay_notify",
    "retail_refund_notify",
    "wxa_novel_chapter_permission",
    "book_ban_status_change",
    "notify_service_msg_send_result",
    "iot_voip_notify",
    "wxa_comment_bad_score",
    "update_business_bind_result",
    "wxainsurance_claim_result",
    "waybill_notify_query",
    "bind",
];

fn sample(name: &str) -> Option<Push> {
    let text = fixtures::read(&format!("inbound/{name}"))?;
    let format = if name.ends_with(".json") {
        Format::Json
    } else {
        Format::Xml
    };
    Some(Push::parse(format, &text).unwrap())
}

#[test]
fn all_59_samples_are_typed_or_kept_as_unknown_in_every_mode() {
    let Some(names) = fixtures::list("inbound") else {
        return;
    };
    assert_eq!(names.len(), 59);
    for name in names {
        let text = fixtures::read(&format!("inbound/{name}")).unwrap();
        for mode in [Mode::Plain, Mode::Compatible, Mode::Secure] {
            let (door, query, body) = signed(mode, &text);
            let opened = door.open(&query, body.as_bytes()).unwrap();
            assert_eq!(opened.raw, text, "{name}");
            let push = Push::parse(opened.format, &opened.text).unwrap();
            assert!(push.dedupe_key(&opened.text).len() <= 250);
            match &push.body {
                Body::Event(Event::Unknown { name: event }) => {
                    assert!(
                        UNKNOWN_EVENTS.contains(&event.as_str()),
                        "{event} should be known"
                    );
                    assert_eq!(push.fields.text_of("Event"), Some(event.as_str()));
                }
                Body::Unknown => {
                    assert!(
                        ["", "notsure", "unknown", "device_text", "device_event"]
                            .contains(&push.msg_type.as_str()),
                        "{name}"
                    );
                }
                Body::Event(_) | Body::Message(_) => {}
            }
        }
    }
}

#[test]
fn blanks_round_cdata_are_not_part_of_a_value() {
    let Some(push) = sample("werobot__event__user_get_card__1.xml") else {
        return;
    };
    assert_eq!(push.from.as_deref(), Some("oZI8Fj040-be6rlDohc6gkoPOQTQ"));
    assert!(matches!(
        push.body,
        Body::Event(Event::Card(daogou_wechat::CardEvent::Taken(_)))
    ));
}

#[test]
fn a_list_of_one_that_came_as_an_object_is_a_list() {
    let Some(push) = sample("wxjava__event__subscribe_msg_change_event__1.json") else {
        return;
    };
    let choice = SubscribeChoice {
        template_id: "BEwX0BOT3MqK3Uc5oTU3CGBqzjpndk2jzUf7VfExd8".to_owned(),
        accepted: false,
        popup_scene: None,
    };
    assert_eq!(push.body, Body::Event(Event::SubscribeChange(vec![choice])));
    assert_eq!(push.created_at, Some(1_610_968_440));
}

#[test]
fn nested_lists_of_a_mass_result_and_a_publication_are_read() {
    let Some(mass) = sample("wxjava__event__MASSSENDJOBFINISH__1.xml") else {
        return;
    };
    let Body::Event(Event::MassSent(mass)) = mass.body else {
        panic!("{:?}", mass.body)
    };
    assert_eq!(
        (mass.msg_id.as_str(), mass.status.as_str()),
        ("1000001625", "err(30003)")
    );
    assert_eq!(
        (mass.repeated.len(), mass.check_state, mass.total),
        (2, Some(2), Some(0))
    );
    let Some(published) = sample("wxjava__event__PUBLISHJOBFINISH__1.xml") else {
        return;
    };
    let Body::Event(Event::Published(published)) = published.body else {
        panic!("{:?}", published.body)
    };
    assert_eq!(published.status, Some(0));
    assert_eq!(
        published
            .articles
            .iter()
            .map(|article| article.index)
            .collect::<Vec<_>>(),
        [Some(1), Some(2)]
    );
}

#[test]
fn the_three_shapes_of_a_subscribe_key_are_told_apart() {
    let Some(scanned) = sample("wechatpy__event__subscribe__1.xml") else {
        return;
    };
    assert!(matches!(
        scanned.body,
        Body::Event(Event::Subscribe { scene: Some(scene), ticket: Some(_), trade_no: None }) if scene == "123123"
    ));
    let Some(paid) = sample("wechatpy__event__subscribe__2.xml") else {
        return;
    };
    assert!(matches!(
        paid.body,
        Body::Event(Event::Subscribe { scene: None, ticket: None, trade_no: Some(no) }) if no.starts_with("4008")
    ));
}

#[test]
fn a_withdrawn_consent_names_the_person_and_not_the_sender() {
    for name in [
        "mpdoc__event__user_authorization_revoke__2.json",
        "mpdoc__event__user_authorization_revoke__3.xml",
    ] {
        let Some(push) = sample(name) else { return };
        let Body::Event(Event::AuthorizationRevoke {
            openid,
            revoke_info,
            ..
        }) = &push.body
        else {
            panic!("{name}")
        };
        assert_ne!(Some(openid.as_str()), push.from.as_deref());
        assert_eq!(revoke_info, &[1]);
    }
}

#[test]
fn a_mini_programs_message_id_is_text_and_its_card_is_typed() {
    let Some(text) = sample("mpdoc__text__-__1.json") else {
        return;
    };
    assert_eq!(
        text.dedupe_key(""),
        "m:49d72d67b16d115e7935ac386f2f0fa41535298877_1555684067:text"
    );
    let Some(card) = sample("wechatpy__miniprogrampage__-__1.json") else {
        return;
    };
    assert!(
        matches!(card.body, Body::Message(Message::MiniProgramPage { appid, .. }) if appid == "appid")
    );
    assert_eq!(card.msg_id.as_deref(), Some("1234567890123456"));
}

#[test]
fn a_push_of_which_almost_everything_is_missing_is_kept() {
    let Some(push) = sample("wechatpy__none__-__1.json") else {
        return;
    };
    assert_eq!(
        (push.body.clone(), push.msg_type.as_str(), push.created_at),
        (Body::Unknown, "", None)
    );
    assert!(push.dedupe_key("text").starts_with("h:"));
}
