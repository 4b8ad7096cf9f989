//! Members whom no guide has.

use serde_json::json;

use super::{STORES, at, shop};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_guide_is_found_and_gets_one_with_what_she_wrote() {
    for store in STORES {
        let Some(shop) = shop(store).await else {
            continue;
        };
        let desk = &shop.desk;
        let wang = shop.app.person("王女士").await;
        wang.does(json!({ "act": "follow" })).await;
        wang.says("有人吗").await;
        let li = shop.comes_to(&shop.lin, "李先生").await;
        shop.app.at_rest().await;
        assert_eq!(shop.listed("?guide=nobody").await, [1]);

        let nobody = [("work", "assign"), ("m-1", "1")];
        let sent = desk.sends(&at("/bulks"), &nobody).await;
        assert!(sent.text.contains("请选择 1 到 200 位"), "{}", sent.text);
        let all = [
            ("work", "assign"),
            ("all", "1"),
            ("filter", "guide=nobody"),
            ("to-2", "1"),
        ];
        let page = shop.orders(&all).await;
        shop.shows(&page, "1 位会员已分配").await;
        // What she wrote comes along, and she hears who answers.
        shop.chen.phone.sees("有人吗").await;
        wang.sees("陈一鸣").await;
        assert_eq!(shop.listed("?guide=nobody").await, [0; 0]);
        assert_eq!(shop.listed("?guide=2").await, [1]);
        let own = desk.opens(&at("/members/1")).await.text;
        assert!(own.contains("总部分配，由 会员池 转到 陈一鸣"), "{own}");

        shop.undoes(&page).await;
        shop.shows(&page, "已撤销，1 位会员").await;
        assert_eq!(shop.listed("?guide=nobody").await, [1]);
        wang.says("还在吗").await;
        shop.app.at_rest().await;
        assert_eq!(shop.chen.phone.count("还在吗").await, 0);
        // Who never wrote is told who serves her as soon as she does.
        let chen = shop.app.person("陈小姐").await;
        chen.does(json!({ "act": "follow" })).await;
        shop.app.at_rest().await;
        let one = [("work", "assign"), ("m-3", "1"), ("to-2", "1")];
        let one = shop.orders(&one).await;
        shop.shows(&one, "1 位会员已分配").await;
        chen.says("你好").await;
        chen.sees("陈一鸣").await;
        shop.chen.phone.sees("你好").await;
        // Who turns out to be staff is nobody's customer.
        let zhou = shop.app.unlinked_guide("周舟", "杭州城北店").await;
        zhou.phone.does(json!({ "act": "follow" })).await;
        shop.app.at_rest().await;
        assert_eq!(shop.listed("?guide=nobody").await.len(), 2);
        zhou.phone.scans(&zhou.link_scene).await;
        zhou.phone.sees("已和导购身份关联").await;
        shop.app.at_rest().await;
        assert_eq!(shop.listed("?guide=nobody").await, [1]);
        // A scan takes her out of the list, and who asks for another guide where there is none comes into it.
        wang.scans(&shop.lin.scene).await;
        shop.lin.phone.sees("还在吗").await;
        assert_eq!(shop.listed("?guide=nobody").await, [0; 0]);
        zhou.phone.says("下班").await;
        zhou.phone.sees("下班").await;
        shop.chen.phone.says("下班").await;
        shop.chen.phone.sees("下班").await;
        li.says("换导购").await;
        shop.app.at_rest().await;
        assert_eq!(shop.listed("?guide=nobody").await, [2]);
    }
}
