//! What comes in and goes out by the table, and profiles that became one.

use daogou_schema::*;

use super::{LATER, NOW, text};

pub fn import() -> import::Model {
    import::Model {
        id: ImportId(1),
        account_id: AccountId(1),
        staff_id: StaffId(1),
        kind: import::Kind::Member,
        state: import::State::Running,
        file_name: "老会员👶.xlsx".to_owned(),
        headings: text(),
        targets: Some("1,2".to_owned()),
        rows: 50_000,
        bad: 3,
        place: 201,
        made: 150,
        known: 47,
        created_at: NOW,
        started_at: Some(LATER),
        done_at: None,
    }
}

pub fn import_row() -> import_row::Model {
    import_row::Model {
        import_id: ImportId(1),
        line: 1_048_576,
        sealed: (0..=255).cycle().take(70_000).collect(),
        state: import_row::State::Bad,
        problem: Some("“手机号”不是手机号".to_owned()),
    }
}

pub fn member_card() -> member_card::Model {
    member_card::Model {
        member_id: MemberId(1),
        account_id: AccountId(1),
        number: "Vip-0001".to_owned(),
    }
}

pub fn export() -> export::Model {
    export::Model {
        id: ExportId(1),
        account_id: AccountId(1),
        staff_id: StaffId(1),
        state: export::State::Running,
        audience: text(),
        words: "导购 林小满，已关注".to_owned(),
        whole: true,
        reason: Some("周年庆逐个电话邀约".to_owned()),
        place: Some("0.42".to_owned()),
        rows: 1_000_000,
        pieces: 2_000,
        created_at: NOW,
        done_at: None,
    }
}

pub fn export_piece() -> export_piece::Model {
    export_piece::Model {
        export_id: ExportId(1),
        seq: 0,
        sealed: (0..=255).cycle().take(200_000).collect(),
    }
}

pub fn member_merge() -> member_merge::Model {
    member_merge::Model {
        id: MergeId(1),
        account_id: AccountId(1),
        staff_id: Some(StaffId(1)),
        kept_id: MemberId(1),
        gone_id: MemberId(1),
        cause: member_merge::Cause::Phone,
        before: Some(text()),
        open_until: Some(LATER),
        created_at: NOW,
        undone_at: None,
    }
}
