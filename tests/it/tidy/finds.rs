//! Every rule finds what it forbids, and nothing else.

use std::collections::BTreeMap;

use super::rules::*;
use super::source::Source;

fn one(path: &str, text: &str) -> Vec<Source> {
    vec![Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }]
}

#[test]
fn a_silent_or_endless_file_is_found() {
    let silent = one("src/coupons/mod.rs", "use x;\n");
    assert_eq!(every_module_says_what_it_is_for(&silent).len(), 1);
    let long = format!("//! All codes.\n{}", "x\n".repeat(LINES_MAX));
    assert_eq!(a_long_file_says_why(&one("src/a.rs", &long)).len(), 1);
    let reasoned = format!("//! All codes. Long because WeChat has many.\n{long}");
    assert!(a_long_file_says_why(&one("src/a.rs", &reasoned)).is_empty());
}

#[test]
fn a_floor_that_looks_up_is_found() {
    let up = |path: &str, text: &str| a_floor_names_only_lower_floors(&one(path, text)).len();
    assert_eq!(up("src/guides/mod.rs", "use crate::outbound::send;"), 1);
    assert_eq!(up("src/guides/rules.rs", "use super::super::web;"), 1);
    assert_eq!(up("src/guides/mod.rs", "use super::web;"), 1);
    assert_eq!(
        up(
            "src/config.rs",
            "fn f() { crate::{context, app::start}(); }"
        ),
        2
    );
    assert_eq!(up("src/workers/mod.rs", "use crate::web::live;"), 1);
    assert_eq!(
        up("src/outbound/mod.rs", "use crate::{accounts, guides};"),
        0
    );
    assert_eq!(up("src/guides/rules.rs", "use super::queries;"), 0);
    assert_eq!(
        every_module_has_its_floor(&one("src/lottery/mod.rs", "")).len(),
        1
    );
}

#[test]
fn a_technique_out_of_place_is_found() {
    type Rule = fn(&[Source]) -> Vec<String>;
    let rules: &[(Rule, &str, &str)] = &[
        (
            only_the_web_speaks_http,
            "src/guides/mod.rs",
            "src/web/mod.rs",
        ),
        (
            queries_stand_in_queries_rs,
            "src/guides/mod.rs",
            "src/guides/queries.rs",
        ),
        (
            only_the_writer_opens_transactions,
            "src/guides/queries.rs",
            "src/db/writer.rs",
        ),
        (
            tasks_belong_to_app_and_workers,
            "src/session/src/link.rs",
            "src/workers/mod.rs",
        ),
        (
            entities_are_not_serialised,
            "src/schema/src/guide.rs",
            "src/web/guides.rs",
        ),
        (
            the_simulator_does_not_know_our_client,
            "src/sandbox/src/lib.rs",
            "src/accounts/mod.rs",
        ),
    ];
    let text = "//! All at once.
        use actix_web::HttpResponse; use sea_orm::{EntityTrait, TransactionTrait};
        #[derive(DeriveEntityModel, Serialize)] struct A; use daogou_wechat::Client;
        fn f() { tokio::spawn(async {}); }";
    for (rule, wrong, right) in rules {
        assert!(!rule(&one(wrong, text)).is_empty(), "not found in {wrong}");
        assert!(
            rule(&one(right, text)).is_empty(),
            "wrongly found in {right}"
        );
    }
    let spoken_of =
        "//! Not actix_web, tokio::spawn or EntityTrait.\nconst A: &str = \"HttpResponse\";";
    for (rule, wrong, _) in rules {
        assert!(rule(&one(wrong, spoken_of)).is_empty(), "{wrong}");
    }
}

#[test]
fn a_webhook_that_does_more_than_take_in_is_found() {
    let text = "use crate::{accounts, conversations, error::Error, reception};";
    let webhook = one("src/web/webhook.rs", text);
    assert_eq!(the_webhook_calls_only_reception(&webhook).len(), 1);
    assert!(the_webhook_calls_only_reception(&one("src/web/console.rs", text)).is_empty());
}

#[test]
fn a_back_end_that_knows_another_is_found() {
    let manifest = "[package]\nname = \"daogou-sandbox\"\n[dependencies]\ndaogou-ground.workspace = true\n\
        daogou-wechat = { path = \"../wechat\" }\n[dev-dependencies]\ndaogou-schema.workspace = true\n";
    let found = |folder: &str| {
        back_ends_do_not_know_each_other(&BTreeMap::from([(
            folder.to_owned(),
            manifest.to_owned(),
        )]))
    };
    assert_eq!(
        found("src/sandbox"),
        ["src/sandbox depends on daogou-wechat"]
    );
    assert_eq!(found("src/new").len(), 1);
}

#[test]
fn a_drifted_example_is_found() {
    let config = "pub const KEYS: &[&str] = &[\"A_KEY\", \"B_KEY\"];";
    let drifts = |example: &str| !the_example_lists_what_is_read(config, example).is_empty();
    assert!(!drifts("# What it is for.\n#A_KEY=1\n\nB_KEY=\n"));
    assert!(drifts("#A_KEY=1\n"));
    assert!(drifts("#A_KEY=1\nB_KEY=\nC_KEY=\n"));
    assert!(drifts("B_KEY=\nA_KEY=\n"));
}
