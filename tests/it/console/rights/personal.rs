//! What is known of a member, and what headquarters wants to know.

use super::{Answers, Fields, HEADQUARTERS, HERS_NOT, ONLY_HEADQUARTERS};

/// A member's own form: shown in `registration`.
pub const DOORS: &[&str] = &["get /m/form/x", "post /m/form/x"];

/// What is opened.
pub const PAGES: &[(&str, Answers)] = &[("/fields", ONLY_HEADQUARTERS)];

/// What is posted.
pub const FORMS: &[(&str, Fields, Answers)] = &[
    ("/fields", &[("name", "")], [303, 403, 400, 400]),
    ("/fields/99", &[("name", "肤质")], [303, 403, 404, 404]),
    ("/fields/99/archive", &[], [303, 403, 404, 404]),
    (
        "/members/1/fields",
        &[("field-1", "")],
        [303, 303, 303, 303],
    ),
    ("/members/2/fields", &[("field-1", "")], HERS_NOT),
    (
        "/members/1/insider",
        &[("insider", "customer")],
        HEADQUARTERS,
    ),
    (
        "/members/99/insider",
        &[("insider", "staff")],
        [303, 403, 404, 404],
    ),
];
