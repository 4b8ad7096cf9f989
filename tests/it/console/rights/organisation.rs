//! The organisation's pages in the same tables, and dealers: a dealer may what a manager may, in the stores of her regions
//! and nowhere else.

use std::collections::BTreeSet;

use super::{ALL, Answers, Fields, HERS_NOT, NOT_HERS, ONLY_HEADQUARTERS, at, forms, pages};
use crate::console::crowd;
use crate::kit::{Desk, TestApp};

/// What is opened.
pub const PAGES: &[(&str, Answers)] = &[
    ("/stores?region=1", ALL),
    ("/stores?region=99", ALL),
    ("/guides?region=99", ALL),
    ("/members?region=99", ALL),
    ("/codes?region=99", ALL),
    ("?region=99", ALL),
    ("/stores/1/closing", ONLY_HEADQUARTERS),
    ("/stores/99/closing", [303, 403, 404, 404]),
    ("/guides/1/proposal", ALL),
    ("/guides/2/proposal", NOT_HERS),
    ("/stores/1/joining", ALL),
    ("/stores/2/joining", NOT_HERS),
    ("/stores/1/joining/link.svg", [303, 404, 404, 404]),
];

/// What is posted.
pub const FORMS: &[(&str, Fields, Answers)] = &[
    ("/regions", &[("region_name", "")], [303, 403, 400, 400]),
    (
        "/regions/99",
        &[("region_name", "华东")],
        [303, 403, 404, 404],
    ),
    ("/regions/99/remove", &[], [303, 403, 404, 404]),
    ("/guides/1/proposal", &[("cause", "")], [303, 400, 400, 400]),
    ("/guides/2/proposal", &[("cause", "")], [303, 404, 400, 400]),
    ("/hand-overs/99/accept", &[], [303, 403, 404, 404]),
    ("/hand-overs/99/decline", &[], [303, 403, 404, 404]),
    // Its guides need somebody who takes their customers.
    ("/stores/1/closing", &[], [303, 403, 400, 400]),
    ("/stores/99/closing", &[], [303, 403, 404, 404]),
    ("/stores/1/reopening", &[], [303, 403, 409, 409]),
    (
        "/guides/1/profile",
        &[("speciality", "")],
        [303, 303, 303, 303],
    ),
    ("/guides/2/profile", &[("speciality", "")], HERS_NOT),
    ("/guides/1/phone", &[], ALL),
    ("/guides/2/phone", &[], NOT_HERS),
    ("/stores/1/joining/link", &[], [303, 303, 303, 303]),
    ("/stores/2/joining/link", &[], HERS_NOT),
    ("/stores/1/joining/withdraw", &[], [303, 303, 303, 303]),
    ("/stores/2/joining/withdraw", &[], HERS_NOT),
    ("/stores/1/joining/99/approve", &[], [303, 409, 409, 409]),
    ("/stores/2/joining/99/approve", &[], [303, 404, 409, 409]),
    ("/stores/1/joining/99/decline", &[], [303, 409, 409, 409]),
    ("/stores/2/joining/99/decline", &[], [303, 404, 409, 409]),
];

/// Where a would-be guide comes in: shown in `joining`.
pub const DOORS: &[&str] = &[
    "get /m/join/x",
    "post /m/join/x",
    "get /m/joining/x",
    "get /m/joining/x/link.png",
    "get /m/joining/x/code.png",
];

/// Two stores with a guide and a customer each; the first one lies in a region that lies in another one, the second one in
/// none, and there is a third region.
struct Shops {
    app: TestApp,
    admin: Desk,
}

const EAST: i64 = 1;
const HANGZHOU: i64 = 2;
const SOUTH: i64 = 3;

