//! What an erasure does with every column in which a person could stand. A new column that could must be decided on here
//! before the tests pass; `docs/privacy.md` says the same in words. It is long because it is one table of every such column.

/// What becomes of a column when a member is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    /// Her rows are deleted.
    Deleted,
    /// Her rows stay; what the column says about her is emptied.
    Emptied,
    /// It holds her number and nothing else of hers: without the rest it names nobody.
    Number,
    /// It is gone with DAOGOU_RAW_DAYS, or with the named days, and is not looked for.
    Expires,
    /// It is about staff, the brand or the house, never about a customer.
    NotHers,
}

use Decision::{Deleted, Emptied, Expires, NotHers, Number};

/// Table, its columns, what is done, and why or how.
const DECISIONS: &[(&str, &[&str], Decision, &str)] = &[
    (
        "account",
        &[
            "appid",
            "kind",
            "mode",
            "original_id",
            "secret",
            "token",
            "aes_key",
            "aes_key_previous",
            "name",
            "token_previous",
            "scan_rule",
        ],
        NotHers,
        "the brand's account",
    ),
    (
        "store",
        &["name", "hours", "away_text", "owner"],
        NotHers,
        "the brand's shop",
    ),
    ("region", &["name"], NotHers, "the brand's shops"),
    (
        "member",
        &["unionid", "name", "birthday", "insider"],
        Emptied,
        "the row stays as a number that history points to",
    ),
    (
        "guide",
        &[
            "name",
            "welcome",
            "speciality",
            "phone",
            "phone_masked",
            "openid",
        ],
        NotHers,
        "staff; who is a guide too goes on working; the photo goes a month after the guide left",
    ),
    (
        "guide",
        &["current_member_id"],
        Emptied,
        "no guide is talking to her any more",
    ),
    (
        "code",
        &["scene", "purpose", "ticket", "url", "variants"],
        NotHers,
        "what the brand printed",
    ),
    (
        "campaign",
        &["name", "stores", "guides", "welcome"],
        NotHers,
        "what the brand plans and says to everybody",
    ),
    (
        "guide_number",
        &["member_id"],
        Deleted,
        "no guide's #12 leads to her; the number is not given again",
    ),
    (
        "menu_version",
        &["state", "content"],
        NotHers,
        "the brand's menu",
    ),
    (
        "menu_answer",
        &["tap", "answer"],
        NotHers,
        "what the brand says to everybody who taps",
    ),
    (
        "follower_sync",
        &["state", "page", "place", "trouble"],
        Expires,
        "where a run over an account's followers stands: one openid, emptied when it is done",
    ),
    (
        "identity",
        &["openid", "member_id", "subscribe_scene"],
        Deleted,
        "who she is to WeChat",
    ),
    ("binding", &["member_id"], Deleted, "who serves her"),
    (
        "binding_event",
        &["member_id", "reason"],
        Number,
        "the bare history: which code and guide brought how many",
    ),
    (
        "conversation",
        &["member_id", "openid"],
        Deleted,
        "the talk",
    ),
    (
        "question",
        &["content", "state"],
        Deleted,
        "what became a line to her; what a guide dropped, or has not said for whom, expires",
    ),
    (
        "media",
        &["wechat_id", "kind", "file", "content_type", "usable_id"],
        Deleted,
        "files of her conversation, on the disk first",
    ),
    (
        "picture",
        &["digest", "kind", "file", "usable_id"],
        NotHers,
        "what the brand and its guides show, guides' photos too; one that was only said to her goes with the talk, the copy on \
         the disk within minutes, any other a month after nobody uses it",
    ),
    (
        "picture_line",
        &[],
        Deleted,
        "that a line of the talk had a picture, with the line",
    ),
    (
        "script",
        &["category", "text", "letters"],
        NotHers,
        "what guides say to everybody; names are put in when it is said",
    ),
    (
        "visit",
        &["member_id", "products", "concern", "reasons"],
        Deleted,
        "when she came and what her guide noted of it",
    ),
    (
        "inbound",
        &[
            "openid",
            "msg_type",
            "event",
            "format",
            "raw",
            "state",
            "answer",
            "answer_body",
            "fault",
        ],
        Deleted,
        "her pushes; what guides sent that became lines to her, and answers that carried her lines, are emptied",
    ),
    (
        "inbound_key",
        &["dedupe_key"],
        Expires,
        "a digest of the openid, or WeChat's message id; 90 days, so that a replayed push takes no effect",
    ),
    (
        "lane",
        &["openid", "way", "owner"],
        Deleted,
        "who worked for her",
    ),
    ("node", &["name"], NotHers, "a process"),
    (
        "reply_window",
        &["openid", "trigger"],
        Deleted,
        "what may still be sent to her",
    ),
    (
        "message",
        &["member_id", "author", "content"],
        Deleted,
        "what she and her guides said",
    ),
    (
        "outbound",
        &[
            "openid",
            "purpose",
            "content",
            "member_id",
            "state",
            "channel",
            "spent",
            "reason",
        ],
        Deleted,
        "what was sent to her and about her; lists that named her among others to a guide go with DAOGOU_RAW_DAYS",
    ),
    (
        "staff",
        &[
            "login", "name", "role", "regions", "password", "totp", "recovery", "language",
        ],
        NotHers,
        "staff",
    ),
    (
        "invitation",
        &["digest", "name", "role", "regions"],
        NotHers,
        "staff",
    ),
    ("sign_in", &["digest"], NotHers, "staff"),
    (
        "guide_invitation",
        &["digest", "sealed"],
        NotHers,
        "a shop's link for new guides",
    ),
    (
        "applicant",
        &[
            "digest",
            "name",
            "speciality",
            "phone",
            "phone_masked",
            "state",
        ],
        NotHers,
        "who wants to work in a shop, for 30 days; the number goes as soon as it is decided",
    ),
    (
        "hand_over",
        &["cause", "state", "openid", "targets"],
        NotHers,
        "a guide's own WeChat, so that it can be undone",
    ),
    (
        "hand_over_member",
        &["member_id", "outcome"],
        Number,
        "the bare history",
    ),
    (
        "bulk",
        &["work", "state", "audience", "targets", "place"],
        Number,
        "which members were chosen, by their numbers",
    ),
    (
        "bulk_member",
        &["member_id", "outcome"],
        Number,
        "the bare history",
    ),
    ("tag", &["name"], NotHers, "the brand's words"),
    (
        "member_tag",
        &["member_id"],
        Deleted,
        "what she was found by",
    ),
    (
        "member_note",
        &["member_id", "text"],
        Deleted,
        "what guides wrote down about her",
    ),
    (
        "task",
        &["member_id", "text"],
        Deleted,
        "what was to be done for her",
    ),
    ("guide_sign_in", &["digest", "way"], NotHers, "guides"),
    ("guide_pass", &["digest"], NotHers, "guides"),
    (
        "guide_line",
        &["page_key"],
        Expires,
        "7 days: which of a guide's lines a page has sent",
    ),
    (
        "field",
        &["name", "kind"],
        NotHers,
        "what the brand wants to know",
    ),
    ("field_choice", &["word"], NotHers, "the brand's words"),
    (
        "member_field",
        &["member_id", "content"],
        Deleted,
        "what the brand knew of her",
    ),
    (
        "member_choice",
        &["member_id"],
        Deleted,
        "by which of it she was found",
    ),
    ("tag_rule", &["kind"], NotHers, "the brand's rule"),
    ("unbound", &["member_id"], Deleted, "that she had no guide"),
    ("fan_act", &["kind"], NotHers, "an arrival, nobody's"),
    (
        "audit",
        &["act", "subject", "before", "after", "digest"],
        Number,
        "sealed: a row cannot be changed without breaking the log; it never says more of a member than her number",
    ),
    ("audit_head", &["digest"], NotHers, "where the log ends"),
    (
        "consent",
        &["member_id", "purpose", "way", "text_version"],
        Number,
        "the proof that what was done with her data was lawful",
    ),
    (
        "erasure",
        &["member_id", "cause", "state", "proof", "counts"],
        Number,
        "the receipt itself, with digests of her openids",
    ),
    ("erasure", &["people"], Emptied, "needed until it is done"),
    (
        "search_term",
        &[],
        Deleted,
        "a line's pairs of letters, with the line",
    ),
    (
        "sensitive_word",
        &["word", "category"],
        NotHers,
        "the brand's words",
    ),
    (
        "sensitive_hit",
        &["member_id", "author", "content", "words"],
        Deleted,
        "what a guide must not have said to her, or she said",
    ),
    (
        "member_phone",
        &["member_id", "sealed", "digest", "masked"],
        Deleted,
        "her number",
    ),
    (
        "member_card",
        &["member_id", "number"],
        Deleted,
        "by which the brand knew her",
    ),
    (
        "import",
        &["kind", "state", "file_name", "headings", "targets"],
        NotHers,
        "that a file was brought in, and what its columns are called",
    ),
    (
        "import_row",
        &["sealed", "state", "problem"],
        Expires,
        "rows that wait to be taken or mended; gone when they are taken, and after 7 days",
    ),
    (
        "export",
        &["state", "audience", "words", "reason", "place"],
        NotHers,
        "that a list was taken out, by whom and why; who was in it is not kept",
    ),
    (
        "member_merge",
        &["cause"],
        NotHers,
        "that two profiles became one",
    ),
    (
        "member_merge",
        &["before"],
        Emptied,
        "what was where, so that it can be undone; gone after 48 hours too",
    ),
    (
        "export_piece",
        &["sealed"],
        Expires,
        "a list until it was fetched; gone after 24 hours",
    ),
];

#[cfg(test)]
mod tests;
