//! QR codes with a scene (WeChat: parametric QR codes).

use reqwest::StatusCode;
use reqwest::Url;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::client::{Client, expect_ok, read, send};
use crate::counted::counted;
use crate::errors::{ApiError, CallError};

const CREATE: &str = "/cgi-bin/qrcode/create";
const SHOW: &str = "/cgi-bin/showqrcode";
/// A picture has some 30 kB.
const PICTURE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// A code to be made. Scenes are 1 to 64 characters or a number; people can see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewQr {
    /// For ever; an account has 100,000 in its life. Making the same scene again answers the same code.
    Permanent {
        /// 1 to 64 characters.
        scene: String,
    },
    /// For a while.
    Temporary {
        /// 1 to 64 characters.
        scene: String,
        /// At most 2,592,000 (30 days).
        expire_seconds: i64,
    },
    /// For ever, by number.
    PermanentId {
        /// 1 to 100,000.
        scene: u32,
    },
    /// For a while, by number.
    TemporaryId {
        /// Not 0.
        scene: u32,
        /// At most 2,592,000 (30 days).
        expire_seconds: i64,
    },
}

/// A code that was made.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Qr {
    /// Names the picture.
    pub ticket: String,
    /// What the code says; draw it with any QR library.
    pub url: String,
    /// Seconds that are left; `None` for a permanent one.
    pub expire_seconds: Option<i64>,
}

impl NewQr {
    fn to_wire(&self) -> Value {
        let (name, scene, expire_seconds) = match self {
            Self::Permanent { scene } => {
                ("QR_LIMIT_STR_SCENE", json!({ "scene_str": scene }), None)
            }
            Self::Temporary {
                scene,
                expire_seconds,
            } => (
                "QR_STR_SCENE",
                json!({ "scene_str": scene }),
                Some(expire_seconds),
            ),
            Self::PermanentId { scene } => ("QR_LIMIT_SCENE", json!({ "scene_id": scene }), None),
            Self::TemporaryId {
                scene,
                expire_seconds,
            } => (
                "QR_SCENE",
                json!({ "scene_id": scene }),
                Some(expire_seconds),
            ),
        };
        match expire_seconds {
            // Never left out: the platform's default is 60 seconds.
            Some(seconds) => {
                json!({ "expire_seconds": seconds, "action_name": name, "action_info": { "scene": scene } })
            }
            None => json!({ "action_name": name, "action_info": { "scene": scene } }),
        }
    }
}

impl Client {
    /// Makes a code.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn create_qr(&self, token: &str, qr: &NewQr) -> Result<Qr, CallError> {
        self.post(CREATE, token, &qr.to_wire()).await
    }

    /// Where the code's picture is; it needs no token.
    pub fn qr_image_url(&self, ticket: &str) -> String {
        let address = format!("{}{SHOW}", self.hosts().mp);
        // Tickets contain `+ / =`: encoded, or another ticket is asked for.
        match Url::parse_with_params(&address, [("ticket", ticket)]) {
            Ok(url) => url.into(),
            // Not an address at all: the call, or the browser, will say so.
            Err(_) => address,
        }
    }

    /// The code's picture, a JPEG.
    ///
    /// # Errors
    /// See [`CallError`]; a ticket that does not exist is refused with code 404.
    pub async fn qr_image(&self, ticket: &str) -> Result<Vec<u8>, CallError> {
        counted(SHOW, self.show(ticket)).await
    }

    async fn show(&self, ticket: &str) -> Result<Vec<u8>, CallError> {
        let response = send(SHOW, self.request_url(&self.qr_image_url(ticket))).await?;
        if response.status() == StatusCode::NOT_FOUND {
            return Err(CallError::Refused(ApiError::new(
                SHOW,
                404,
                "there is no code for this ticket",
            )));
        }
        read(SHOW, expect_ok(SHOW, response)?, PICTURE_BYTES_MAX).await
    }
}
