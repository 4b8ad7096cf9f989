//! Who may do what about bringing people in.

use super::{Answers, Fields, HEADQUARTERS, ONLY_HEADQUARTERS};

pub const PAGES: &[(&str, Answers)] = &[
    ("/codes/1/welcome", ONLY_HEADQUARTERS),
    ("/codes/99/welcome", [303, 403, 404, 404]),
    ("/campaigns", ONLY_HEADQUARTERS),
    ("/campaigns/new", ONLY_HEADQUARTERS),
    ("/campaigns/1", [303, 403, 404, 404]),
    ("/campaigns/1/edit", [303, 403, 404, 404]),
    ("/campaigns/1/code.svg", [303, 403, 404, 404]),
    ("/campaigns/1/poster", [303, 403, 404, 404]),
    ("/followers", ONLY_HEADQUARTERS),
    ("/menu", ONLY_HEADQUARTERS),
    ("/menu?for=99", [303, 403, 404, 404]),
    ("/menu/live", ONLY_HEADQUARTERS),
];

pub const FORMS: &[(&str, Fields, Answers)] = &[
    ("/guides/1/welcome", &[("welcome", "您好")], HEADQUARTERS),
    (
        "/guides/1/welcome/preview",
        &[("welcome", "您好")],
        ONLY_HEADQUARTERS,
    ),
    (
        "/guides/99/welcome",
        &[("welcome", "您好")],
        [303, 403, 404, 404],
    ),
    ("/campaigns", &[("name", "")], [303, 403, 400, 400]),
    ("/campaigns/preview", &[], ONLY_HEADQUARTERS),
    ("/campaigns/99", &[("name", "")], [303, 403, 404, 404]),
    ("/campaigns/99/end", &[], [303, 403, 404, 404]),
    ("/codes/1/welcome", &[], HEADQUARTERS),
    ("/codes/99/welcome", &[], [303, 403, 404, 404]),
    ("/codes/1/welcome/preview", &[], ONLY_HEADQUARTERS),
    ("/menu", &[("b0-name", "")], [303, 403, 400, 400]),
    ("/menu?for=99", &[("b0-name", "")], [303, 403, 404, 404]),
    ("/menu/preview", &[], ONLY_HEADQUARTERS),
    ("/menu/publish", &[], [303, 403, 400, 400]),
    ("/menu/discard", &[], HEADQUARTERS),
    ("/menu/rules", &[("tag", "99")], [303, 403, 400, 400]),
    ("/menu/rules/99/remove", &[], [303, 403, 404, 404]),
    ("/menu/versions/99", &[], [303, 403, 404, 404]),
    ("/followers/start", &[], HEADQUARTERS),
    ("/followers/stop", &[], HEADQUARTERS),
];
