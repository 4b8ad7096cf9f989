//! What headquarters notes about members, and does to many of them.

use daogou_schema::*;

use super::{LATER, NOW};

pub fn tag() -> tag::Model {
    tag::Model {
        id: TagId(1),
        account_id: AccountId(1),
        name: "母婴👶".to_owned(),
        created_at: NOW,
        removed_at: Timestamp(0),
    }
}

pub fn member_tag() -> member_tag::Model {
    member_tag::Model {
        tag_id: TagId(1),
        member_id: MemberId(1),
        at: NOW,
    }
}

pub fn unbound() -> unbound::Model {
    unbound::Model {
        member_id: MemberId(1),
        account_id: AccountId(1),
        since: NOW,
    }
}

pub fn bulk() -> bulk::Model {
    bulk::Model {
        id: BulkId(1),
        account_id: AccountId(1),
        staff_id: StaffId(1),
        work: bulk::Work::Assign,
        state: bulk::State::Undoing,
        audience: "{\"members\":[1,2]}".to_owned(),
        tag_id: Some(TagId(1)),
        targets: Some("1,2".to_owned()),
        place: Some("0.42".to_owned()),
        members: Some(3),
        seen: 3,
        changed: 2,
        restored: 1,
        kept: 1,
        created_at: NOW,
        done_at: Some(LATER),
        undone_at: None,
    }
}

pub fn bulk_member() -> bulk_member::Model {
    bulk_member::Model {
        bulk_id: BulkId(1),
        member_id: MemberId(1),
        to_guide_id: Some(GuideId(1)),
        guide_id: None,
        store_id: Some(StoreId(1)),
        code_id: None,
        bound_at: Some(NOW),
        outcome: bulk_member::Outcome::Kept,
    }
}

pub fn visit() -> visit::Model {
    visit::Model {
        id: VisitId(1),
        account_id: AccountId(1),
        member_id: MemberId(1),
        guide_id: GuideId(1),
        store_id: StoreId(1),
        products: "羽绒服\n围巾🧣".to_owned(),
        concern: Some(visit::Concern::NotWorth),
        reasons: "价格".to_owned(),
        at: NOW,
    }
}

pub fn field() -> field::Model {
    field::Model {
        id: FieldId(1),
        account_id: AccountId(1),
        name: "肤质 🌸".to_owned(),
        kind: field::Kind::Choice,
        place: 3,
        masked: true,
        created_at: NOW,
        archived_at: Some(LATER),
    }
}

pub fn field_choice() -> field_choice::Model {
    field_choice::Model {
        id: ChoiceId(1),
        field_id: FieldId(1),
        word: "干性".to_owned(),
        place: 2,
        removed_at: Some(LATER),
    }
}

pub fn member_field() -> member_field::Model {
    member_field::Model {
        member_id: MemberId(1),
        content: r#"{"1":9,"2":"干性 🌸"}"#.to_owned(),
    }
}

pub fn member_choice() -> member_choice::Model {
    member_choice::Model {
        choice_id: ChoiceId(1),
        member_id: MemberId(1),
    }
}
