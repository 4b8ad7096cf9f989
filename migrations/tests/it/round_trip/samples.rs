//! One row of every entity. Their ids are 1, so that they refer to each other.

mod brand;
mod data;
mod headquarters;
mod members;
mod workbench;

use daogou_schema::*;
use sea_orm_migration::sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, DatabaseConnection, IntoActiveModel,
};
use serde_json::{Value, json};

pub use brand::*;
pub use data::*;
pub use headquarters::*;
pub use members::*;
pub use workbench::*;

/// In the year 2026, with milliseconds that do not fit 32 bits.
const NOW: Timestamp = Timestamp(1_795_305_600_123);
const LATER: Timestamp = Timestamp(1_795_392_000_456);
const OPENID: &str = "oQ6c2vwM_jHLq-3nRkzAbC1dEfGh";

/// Writes the account, store, member and guide that other rows refer to. The database gives the ids, as it must on
/// PostgreSQL: there an id written by hand would be given again.
pub async fn insert_people(db: &DatabaseConnection) {
    let mut account = account().into_active_model();
    account.id = NotSet;
    let account = account.insert(db).await.unwrap();
    let mut store = store().into_active_model();
    store.id = NotSet;
    let store = store.insert(db).await.unwrap();
    let mut member = member().into_active_model();
    member.id = NotSet;
    let member = member.insert(db).await.unwrap();
    let mut guide = guide().into_active_model();
    guide.id = NotSet;
    let guide = guide.insert(db).await.unwrap();
    assert_eq!(
        (account.id.0, store.id.0, member.id.0, guide.id.0),
        (1, 1, 1, 1)
    );
}

/// Text with quotes, a backslash, line breaks, characters of one to four bytes and a joined emoji.
fn text() -> String {
    "您好 “Li's” \\ \r\n\t<b>é</b> 🌸👩‍👧 &amp; 𠮷野家".to_owned()
}

fn document() -> Value {
    json!({
        "text": text(),
        "list": [1, -1, 0.5, 9_007_199_254_740_993_i64, true, null, "", {}],
        "": {"空": []},
    })
}

pub fn account() -> account::Model {
    account::Model {
        id: AccountId(1),
        appid: "wx0123456789AbCdEf".to_owned(),
        name: Some(text()),
        kind: "service".to_owned(),
        mode: "secure".to_owned(),
        original_id: Some("gh_0123456789ab".to_owned()),
        secret: (0..=255).collect(),
        token: vec![0],
        token_previous: Some(vec![0, 255]),
        previous_until: Some(LATER),
        aes_key: Some(vec![b'\'', 0, b'\\', 255]),
        aes_key_previous: None,
        scan_rule: account::ScanRule::FirstWins,
        protection_days: i32::MAX,
        created_at: NOW,
        updated_at: LATER,
    }
}

pub fn store() -> store::Model {
    store::Model {
        id: StoreId(1),
        account_id: AccountId(1),
        name: "静安店 🌸".to_owned(),
        hours: Some(json!([{"days": [1, 2, 3], "from": "10:00", "to": "22:00"}]).to_string()),
        away_text: Some(text().repeat(20)),
        region_id: Some(RegionId(1)),
        owner: Some(store::Owner::Counter),
        created_at: NOW,
        closed_at: None,
    }
}

pub fn member() -> member::Model {
    member::Model {
        id: MemberId(1),
        unionid: Some("oUnionAbC".to_owned()),
        name: Some("王🌹小姐".to_owned()),
        quiet: true,
        muted: false,
        birthday: Some("1990-05-20".to_owned()),
        insider: Some(member::Insider::Tester),
        created_at: NOW,
    }
}

pub fn guide() -> guide::Model {
    guide::Model {
        id: GuideId(1),
        account_id: AccountId(1),
        store_id: StoreId(1),
        name: "李".to_owned(),
        welcome: Some(text().repeat(20)),
        speciality: Some("护肤 🌸".to_owned()),
        phone: Some(vec![0, 255, 1]),
        phone_masked: Some("138****1234".to_owned()),
        photo_id: Some(PictureId(1)),
        openid: Some(OPENID.to_owned()),
        linked_at: Some(NOW),
        on_duty: true,
        stand_in_id: None,
        current_member_id: Some(MemberId(1)),
        current_seen: Some(MessageId(9)),
        lost_line_id: Some(MessageId(8)),
        last_number: 12,
        last_member_at: None,
        created_at: NOW,
        left_at: None,
    }
}

pub fn code() -> code::Model {
    code::Model {
        id: CodeId(1),
        account_id: AccountId(1),
        scene: "g1".to_owned(),
        purpose: code::Purpose::Link,
        guide_id: Some(GuideId(1)),
        store_id: None,
        ticket: "gQH47joAAAAAAAAAASxodHRwOi8vd2VpeGluLnFxLmNvbS9xL+/==".to_owned(),
        url: "http://weixin.qq.com/q/kZgfwMTm72WWPkovabbI".to_owned(),
        created_at: NOW,
        expires_at: Some(LATER),
        used_at: None,
        variants: Some("[{\"text\":\"晚上好🌙\"}]".to_owned()),
    }
}

