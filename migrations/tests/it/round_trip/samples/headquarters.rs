//! What headquarters and its staff leave in the store.

use daogou_schema::*;

use super::{LATER, NOW};

pub fn region() -> region::Model {
    region::Model {
        id: RegionId(1),
        account_id: AccountId(1),
        parent_id: None,
        name: "华东".to_owned(),
        created_at: NOW,
    }
}

pub fn staff() -> staff::Model {
    staff::Model {
        id: StaffId(1),
        login: "he".to_owned(),
        name: "何".to_owned(),
        role: staff::Role::StoreManager,
        store_id: Some(StoreId(1)),
        regions: Some("1,2".to_owned()),
        password: "$argon2id$v=19$".to_owned() + &"x".repeat(200),
        failures: 3,
        locked_until: Some(NOW),
        totp: Some((0..=255).collect()),
        totp_step: Some(59_843_520),
        recovery: Some("0123456789abcdef".repeat(40)),
        language: Some(staff::Language::English),
        created_at: NOW,
        left_at: None,
    }
}

pub fn invitation() -> invitation::Model {
    invitation::Model {
        id: InvitationId(1),
        digest: "0a".repeat(32),
        name: "周".to_owned(),
        role: staff::Role::HqOperator,
        store_id: None,
        regions: None,
        created_at: NOW,
        expires_at: NOW,
    }
}

pub fn sign_in() -> sign_in::Model {
    sign_in::Model {
        digest: "0b".repeat(32),
        staff_id: StaffId(1),
        created_at: NOW,
        seen_at: NOW,
    }
}

pub fn hand_over() -> hand_over::Model {
    hand_over::Model {
        id: HandOverId(1),
        account_id: AccountId(1),
        guide_id: GuideId(1),
        cause: hand_over::Cause::Departure,
        state: hand_over::State::Done,
        staff_id: StaffId(1),
        store_id: StoreId(1),
        to_store_id: Some(StoreId(1)),
        openid: Some("oGuide".to_owned()),
        linked_at: Some(NOW),
        on_duty: true,
        stand_in_id: None,
        targets: Some("1,2".to_owned()),
        members: 3,
        moved: 3,
        restored: 2,
        kept: 1,
        created_at: NOW,
        confirmed_at: Some(NOW),
        done_at: Some(LATER),
        undone_at: None,
    }
}

pub fn hand_over_member() -> hand_over_member::Model {
    hand_over_member::Model {
        hand_over_id: HandOverId(1),
        member_id: MemberId(1),
        to_guide_id: GuideId(1),
        store_id: StoreId(1),
        code_id: None,
        bound_at: NOW,
        outcome: hand_over_member::Outcome::Moved,
    }
}

pub fn audit() -> audit::Model {
    audit::Model {
        seq: 1,
        at: NOW,
        staff_id: Some(StaffId(1)),
        account_id: Some(AccountId(1)),
        act: "add_guide".to_owned(),
        subject: "guide 1".to_owned(),
        before: None,
        after: Some("{\"name\":\"林小满\"}".to_owned()),
        digest: "0c".repeat(32),
    }
}

pub fn audit_head() -> audit_head::Model {
    audit_head::Model {
        id: 1,
        seq: 1,
        digest: "0c".repeat(32),
    }
}

pub fn fan_act() -> fan_act::Model {
    fan_act::Model {
        id: 1,
        account_id: AccountId(1),
        code_id: CodeId::NONE,
        kind: fan_act::Kind::Followed,
        at: NOW,
    }
}

pub fn fan_day() -> fan_day::Model {
    fan_day::Model {
        account_id: AccountId(1),
        day: 20_261_122,
        code_id: CodeId(1),
        scans: 3,
        followed: -1,
        lost: 2,
    }
}

pub fn consent() -> consent::Model {
    consent::Model {
        id: 1,
        member_id: MemberId(1),
        purpose: consent::Purpose::Marketing,
        given: false,
        way: consent::Way::Chat,
        text_version: Some("2026-08".to_owned()),
        staff_id: Some(StaffId(1)),
        inbound_id: Some(InboundId(1)),
        at: NOW,
    }
}

pub fn erasure() -> erasure::Model {
    erasure::Model {
        id: ErasureId(1),
        member_id: MemberId(1),
        account_id: AccountId(1),
        cause: erasure::Cause::Unfollowed,
        state: erasure::State::Running,
        staff_id: Some(StaffId(1)),
        people: Some("[[1,\"oWang\"]]".to_owned()),
        proof: Some("0d".repeat(32)),
        inbound_until: 9,
        inbound_done: 3,
        outbound_until: 7,
        counts: "{\"message\":3}".to_owned(),
        asked_at: NOW,
        begun_at: Some(NOW),
        done_at: None,
    }
}

pub fn member_phone() -> member_phone::Model {
    member_phone::Model {
        member_id: MemberId(1),
        sealed: vec![1; 42],
        digest: "0e".repeat(32),
        masked: "138****1234".to_owned(),
        noted_at: LATER,
    }
}

pub fn guide_invitation() -> guide_invitation::Model {
    guide_invitation::Model {
        store_id: StoreId(1),
        account_id: AccountId(1),
        digest: "0f".repeat(32),
        sealed: vec![2; 93],
        staff_id: StaffId(1),
        created_at: NOW,
        expires_at: LATER,
    }
}

pub fn applicant() -> applicant::Model {
    applicant::Model {
        id: ApplicantId(1),
        account_id: AccountId(1),
        store_id: StoreId(1),
        digest: "1a".repeat(32),
        name: "沈知秋".to_owned(),
        speciality: Some("羽绒服".to_owned()),
        phone: Some(vec![3; 42]),
        phone_masked: Some("138****1234".to_owned()),
        state: applicant::State::Approved,
        staff_id: Some(StaffId(1)),
        guide_id: Some(GuideId(1)),
        created_at: NOW,
        decided_at: Some(LATER),
    }
}

pub fn search_term() -> search_term::Model {
    search_term::Model {
        entry: i64::MAX - 7,
    }
}

pub fn search_head() -> search_head::Model {
    search_head::Model {
        id: 1,
        upto: MessageId(1 << 37),
    }
}

pub fn sensitive_word() -> sensitive_word::Model {
    sensitive_word::Model {
        id: SensitiveWordId(1),
        account_id: None,
        word: "返现🧧".to_owned(),
        category: "返利".to_owned(),
        added_at: NOW,
    }
}

pub fn sensitive_hit() -> sensitive_hit::Model {
    sensitive_hit::Model {
        id: SensitiveHitId(1),
        account_id: AccountId(1),
        member_id: MemberId(1),
        guide_id: Some(GuideId(1)),
        author: message::Author::Guide,
        message_id: None,
        content: Some("给您返🧧现".to_owned()),
        words: "返现".to_owned(),
        at: LATER,
    }
}

pub fn tag_rule() -> tag_rule::Model {
    tag_rule::Model {
        tag_id: TagId(1),
        account_id: AccountId(1),
        kind: tag_rule::Kind::Quiet,
        value: 90,
        place: MemberId(7),
        next_at: LATER,
    }
}
