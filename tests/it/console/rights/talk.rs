//! What people say to each other, and what they must not.

use super::{ALL, Answers, Fields, NOT_HERS, ONLY_HEADQUARTERS};

/// What is opened.
pub const PAGES: &[(&str, Answers)] = &[
    ("/conversations", ALL),
    ("/conversations/1", ALL),
    ("/conversations/2", NOT_HERS),
    ("/conversations/99", [303, 404, 404, 404]),
    ("/conversations/1/lines/1/file", [303, 404, 404, 404]),
    ("/conversations?q=退款", ALL),
    ("/sensitive/hits", ALL),
    ("/sensitive", ONLY_HEADQUARTERS),
];

/// What is posted.
pub const FORMS: &[(&str, Fields, Answers)] = &[
    ("/sensitive", &[("words", "")], [303, 403, 400, 400]),
    (
        "/sensitive",
        &[("words", "最低价"), ("everywhere", "1")],
        [303, 403, 403, 303],
    ),
    ("/sensitive/99/remove", &[], [303, 403, 404, 404]),
    // It counts everywhere: for administrators only.
    ("/sensitive/1/remove", &[], [303, 403, 404, 303]),
];
