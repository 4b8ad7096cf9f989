//! Menus and lists of followers: what is sent and what is understood.

use daogou_wechat::NO_MENU;
use serde_json::{Value, json};

use crate::platform::{TOKEN, only_request, platform_json};

#[tokio::test]
async fn a_menu_travels_as_raw_utf_8_and_a_rule_names_its_tag() {
    let buttons = json!([{ "type": "click", "name": "联系导购", "key": "k" }]);
    let (server, client) = platform_json(json!({ "errcode": 0, "errmsg": "ok" })).await;
    client.create_menu(TOKEN, &buttons).await.unwrap();
    let sent = only_request(&server).await;
    assert!(String::from_utf8_lossy(&sent.body).contains("联系导购"));
    assert_eq!(
        sent.body_json::<Value>().unwrap(),
        json!({ "button": buttons })
    );
    for menuid in [json!(208_379_533), json!("208379533")] {
        let (server, client) = platform_json(json!({ "menuid": menuid })).await;
        let id = client.add_conditional_menu(TOKEN, &buttons, 100).await;
        assert_eq!(id.unwrap(), "208379533");
        let sent = only_request(&server).await.body_json::<Value>().unwrap();
        assert_eq!(sent["matchrule"], json!({ "tag_id": "100" }));
    }
}

#[tokio::test]
async fn menus_are_read_with_either_name_of_the_rule_and_none_is_said_so() {
    let menu = |rule: Value| json!({ "button": [], "menuid": 2, "matchrule": rule });
    let (_server, client) = platform_json(json!({
        "menu": { "button": [{ "name": "官网" }], "menuid": 1 },
        "conditionalmenu": [menu(json!({ "group_id": 2 })), menu(json!({ "tag_id": "100" }))],
    }))
    .await;
    let live = client.menus(TOKEN).await.unwrap();
    assert_eq!(live.menu.button[0]["name"], "官网");
    let tags: Vec<_> = live.conditional.iter().map(|menu| menu.tag()).collect();
    assert_eq!(tags, [Some(2), Some(100)]);
    assert_eq!(live.conditional[0].id(), "2");
    let none = json!({ "errcode": 46003, "errmsg": "menu no exist" });
    let (_server, client) = platform_json(none).await;
    let refused = client.menus(TOKEN).await.unwrap_err();
    assert_eq!(refused.refusal().unwrap().code, NO_MENU);
}

#[tokio::test]
async fn a_page_of_followers_says_where_the_next_one_begins_and_the_last_one_does_not() {
    let full =
        json!({ "total": 3, "count": 2, "data": { "openid": ["oA", "oB"] }, "next_openid": "oB" });
    let (server, client) = platform_json(full).await;
    let page = client.followers(TOKEN, None).await.unwrap();
    assert_eq!((page.total, page.openids().len()), (3, 2));
    assert_eq!(page.next(), Some("oB"));
    assert!(
        only_request(&server)
            .await
            .url
            .query()
            .unwrap()
            .ends_with("next_openid=")
    );
    // Without anybody there is no data at all, and next_openid may be empty or repeat itself.
    for last in [
        json!({ "total": 3, "count": 0, "next_openid": "" }),
        json!({ "total": 3, "count": 0, "next_openid": "oB" }),
    ] {
        let (_server, client) = platform_json(last).await;
        let page = client.followers(TOKEN, Some("oB")).await.unwrap();
        assert_eq!((page.openids().len(), page.next()), (0, None));
    }
}
