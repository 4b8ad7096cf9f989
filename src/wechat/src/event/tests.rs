//! Every event of the platform's documents is typed; the shapes that surprise are read as they are meant.

use super::*;

const NAMES: &str = "subscribe unsubscribe SCAN LOCATION CLICK VIEW view_miniprogram scancode_push scancode_waitmsg \
    pic_sysphoto pic_photo_or_album pic_weixin location_select ENTER user_enter_tempsession TEMPLATESENDJOBFINISH \
    MASSSENDJOBFINISH PUBLISHJOBFINISH FREEPUBLISHJOBFINISH subscribe_msg_popup_event subscribe_msg_change_event \
    subscribe_msg_sent_event wxa_media_check kf_create_session kf_close_session kf_switch_session \
    qualification_verify_success qualification_verify_fail naming_verify_success naming_verify_fail annual_renew \
    verify_expired wx_verify_pay_succ wx_verify_dispatch wx_verify_refill user_info_modified \
    user_authorization_revoke user_authorization_cancellation guide_invite_result_event guide_qrcode_scan_event \
    add_guide_buyer_relation_event merchant_order wxa_punish_event weapp_audit_success weapp_audit_fail \
    weapp_audit_delay wxa_nickname_audit wxa_illegal_record wxa_appeal_record wxa_privacy_apply wxa_category_audit \
    card_pass_check card_not_pass_check user_get_card user_gifting_card user_del_card user_consume_card \
    user_pay_from_pay_cell user_view_card user_enter_session_from_card update_member_card \
    submit_membercard_user_info card_sku_remind card_pay_order card_merchant_check_result giftcard_pay_done \
    giftcard_send_to_friend giftcard_user_accept user_authorize_invoice cloud_invoice_invoiceresult_event debug_demo";

fn read(name: &str, fields: &str) -> Event {
    Event::from_fields(
        name,
        &Node::from_xml(&format!("<xml>{fields}</xml>")).unwrap(),
    )
}

#[test]
fn every_documented_event_is_typed_in_any_case_and_without_any_field() {
    for name in NAMES.split_whitespace() {
        for name in [
            name.to_owned(),
            name.to_ascii_uppercase(),
            name.to_ascii_lowercase(),
        ] {
            assert!(!matches!(read(&name, ""), Event::Unknown { .. }), "{name}");
        }
    }
}

#[test]
fn an_event_that_nobody_knows_keeps_its_name() {
    assert_eq!(
        read("Brand_New", ""),
        Event::Unknown {
            name: "Brand_New".to_owned()
        }
    );
    assert_eq!(
        read("", ""),
        Event::Unknown {
            name: String::new()
        }
    );
}

#[test]
fn the_prefix_of_a_scene_is_taken_off_once_and_only_on_subscribe() {
    let scene = |name: &str, key: &str| match read(name, &format!("<EventKey>{key}</EventKey>")) {
        Event::Subscribe { scene, .. } => scene,
        Event::Scan { scene, .. } => Some(scene),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        scene("subscribe", "qrscene_guide:42").as_deref(),
        Some("guide:42")
    );
    assert_eq!(
        scene("subscribe", "qrscene_qrscene_1").as_deref(),
        Some("qrscene_1")
    );
    assert_eq!(scene("SCAN", "qrscene_1").as_deref(), Some("qrscene_1"));
    for key in ["", "guide:42", "last_trade_no_1", "qrscene_"] {
        assert_eq!(scene("subscribe", key), None, "{key}");
    }
}

#[test]
fn a_templates_status_is_read_with_and_without_the_blank() {
    let status = |text: &str| match read(
        "TEMPLATESENDJOBFINISH",
        &format!("<Status><![CDATA[{text}]]></Status>"),
    ) {
        Event::TemplateSent { status, .. } => status,
        other => panic!("{other:?}"),
    };
    assert_eq!(status("success"), TemplateStatus::Success);
    assert_eq!(status("failed:user block"), TemplateStatus::UserBlocked);
    assert_eq!(status("failed: user block"), TemplateStatus::UserBlocked);
    assert_eq!(
        status("failed: system failed"),
        TemplateStatus::SystemFailed
    );
    assert_eq!(status("failed:system failed"), TemplateStatus::SystemFailed);
    assert_eq!(
        status("failed:other"),
        TemplateStatus::Other("failed:other".to_owned())
    );
}