pub fn guide_number() -> guide_number::Model {
    guide_number::Model {
        guide_id: GuideId(1),
        number: 12,
        member_id: MemberId(1),
        given_at: NOW,
        starred_at: Some(LATER),
    }
}

pub fn identity() -> identity::Model {
    identity::Model {
        account_id: AccountId(1),
        openid: OPENID.to_owned(),
        member_id: MemberId(1),
        subscribed: true,
        first_subscribed_at: Some(NOW),
        subscribed_at: Some(LATER),
        unsubscribed_at: None,
        last_seen_at: LATER,
        code_id: Some(CodeId(1)),
        subscribe_scene: Some("ADD_SCENE_SEARCH".to_owned()),
    }
}

pub fn binding() -> binding::Model {
    binding::Model {
        member_id: MemberId(1),
        guide_id: GuideId(1),
        store_id: StoreId(1),
        code_id: Some(CodeId(1)),
        bound_at: NOW,
    }
}

pub fn binding_event() -> binding_event::Model {
    binding_event::Model {
        id: 1,
        member_id: MemberId(1),
        from_guide_id: None,
        to_guide_id: Some(GuideId(1)),
        reason: binding_event::Reason::Unfollowed,
        code_id: Some(CodeId(1)),
        inbound_id: Some(InboundId(i64::MAX)),
        at: NOW,
    }
}

pub fn conversation() -> conversation::Model {
    conversation::Model {
        member_id: MemberId(1),
        account_id: AccountId(1),
        openid: OPENID.to_owned(),
        guide_id: Some(GuideId(1)),
        last_member_at: Some(NOW),
        last_line_id: Some(MessageId(9)),
        unanswered: true,
        unread: Some(3),
        last_reply_at: None,
        told_at: Some(LATER),
        new_guide_id: None,
    }
}

pub fn question() -> question::Model {
    question::Model {
        id: QuestionId(1),
        account_id: AccountId(1),
        guide_id: GuideId(1),
        inbound_id: InboundId(1),
        content: document(),
        state: question::State::Open,
        asked_at: NOW,
        decided_at: None,
    }
}

pub fn media() -> media::Model {
    media::Model {
        id: MediaId(1),
        account_id: AccountId(1),
        wechat_id: "4xXyZ_-media".to_owned(),
        kind: "image".to_owned(),
        file: Some("2026/11/22/1.jpg".to_owned()),
        content_type: Some("image/jpeg".to_owned()),
        usable_id: "4xXyZ_-media2".to_owned(),
        usable_until: LATER,
        attempts: 2,
        given_up: true,
        created_at: NOW,
    }
}

/// With a body longer than the 64 kB of MySQL's plain TEXT.
pub fn inbound() -> inbound::Model {
    inbound::Model {
        id: InboundId(1),
        account_id: AccountId(1),
        openid: OPENID.to_owned(),
        msg_type: "event".to_owned(),
        event: Some("subscribe".to_owned()),
        format: "xml".to_owned(),
        raw: Some(text().repeat(6000)),
        key_index: Some(0),
        pushed_at: Some(Timestamp(-1)),
        received_at: NOW,
        state: inbound::State::Unreadable,
        answer: inbound::Answer::Passive,
        answer_body: Some(text().repeat(6000)),
        attempts: 3,
        fault: Some(text()),
    }
}

pub fn inbound_key() -> inbound_key::Model {
    inbound_key::Model {
        account_id: AccountId(1),
        dedupe_key: "键".repeat(250),
        inbound_id: InboundId(1),
        received_at: NOW,
    }
}

pub fn lane() -> lane::Model {
    lane::Model {
        account_id: AccountId(1),
        openid: OPENID.to_owned(),
        way: lane::Way::Out,
        owner: Some("node-1".to_owned()),
        lease_until: NOW,
        fence: i64::MAX,
    }
}

pub fn node() -> node::Model {
    node::Model {
        name: "node-1".to_owned(),
        beats: i64::MAX,
    }
}

pub fn reply_window() -> reply_window::Model {
    reply_window::Model {
        account_id: AccountId(1),
        openid: OPENID.to_owned(),
        trigger: reply_window::Trigger::Message,
        until: LATER,
        remaining: -1,
    }
}

pub fn message() -> message::Model {
    message::Model {
        id: MessageId(1),
        member_id: MemberId(1),
        account_id: AccountId(1),
        author: message::Author::House,
        guide_id: None,
        content: document(),
        inbound_id: Some(InboundId(1)),
        at: NOW,
    }
}

pub fn outbound() -> outbound::Model {
    outbound::Model {
        id: OutboundId(1),
        account_id: AccountId(1),
        openid: OPENID.to_owned(),
        purpose: outbound::Purpose::Courtesy,
        content: document(),
        member_id: Some(MemberId(1)),
        guide_id: Some(GuideId(1)),
        message_id: Some(MessageId(1)),
        inbound_id: None,
        answer_to: Some(InboundId(1)),
        state: outbound::State::Answering,
        channel: Some(outbound::Channel::Service),
        attempts: 1,
        due_at: NOW,
        lease_until: Some(LATER),
        fence: 7,
        spent: Some(reply_window::Trigger::Scan),
        code: Some(-1),
        reason: Some("unknown".to_owned()),
        created_at: NOW,
        settled_at: None,
    }
}
