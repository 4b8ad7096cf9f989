//! What guides do at the workbench.

use daogou_schema::*;

use super::{LATER, NOW};

pub fn guide_sign_in() -> guide_sign_in::Model {
    guide_sign_in::Model {
        digest: "0f".repeat(32),
        guide_id: GuideId(1),
        way: guide_sign_in::Way::Wechat,
        created_at: NOW,
        seen_at: LATER,
    }
}

pub fn guide_pass() -> guide_pass::Model {
    guide_pass::Model {
        digest: "f0".repeat(32),
        guide_id: GuideId(1),
        expires_at: LATER,
    }
}

pub fn guide_line() -> guide_line::Model {
    guide_line::Model {
        guide_id: GuideId(1),
        page_key: "aB3-_".to_owned(),
        message_id: MessageId(1),
        at: NOW,
    }
}

pub fn member_note() -> member_note::Model {
    member_note::Model {
        id: NoteId(1),
        member_id: MemberId(1),
        guide_id: GuideId(1),
        text: "孩子 3 岁\n怕冷🧣".to_owned(),
        at: NOW,
    }
}

pub fn task() -> task::Model {
    task::Model {
        id: TaskId(1),
        member_id: MemberId(1),
        guide_id: GuideId(1),
        text: "告诉她到货🌸".to_owned(),
        due_at: LATER,
        created_at: NOW,
        done_at: None,
    }
}
