//! Everything that is kept about a member in one file that other programs can read.

use std::io::Read;

use flate2::read::DeflateDecoder;
use serde_json::Value;

use super::{Shop, at};
use crate::kit::{Session, Store, TestApp, eventually};

/// What a ZIP file holds, read by its directory as any program does.
fn unzipped(file: &[u8]) -> Vec<(String, Vec<u8>)> {
    let half = |at: usize| u16::from_le_bytes([file[at], file[at + 1]]);
    let word = |at: usize| u32::from_le_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]);
    let end = file.len() - 22;
    assert_eq!(word(end), 0x0605_4b50, "no end");
    let mut at = word(end + 16) as usize;
    let mut found = Vec::new();
    for _ in 0..half(end + 10) {
        assert_eq!(word(at), 0x0201_4b50, "no entry at {at}");
        let (crc, packed, size) = (word(at + 16), word(at + 20), word(at + 24));
        let name = &file[at + 46..][..usize::from(half(at + 28))];
        let local = word(at + 42) as usize;
        assert_eq!(word(local), 0x0403_4b50);
        let begins = local + 30 + usize::from(half(local + 26));
        let packed = &file[begins..][..packed as usize];
        let mut bytes = Vec::new();
        DeflateDecoder::new(packed)
            .read_to_end(&mut bytes)
            .expect("it unpacks");
        let mut sum = flate2::Crc::new();
        sum.update(&bytes);
        assert_eq!((sum.sum(), bytes.len()), (crc, size as usize));
        found.push((String::from_utf8(name.to_vec()).expect("UTF-8"), bytes));
        at += 46 + name.len();
    }
    assert_eq!(at, end);
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_holds_her_and_nobody_else() {
    for store in [Store::Sqlite, Store::Postgres, Store::MariaDb] {
        let Some(app) = TestApp::on(store, Session::Embedded).await else {
            continue;
        };
        let shop = Shop::open(&app).await;
        let Shop { desk, lin, wang } = &shop;
        let li = app.person("李先生").await;
        li.scans(&lin.scene).await;
        li.says("别人的话").await;
        lin.phone.sees("别人的话").await;
        for n in 0..3 {
            wang.says(&format!("第{n}句“引号”\\")).await;
            lin.phone.sees(&format!("第{n}句")).await;
        }
        lin.phone.says("#1 在的").await;
        wang.sees("在的").await;
        wang.says("退订").await;
        wang.sees("已停止").await;
        wang.sends("image").await;
        lin.phone.sees_a("image").await;
        let phone = [("phone", "13812345678")];
        desk.sends(&at("/members/1/privacy/phone"), &phone).await;
        let field = [("name", "肤质"), ("kind", "choice"), ("choices", "干性")];
        desk.sends(&at("/fields"), &field).await;
        let hers = [("field-1", "干性")];
        desk.sends(&at("/members/1/fields"), &hers).await;
        desk.sends(&at("/fields/1/archive"), &[]).await;
        eventually("her picture on the disk", async || {
            std::fs::read_dir(app.folder().join("media/1"))
                .ok()?
                .next()
                .map(drop)
        })
        .await;
        app.at_rest().await;

        let file = desk.fetches(&at("/members/1/privacy/export")).await;
        let entries = unzipped(&file);
        let names: Vec<_> = entries.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[..2], ["说明.txt", "data.json"], "{store:?}");
        assert!(
            names[2].starts_with("media/") && names.len() == 3,
            "{names:?}"
        );
        assert!(!entries[2].1.is_empty());
        let data: Value = serde_json::from_slice(&entries[1].1).expect("JSON");
        assert_eq!(data["identities"][0]["openid"], wang.openid.as_str());
        assert_eq!(data["phone"], "+8613812345678");
        assert_eq!(data["fields"]["肤质"], "干性");
        assert_eq!(data["guide"]["name"], "林小满");
        assert_eq!(data["consents"][0]["purpose"], "marketing");
        assert_eq!(data["binding_history"][0]["reason"], "scan");
        let said = data["conversation"].as_array().expect("lines");
        assert!(
            said.iter()
                .any(|line| line["content"]["text"] == "第2句“引号”\\")
        );
        assert!(said.iter().any(|line| line["files"][0] == names[2]));
        assert!(data["messages_to_her"].to_string().contains("在的"));
        let text = String::from_utf8_lossy(&entries[1].1);
        assert!(
            !text.contains(&li.openid) && !text.contains("别人的话"),
            "{text}"
        );
        let log = desk.opens("/console/audit").await.text;
        assert!(log.contains("导出会员资料"), "{store:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_customers_tell_her_as_a_guide_is_not_hers_to_take_out() {
    let app = TestApp::start().await;
    let Shop { desk, lin, wang } = &Shop::open(&app).await;
    wang.says("做顾客时问的").await;
    lin.phone.sees("做顾客时问的").await;
    lin.phone.says("#1 做顾客时听的").await;
    wang.sees("做顾客时听的").await;
    let guide = app.unlinked_guide("王导购", super::STORE).await;
    wang.scans(&guide.link_scene).await;
    wang.sees("已和导购身份关联").await;
    wang.says("上班").await;
    let li = app.person("李先生").await;
    li.scans(&guide.scene).await;
    wang.sees("新朋友 #1").await;
    li.says("别人的话").await;
    wang.sees("别人的话").await;
    app.at_rest().await;
    let file = desk.fetches(&at("/members/1/privacy/export")).await;
    let data: Value = serde_json::from_slice(&unzipped(&file)[1].1).expect("JSON");
    let sent = data["messages_to_her"].to_string();
    assert!(sent.contains("做顾客时听的"), "{sent}");
    assert!(!sent.contains("别人的话"), "{sent}");
    assert!(!sent.contains("新朋友"), "{sent}");
}
