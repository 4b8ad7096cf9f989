//! What comes in and goes out by the table, and two profiles that become one: headquarters only.

use super::{Answers, Fields, HEADQUARTERS, ONLY_HEADQUARTERS};

/// What is opened.
pub const PAGES: &[(&str, Answers)] = &[
    ("/imports", ONLY_HEADQUARTERS),
    ("/imports/template-members.xlsx", ONLY_HEADQUARTERS),
    ("/imports/template-stores.csv", ONLY_HEADQUARTERS),
    ("/imports/template-members.exe", [303, 403, 404, 404]),
    ("/imports/99", [303, 403, 404, 404]),
    ("/imports/99/mend.csv", [303, 403, 404, 404]),
    ("/exports", ONLY_HEADQUARTERS),
    ("/exports/99", [303, 403, 404, 404]),
    ("/exports/99/file.csv", [303, 403, 404, 404]),
    ("/members/1/merge", ONLY_HEADQUARTERS),
    ("/members/99/merge", [303, 403, 404, 404]),
];

/// What is posted.
pub const FORMS: &[(&str, Fields, Answers)] = &[
    // Without a file.
    ("/imports", &[("kind", "members")], [303, 403, 400, 400]),
    ("/imports/99/start", &[], [303, 403, 404, 404]),
    ("/imports/99/stop", &[], [303, 403, 404, 404]),
    ("/exports/new", &[("filter", "")], ONLY_HEADQUARTERS),
    ("/exports", &[("filter", "guide=99")], [303, 403, 400, 400]),
    // Whole numbers: administrators, with a reason.
    ("/exports", &[("phones", "whole")], [303, 403, 403, 400]),
    ("/exports", &[("phones", "masked")], HEADQUARTERS),
    ("/exports/99/stop", &[], [303, 403, 404, 404]),
    ("/members/1/merge", &[("with", "99")], [303, 403, 404, 404]),
    ("/merges/99/undo", &[], [303, 403, 404, 404]),
];
