//! Pictures and scripts: what the brand and its guides show and say.

use super::{Answers, Fields, ONLY_HEADQUARTERS};

/// What is opened.
pub const PAGES: &[(&str, Answers)] = &[
    // There is none.
    ("/guides/1/photo", [303, 404, 404, 404]),
    ("/guides/2/photo", [303, 404, 404, 404]),
    ("/scripts", ONLY_HEADQUARTERS),
    ("/scripts?q=nh&category=问候", ONLY_HEADQUARTERS),
    ("/scripts?archived=1", ONLY_HEADQUARTERS),
    ("/scripts?edit=99", [303, 403, 404, 404]),
    ("/scripts/99/picture", [303, 403, 404, 404]),
];

/// What is posted.
pub const FORMS: &[(&str, Fields, Answers)] = &[
    // Without a file.
    ("/guides/1/photo", &[], [303, 400, 400, 400]),
    ("/guides/2/photo", &[], [303, 404, 400, 400]),
    ("/guides/1/photo/remove", &[], [303, 303, 303, 303]),
    ("/scripts", &[("text", "您好")], [303, 403, 400, 400]),
    ("/scripts/preview", &[("text", "您好")], ONLY_HEADQUARTERS),
    ("/scripts/99", &[("text", "您好")], [303, 403, 400, 400]),
    ("/scripts/99/archive", &[], [303, 403, 404, 404]),
    ("/scripts/99/restore", &[], [303, 403, 404, 404]),
    ("/guides/2/photo/remove", &[], [303, 404, 303, 303]),
];