#[test]
fn what_was_withdrawn_may_be_one_number_a_list_or_several_elements() {
    let numbers = |fields: &str| match read("user_authorization_revoke", fields) {
        Event::AuthorizationRevoke { revoke_info, .. } => revoke_info,
        other => panic!("{other:?}"),
    };
    assert_eq!(numbers("<RevokeInfo>201</RevokeInfo>"), [201]);
    assert_eq!(numbers("<RevokeInfo>201, 205</RevokeInfo>"), [201, 205]);
    assert_eq!(
        numbers("<RevokeInfo>1</RevokeInfo><RevokeInfo>2</RevokeInfo>"),
        [1, 2]
    );
    assert!(numbers("").is_empty());
}

#[test]
fn the_person_of_a_privacy_event_is_found_under_both_spellings() {
    for spelling in ["OpenID", "openid"] {
        let event = read(
            "user_info_modified",
            &format!("<{spelling}>oA</{spelling}>"),
        );
        assert_eq!(
            event,
            Event::UserInfoModified {
                openid: "oA".to_owned(),
                appid: None
            }
        );
    }
}

#[test]
fn subscription_lists_stand_in_an_element_of_their_own_or_at_the_top() {
    let item = "<List><TemplateId>T1</TemplateId><SubscribeStatusString>accept</SubscribeStatusString><PopupScene>2</PopupScene></List>";
    let choice = SubscribeChoice {
        template_id: "T1".to_owned(),
        accepted: true,
        popup_scene: Some(2),
    };
    let expected = Event::SubscribePopup(vec![choice.clone(), choice]);
    let name = "subscribe_msg_popup_event";
    assert_eq!(read(name, &format!("{item}{item}")), expected);
    let wrapped = format!("<SubscribeMsgPopupEvent>{item}{item}</SubscribeMsgPopupEvent>");
    assert_eq!(read(name, &wrapped), expected);
    assert_eq!(read(name, ""), Event::SubscribePopup(Vec::new()));
}

#[test]
fn a_place_is_latitude_before_longitude() {
    let event = read(
        "location_select",
        "<EventKey>6</EventKey><SendLocationInfo><Location_X>23</Location_X><Location_Y>113</Location_Y>\
         <Scale>15</Scale><Label>路</Label><Poiname></Poiname></SendLocationInfo>",
    );
    let Event::LocationSelect {
        latitude,
        longitude,
        place,
        ..
    } = event
    else {
        panic!("{event:?}")
    };
    assert_eq!(
        (latitude.as_str(), longitude.as_str(), place),
        ("23", "113", None)
    );
}

#[test]
fn a_scanned_barcode_tells_its_kind_and_number() {
    let event = read(
        "scancode_push",
        "<EventKey>k</EventKey><ScanCodeInfo><ScanType>barcode</ScanType><ScanResult>EAN_13,6901234567892</ScanResult></ScanCodeInfo>",
    );
    let Event::ScanCode {
        waits,
        scan_type,
        result,
        ..
    } = event
    else {
        panic!("{event:?}")
    };
    assert_eq!(
        (waits, scan_type.as_str(), result.as_str()),
        (false, "barcode", "EAN_13,6901234567892")
    );
}

#[test]
fn a_failed_media_check_has_no_suggestion() {
    let event = Event::from_fields(
        "wxa_media_check",
        &Node::from_json(r#"{"trace_id":"t","errcode":-1008,"result":{"suggest":"","label":""}}"#)
            .unwrap(),
    );
    let Event::MediaCheck(check) = event else {
        panic!("{event:?}")
    };
    assert_eq!(
        (check.suggest, check.error_code, check.label),
        (None, Some(-1008), None)
    );
}