async fn shops() -> Shops {
    let app = TestApp::start().await;
    let admin = Desk::admin(&app, "he").await;
    for (name, parent) in [("华东", ""), ("杭州", "1"), ("华南", "")] {
        let fields = [("region_name", name), ("parent", parent)];
        let sent = admin.sends(&at("/regions"), &fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
    }
    for (name, region) in [("城北店", "2"), ("城西店", "")] {
        let fields = [("name", name), ("region", region), ("owner", "dealer")];
        admin.sends(&at("/stores"), &fields).await;
    }
    for (guide, store, customer) in [("林小满", "城北店", "王女士"), ("吴桐", "城西店", "李先生")]
    {
        let guide = app.guide(guide, store).await;
        let person = app.person(customer).await;
        person.scans(&guide.scene).await;
        person.sees(&guide.phone.name).await;
    }
    Shops { app, admin }
}

impl Shops {
    async fn lies_in(&self, store: i64, name: &str, region: &str) {
        let fields = [("name", name), ("always", "1"), ("region", region)];
        let path = at(&format!("/stores/{store}"));
        assert_eq!(self.admin.sends(&path, &fields).await.status, 303);
    }
}

async fn status(desk: &Desk, page: &str) -> u16 {
    desk.opens(&at(page)).await.status.as_u16()
}

/// Whether the path names a row: somewhere else nobody finds it.
fn names_a_row(path: &str) -> bool {
    let path = path.split('?').next().unwrap_or_default();
    path.split('/').any(|part| part.parse::<u32>().is_ok())
}

/// What somebody gets elsewhere, where a manager of the store gets `hers`.
fn elsewhere(path: &str, fields: Fields, hers: u16) -> u16 {
    let all_of_nothing = ["/posters", "/codes.zip"].contains(&path);
    let chosen = fields.iter().any(|(name, _)| *name == "m-1");
    match hers {
        200 | 303 | 400 | 409 if names_a_row(path) || all_of_nothing => 404,
        // Nobody whom she may choose was chosen.
        200 | 303 if chosen => 400,
        hers => hers,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dealer_may_what_a_manager_may_in_her_regions_and_nothing_elsewhere() {
    let Shops { app, admin } = &shops().await;
    let dealer = admin.invites_dealer(app, "qian", &[EAST]).await;
    let other = admin.invites_dealer(app, "sun", &[SOUTH]).await;
    for (page, [_, hers, ..]) in pages() {
        assert_eq!(status(&dealer, page).await, *hers, "{page}");
        let wanted = elsewhere(page, &[], *hers);
        assert_eq!(status(&other, page).await, wanted, "{page} elsewhere");
    }
    for (form, fields, [_, hers, ..]) in forms() {
        let found = other.sends(&at(form), fields).await.status;
        assert_eq!(found, elsewhere(form, fields, *hers), "{form} elsewhere");
        let found = dealer.sends(&at(form), fields).await;
        assert_eq!(found.status, *hers, "{form}: {}", found.text);
    }
    for page in ["staff", "audit", "audit.csv", "accounts", "accounts/1"] {
        let path = format!("/console/{page}");
        assert_eq!(dealer.opens(&path).await.status, 403, "{path}");
    }
    for form in ["staff", "staff/2/regions", "staff/2/leave", "accounts"] {
        let path = format!("/console/{form}");
        assert_eq!(dealer.sends(&path, &[]).await.status, 403, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dealer_reaches_no_other_regions_row_by_any_parameter() {
    let Shops { app, admin } = &shops().await;
    let other = admin.invites_dealer(app, "sun", &[SOUTH]).await;
    for query in [
        "",
        "?store=1",
        "?store=2",
        "?region=1",
        "?region=2",
        "?region=3",
        "?guide=1",
        "?guide=nobody",
        "?q=1",
        "?q=%231",
        "?after=99999999999999.99",
        "?region=1&after=99999999999999.99",
        "?region=1&following=yes",
    ] {
        let page = other.opens(&at(&format!("/members{query}"))).await;
        assert_eq!(page.status, 200);
        for member in ["/members/1\"", "/members/2\""] {
            assert!(!page.text.contains(member), "{query}");
        }
    }
    for page in [
        "",
        "/guides",
        "/stores",
        "/codes",
        "/stores?region=1",
        "/codes?region=1",
    ] {
        let text = other.opens(&at(page)).await.text;
        for name in ["林小满", "吴桐", "城北店", "城西店", "杭州"] {
            assert!(!text.contains(name), "{page}: {name}");
        }
    }
    // All who fit are nobody.
    let all = [("work", "tag"), ("all", "1"), ("filter", "region=1")];
    assert_eq!(other.sends(&at("/bulks/new"), &all).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_in_sight_only_while_it_lies_in_a_dealers_region() {
    let shops = shops().await;
    let (app, admin) = (&shops.app, &shops.admin);
    let east = admin.invites_dealer(app, "qian", &[EAST]).await;
    let south = admin.invites_dealer(app, "sun", &[SOUTH]).await;
    let all = async |wanted: [u16; 2]| {
        for page in ["/stores/1", "/guides/1", "/members/1", "/codes/1"] {
            let found = [status(&east, page).await, status(&south, page).await];
            assert_eq!(found, wanted, "{page}");
        }
    };
    all([200, 404]).await;
    shops.lies_in(1, "城北店", "3").await;
    all([404, 200]).await;
    let listed = south.opens(&at("/members")).await.text;
    assert!(listed.contains("/members/1\"") && !listed.contains("/members/2\""));
    shops.lies_in(1, "城北店", "").await;
    all([404, 404]).await;
    shops.lies_in(1, "城北店", "2").await;
    all([200, 404]).await;
    // What lies in a region goes along with it.
    let under_south = [("region_name", "杭州"), ("parent", "3")];
    let path = at(&format!("/regions/{HANGZHOU}"));
    assert_eq!(admin.sends(&path, &under_south).await.status, 303);
    all([404, 200]).await;
    // She gets another region.
    let ticked = [("region-3", "1"), ("region-99", "1")];
    let given = admin.sends("/console/staff/2/regions", &ticked).await;
    assert_eq!(given.status, 303, "{}", given.text);
    all([200, 200]).await;
    let none = admin.sends("/console/staff/2/regions", &[]).await;
    assert_eq!(none.status, 400);
    // Nobody but a dealer has regions.
    let given = admin.sends("/console/staff/1/regions", &ticked).await;
    assert_eq!(given.status, 400);
}

/// Her list goes over several stores in one order, however many were bound at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn a_dealers_list_shows_everybody_of_her_stores_once() {
    let shops = shops().await;
    shops.lies_in(2, "城西店", "1").await;
    let added = [("name", "城南店"), ("region", "3")];
    shops.admin.sends(&at("/stores"), &added).await;
    crowd::of_the_first_guide(&shops.app, 240).await;
    for (store, rest) in [(2, 1), (3, 2)] {
        let those = format!("member_id % 3 = {rest} AND member_id > 2");
        let goes = format!("UPDATE binding SET store_id = {store} WHERE {those}");
        shops.app.alter(&goes).await;
    }
    let dealer = shops
        .admin
        .invites_dealer(&shops.app, "qian", &[EAST])
        .await;
    for filter in ["", "region=1", "region=1&seen=7"] {
        let seen = walk(&dealer, at(&format!("/members?{filter}"))).await;
        assert_eq!(seen.len(), 2 + 160, "{filter}");
        assert!(seen.iter().all(|id| *id <= 2 || id % 3 != 2), "{filter}");
    }
}

/// Everybody on a list, page by page.
async fn walk(desk: &Desk, first: String) -> BTreeSet<u32> {
    let mut seen = BTreeSet::new();
    let mut page = Some(first);
    while let Some(here) = page {
        let text = desk.opens(&here).await.text;
        for part in text.split("name=\"m-").skip(1) {
            let id = part.split('"').next().expect("a name");
            let id = id.parse().expect("an id");
            assert!(seen.insert(id), "{id} twice: {here}");
        }
        let mut links = text.split("href=\"").skip(1);
        let next = links.find(|part| part.split('>').next().is_some_and(|a| a.contains("next")));
        page = next.and_then(|part| part.split('"').next().map(str::to_owned));
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn regions_are_added_moved_and_removed_and_refused_in_words() {
    let Shops { app, admin } = &shops().await;
    let page = admin.opens(&at("/stores?region=1")).await.text;
    assert!(page.contains("城北店") && !page.contains("城西店"));
    assert!(page.contains("经销") && page.contains("杭州"));
    let long = "长".repeat(61);
    for (name, parent, why) in [
        ("", "", "1 到 60 个"),
        (long.as_str(), "", "1 到 60 个"),
        ("华\u{7}东", "", "1 到 60 个"),
        ("华东", "", "已有同名区域"),
        ("新区", "99", "请选别的上级区域"),
    ] {
        let fields = [("region_name", name), ("parent", parent)];
        let sent = admin.sends(&at("/regions"), &fields).await;
        assert_eq!(sent.status, 400, "{name}");
        assert!(sent.text.contains(why), "{name}: {why}");
    }
    for parent in ["1", "2"] {
        let fields = [("region_name", "华东"), ("parent", parent)];
        let sent = admin.sends(&at("/regions/1"), &fields).await;
        assert_eq!(sent.status, 400);
        assert!(sent.text.contains("不能放在自己或自己的下级里"));
    }
    for (name, parent, wanted) in [("西湖", "2", 303), ("文三路", "4", 303), ("一楼", "5", 400)]
    {
        let fields = [("region_name", name), ("parent", parent)];
        let sent = admin.sends(&at("/regions"), &fields).await;
        assert_eq!(sent.status, wanted, "{name}");
    }
    let deep = [("region_name", "华东"), ("parent", "3")];
    assert_eq!(admin.sends(&at("/regions/1"), &deep).await.status, 400);
    let _dealer = admin.invites_dealer(app, "qian", &[SOUTH]).await;
    for (region, wanted, why) in [
        (1, 409, "还有下级区域"),
        (3, 409, "还有经销商"),
        (5, 303, ""),
        (4, 303, ""),
        (4, 404, ""),
        (2, 409, "还有门店"),
    ] {
        let path = at(&format!("/regions/{region}/remove"));
        let sent = admin.sends(&path, &[]).await;
        assert_eq!(sent.status, wanted, "{region}");
        assert!(sent.text.contains(why), "{region}");
    }
    let fields = [("name", "城北店"), ("always", "1"), ("region", "99")];
    let sent = admin.sends(&at("/stores/1"), &fields).await;
    assert!(sent.status == 400 && sent.text.contains("所选的区域已经不在了"));
    let fields = [("name", "钱"), ("role", "dealer")];
    let sent = admin.sends("/console/staff", &fields).await;
    assert!(sent.status == 400 && sent.text.contains("经销商需要选择"));
    let log = admin.opens("/console/audit").await.text;
    assert!(log.contains("删除区域") && log.contains("上级区域：杭州"));
}
