//! What the brand plans, and what it says to everybody.

use daogou_schema::*;

use super::{LATER, NOW};

pub fn campaign() -> campaign::Model {
    campaign::Model {
        code_id: CodeId(1),
        account_id: AccountId(1),
        name: "春日踏青🌸".to_owned(),
        starts_at: NOW,
        ends_at: LATER,
        stores: Some("1,2".to_owned()),
        guides: None,
        welcome: Some("好".repeat(680)),
        renew_at: Some(LATER),
        renewed_at: None,
        created_at: NOW,
    }
}

pub fn follower_sync() -> follower_sync::Model {
    follower_sync::Model {
        id: FollowerSyncId(1),
        account_id: AccountId(1),
        staff_id: Some(StaffId(1)),
        state: follower_sync::State::Running,
        page: Some("oQ6c2vwM_jHLq-3nRkzAbC1dEfGh".to_owned()),
        place: Some("oq6C2VwM_jHLq-3nRkzAbC1dEfGh".to_owned()),
        total: Some(1_000_000),
        seen: 100,
        added: 90,
        joined: 5,
        back: 1,
        left_out: 2,
        due_at: LATER,
        trouble: Some("45009".to_owned()),
        created_at: NOW,
        done_at: None,
    }
}

pub fn menu_version() -> menu_version::Model {
    menu_version::Model {
        id: MenuVersionId(1),
        account_id: AccountId(1),
        state: menu_version::State::Published,
        // Longer than MySQL's plain TEXT takes.
        content: "菜单".repeat(20_000),
        staff_id: Some(StaffId(1)),
        at: NOW,
    }
}

pub fn menu_answer() -> menu_answer::Model {
    menu_answer::Model {
        account_id: AccountId(1),
        tap: "k".repeat(128),
        answer: "您好👋".repeat(200),
        at: LATER,
    }
}

pub fn picture() -> picture::Model {
    picture::Model {
        id: PictureId(1),
        account_id: AccountId(1),
        digest: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".to_owned(),
        kind: picture::Kind::Png,
        file: "1/abcdefghijkmnpqrstuvwxyz.png".to_owned(),
        bytes: 10_485_760,
        width: 12_000,
        height: 1,
        usable_id: Some("4xXyZ_-media".to_owned()),
        usable_until: LATER,
        created_at: NOW,
        used_at: LATER,
    }
}

pub fn picture_line() -> picture_line::Model {
    picture_line::Model {
        message_id: MessageId(9),
        picture_id: PictureId(1),
    }
}

pub fn script() -> script::Model {
    script::Model {
        id: ScriptId(1),
        account_id: AccountId(1),
        guide_id: GuideId::NONE,
        store_id: Some(StoreId(1)),
        category: "问候".to_owned(),
        text: "{顾客称呼}您好👋".repeat(50),
        letters: "您好\nnh".to_owned(),
        picture_id: Some(PictureId(1)),
        place: 9_999,
        uses: i64::MAX,
        created_at: NOW,
        changed_at: LATER,
        archived_at: Timestamp(0),
    }
}
