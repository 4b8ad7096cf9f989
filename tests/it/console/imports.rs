//! Files of stores, guides and members: brought, looked at, taken, mended, and brought again.

use daogou_schema::{binding, import_row, member, member_phone, member_tag};
use sea_orm::{EntityTrait, PaginatorTrait};

use super::at;
use crate::kit::{Desk, Session, Store, TestApp, eventually};

const STORES: [Store; 3] = [Store::Sqlite, Store::Postgres, Store::MariaDb];

struct House {
    app: TestApp,
    desk: Desk,
}

async fn house(store: Store) -> Option<House> {
    let app = TestApp::on(store, Session::Embedded).await?;
    let desk = Desk::admin(&app, "he").await;
    Some(House { app, desk })
}

impl House {
    /// Brings a file and says where its page is.
    async fn brings(&self, kind: &str, bytes: &[u8]) -> String {
        let fields = [("kind", kind)];
        let sent = self
            .desk
            .uploads(&at("/imports"), &fields, "表.csv", bytes)
            .await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        sent.to.expect("its page")
    }

    async fn takes(&self, page: &str, fields: &[(&str, &str)]) -> String {
        let sent = self.desk.sends(&format!("{page}/start"), fields).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        eventually("the file being taken", async || {
            let shown = self.desk.opens(page).await.text;
            shown.contains("已完成").then_some(shown)
        })
        .await
    }

    async fn refuses(&self, kind: &str, bytes: &[u8], told: &str) {
        let fields = [("kind", kind)];
        let sent = self
            .desk
            .uploads(&at("/imports"), &fields, "表.xlsx", bytes)
            .await;
        assert_eq!(sent.status, 400, "{told}");
        assert!(sent.text.contains(told), "{told}: {}", sent.text);
    }

