//! Pictures and scripts: what the brand and its guides show and say.

use super::{Answers, Fields};

/// What is opened.
pub const PAGES: &[(&str, Answers)] = &[
    // There is none.
    ("/guides/1/photo", [303, 404, 404, 404]),
    ("/guides/2/photo", [303, 404, 404, 404]),
];

/// What is posted.
pub const FORMS: &[(&str, Fields, Answers)] = &[
    // Without a file.
    ("/guides/1/photo", &[], [303, 400, 400, 400]),
    ("/guides/2/photo", &[], [303, 404, 400, 400]),
    ("/guides/1/photo/remove", &[], [303, 303, 303, 303]),
    ("/guides/2/photo/remove", &[], [303, 404, 303, 303]),
];
