//! What can be wrong with a call of the control interface.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

/// Answered with its status and `{"error": …}`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    /// There is no such account, person or code: 404.
    #[error("{0}")]
    Missing(String),
    /// It cannot be done now: 409.
    #[error("{0}")]
    Conflict(String),
    /// The call itself is wrong: 400.
    #[error("{0}")]
    Bad(String),
}

impl Trouble {
    pub(crate) fn missing(text: &str) -> Self {
        Self::Missing(text.to_owned())
    }

    pub(crate) fn conflict(text: &str) -> Self {
        Self::Conflict(text.to_owned())
    }

    pub(crate) fn bad(text: &str) -> Self {
        Self::Bad(text.to_owned())
    }
}

impl ResponseError for Trouble {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code()).json(serde_json::json!({"error": self.to_string()}))
    }
}