    async fn members(&self) -> u64 {
        let db = self.app.database().await;
        member::Entity::find().count(&db).await.expect("a count")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_comes_in_with_three_files_and_the_same_again_makes_nothing_twice() {
    for store in STORES {
        let Some(house) = house(store).await else {
            continue;
        };
        comes_in(&house).await;
    }
}

async fn comes_in(house: &House) {
    let stores = "门店名称,营业时间\r\n城北店,10:00-21:30\r\n城西店,\r\n";
    let guides = "姓名,门店\r\n林小满,城北店\r\n吴桐,城西店\r\n陈一鸣,城西店\r\n";
    let members = "手机号,会员号,姓名,门店,导购,标签\r\n13911110001,V1,王女士,城北店,林小满,老客\r\n\
                   13911110002,,李先生,城西店,,\r\n13911110003,,,城西店,,\r\n,V4,赵阿姨,,,\r\n13911110005,,,,,\r\n";
    house.desk.sends(&at("/tags"), &[("name", "老客")]).await;
    for again in [false, true] {
        let (gb, ..) = encoding(stores);
        for (kind, bytes, count) in [
            ("stores", gb, "2 家门店"),
            ("guides", guides.as_bytes().to_vec(), "3 位导购"),
            ("members", members.as_bytes().to_vec(), "5 位会员"),
        ] {
            let page = house.brings(kind, &bytes).await;
            let shown = house.desk.opens(&page).await;
            assert!(
                shown.text.contains(&format!("导入这 {count}")),
                "{}",
                shown.text
            );
            let done = house.takes(&page, &[("whose", "nobody")]).await;
            let told = match again {
                false => format!("新增 {count}"),
                true => format!("{count}原来就有"),
            };
            assert!(done.contains(&told), "{told}: {done}");
        }
        assert_eq!(house.members().await, 5);
    }
    let db = house.app.database().await;
    let bound = binding::Entity::find().all(&db).await.expect("bindings");
    let mut shares: Vec<_> = [1, 2, 3]
        .iter()
        .map(|guide| bound.iter().filter(|row| row.guide_id.0 == *guide).count())
        .collect();
    shares.sort_unstable();
    assert_eq!(
        shares,
        [1, 1, 1],
        "the two of the store are dealt out evenly"
    );
    assert_eq!(
        member_tag::Entity::find()
            .count(&db)
            .await
            .expect("a count"),
        1
    );
    // Numbers are kept encrypted, and nothing of the rows is kept that were taken.
    let phones = member_phone::Entity::find().all(&db).await.expect("phones");
    assert_eq!(phones.len(), 4);
    assert_eq!(
        import_row::Entity::find()
            .count(&db)
            .await
            .expect("a count"),
        0
    );
    let pool = house.desk.opens(&at("/members")).await.text;
    assert!(
        pool.contains("王女士") && pool.contains("还没关注"),
        "{pool}"
    );
    let found = house.desk.opens(&at("/members?q=13911110002")).await.text;
    assert!(found.contains("李先生") && !found.contains("王女士"));
    let alone = house.desk.opens(&at("/members?guide=nobody")).await.text;
    assert!(alone.contains("赵阿姨") && !alone.contains("李先生"));
    let log = house.desk.opens("/console/audit").await.text;
    assert!(
        log.contains("开始导入") && !log.contains("1391111"),
        "{log}"
    );
}

/// As Excel in China writes it.
fn encoding(text: &str) -> (Vec<u8>, bool) {
    let (bytes, _, lost) = encoding_rs::GB18030.encode(text);
    (bytes.into_owned(), lost)
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_rows_are_told_and_mended_while_the_good_ones_are_taken() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    let text = "手机号,姓名,生日\n13911110001,王女士,5月\n12345,李先生,\n=1+2,\"坏\u{7}名\",\n13911110001,王女士,\n";
    let page = house.brings("members", text.as_bytes()).await;
    let shown = house.desk.opens(&page).await.text;
    assert!(shown.contains("导入这 2 位会员"), "{shown}");
    assert!(
        shown.contains("139****0001") && !shown.contains("13911110001"),
        "{shown}"
    );
    assert!(
        shown.contains("2 行需要修改") && shown.contains("不是手机号"),
        "{shown}"
    );
    assert!(shown.contains("不会导入的列：生日"), "{shown}");
    let done = house.takes(&page, &[]).await;
    // The same number twice in one file is one person.
    assert!(
        done.contains("新增 1 位会员") && done.contains("1 位会员原来就有"),
        "{done}"
    );
    let mend = house.desk.saves(&format!("{page}/mend.csv")).await;
    let mend = String::from_utf8(mend).expect("UTF-8");
    let operator = house
        .desk
        .invites(&house.app, "zhou", "hq_operator", "")
        .await;
    assert_eq!(
        operator.opens(&format!("{page}/mend.csv")).await.status,
        404,
        "nobody else's"
    );
    assert!(
        mend.contains("12345,李先生,") && mend.contains("'=1+2"),
        "{mend}"
    );
    // Mended and brought again.
    let mended = mend.replace("12345", "13911110002");
    let page = house.brings("members", mended.as_bytes()).await;
    let done = house.takes(&page, &[]).await;
    assert!(done.contains("新增 1 位会员"), "{done}");
    assert_eq!(house.members().await, 2);
    let workbook = house.desk.saves(&format!("{page}/mend.xlsx")).await;
    assert!(workbook.starts_with(b"PK\x03\x04"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_and_a_phone_of_two_people_are_a_question_and_what_lacks_is_added() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    let first = "手机,卡号,姓名\n13911110001,V1,\n13911110002,V2,\n,V3,\n";
    let page = house.brings("members", first.as_bytes()).await;
    house.takes(&page, &[]).await;
    let second = "手机,卡号,姓名\n13911110001,V2,\n13911110001,V9,\n13911110003,V3,赵阿姨\n";
    let page = house.brings("members", second.as_bytes()).await;
    let done = house.takes(&page, &[]).await;
    assert!(
        done.contains("分别是两位会员的") && done.contains("已有另一个会员卡号"),
        "{done}"
    );
    assert_eq!(house.members().await, 3);
    let found = house.desk.opens(&at("/members?q=13911110003")).await.text;
    assert!(found.contains("赵阿姨"), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_dealt_out_among_the_guides_who_are_chosen() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    house.app.add_store("城北店");
    for name in ["林小满", "陈一鸣"] {
        house.app.guide(name, "城北店").await;
    }
    let rows: String = (0..450).map(|n| format!("139{n:08}\n")).collect();
    let page = house
        .brings("members", format!("手机号\n{rows}").as_bytes())
        .await;
    let nobody = house
        .desk
        .sends(&format!("{page}/start"), &[("whose", "dealt")])
        .await;
    assert_eq!(nobody.status, 400);
    assert!(nobody.text.contains("请至少勾选一位导购"));
    let stranger = [("whose", "dealt"), ("to-99", "1")];
    house.desk.sends(&format!("{page}/start"), &stranger).await;
    assert!(house.desk.opens(&page).await.text.contains("待确认"));
    let both = [("whose", "dealt"), ("to-1", "1"), ("to-2", "1")];
    house.takes(&page, &both).await;
    let db = house.app.database().await;
    let bound = binding::Entity::find().all(&db).await.expect("bindings");
    let of = |guide| bound.iter().filter(|row| row.guide_id.0 == guide).count();
    assert_eq!((of(1), of(2)), (225, 225));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_can_be_brought_as_it_is() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    for (kind, told) in [
        ("stores", "1 家门店"),
        ("guides", "1 位导购"),
        ("members", "1 位会员"),
    ] {
        if kind == "members" {
            for name in ["老顾客", "敏感肌"] {
                house.desk.sends(&at("/tags"), &[("name", name)]).await;
            }
        }
        let file = house
            .desk
            .saves(&at(&format!("/imports/template-{kind}.xlsx")))
            .await;
        let page = house.brings(kind, &file).await;
        let done = house.takes(&page, &[]).await;
        assert!(done.contains(&format!("新增 {told}")), "{done}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_table_is_refused_with_what_to_do() {
    let house = house(Store::Sqlite).await.expect("SQLite");
    for (bytes, told) in [
        (b"".to_vec(), "没有数据"),
        ("手机号\n".as_bytes().to_vec(), "没有数据"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec(), "另存为 .xlsx"),
        (b"PK\x03\x04 no archive at all".to_vec(), "表格文件损坏"),
        (b"MZ\0\0\0\0".to_vec(), "不是表格"),
        (
            "手机号,姓名,电话\n1,2,3\n".as_bytes().to_vec(),
            "第 1 列和第 3 列都是“手机号”",
        ),
        (
            "姓名,生日\n王,1\n".as_bytes().to_vec(),
            "没有找到 “手机号”或“会员卡号”",
        ),
        (",".repeat(1_000_000).into_bytes(), "超过 100 列"),
        (vec![b'1'; (10 << 20) + 1], "超过 10 MB"),
        (
            format!("手机号\n{}", "1\n".repeat(50_001)).into_bytes(),
            "超过 50000 行",
        ),
    ] {
        house.refuses("members", &bytes, told).await;
    }
    house
        .refuses("shoes", "手机号\n1\n".as_bytes(), "请选择要导入什么")
        .await;
    assert_eq!(house.members().await, 0);
    // From another site's page, and without our form's key.
    let page = house
        .brings("members", "手机号\n13911110001\n".as_bytes())
        .await;
    let forged = house
        .desk
        .is_made_to_post(&format!("{page}/start"), &[])
        .await;
    assert_eq!(forged.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_taken_is_forgotten() {
    let mut house = house(Store::Sqlite).await.expect("SQLite");
    let page = house
        .brings("members", "手机号\n1\n13911110001\n".as_bytes())
        .await;
    house.desk.sends(&format!("{page}/stop"), &[]).await;
    let other = house
        .brings("members", "手机号\n1\n13911110002\n".as_bytes())
        .await;
    house.takes(&other, &[]).await;
    let db = house.app.database().await;
    let rows = async || {
        import_row::Entity::find()
            .count(&db)
            .await
            .expect("a count")
    };
    assert!(rows().await >= 1);
    house.app.pass(chrono::TimeDelta::days(8));
    // Each start looks.
    house.app.restart().await;
    eventually("no rows", async || (rows().await == 0).then_some(())).await;
    assert_eq!(house.members().await, 1);
}
