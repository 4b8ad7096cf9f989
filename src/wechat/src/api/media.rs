//! Temporary media (WeChat: temporary media), up and down. They live three days.

use reqwest::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderMap, HeaderName};
use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::client::{Client, call, expect_ok, json_object, read, refuse, send};
use crate::counted::counted;
use crate::errors::CallError;

const UPLOAD: &str = "/cgi-bin/media/upload";
const GET: &str = "/cgi-bin/media/get";
const DOWNLOAD: &str = "(download)";

/// The most bytes that are fetched: twice what the platform takes for the largest kind.
pub const MEDIA_BYTES_MAX: usize = 20 * 1024 * 1024;

/// What is uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    /// PNG, JPEG or GIF, at most 10 MB.
    Image,
    /// AMR or MP3, at most 2 MB and 60 seconds.
    Voice,
    /// MP4, at most 10 MB.
    Video,
    /// JPEG, at most 64 kB.
    Thumb,
}

impl MediaKind {
    /// The platform's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Voice => "voice",
            Self::Video => "video",
            Self::Thumb => "thumb",
        }
    }
}

/// What was uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct UploadedMedia {
    /// Valid for three days, and as often as one likes.
    #[serde(alias = "thumb_media_id")]
    pub media_id: String,
    /// Unix seconds.
    pub created_at: i64,
}

/// What a media id stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchedMedia {
    /// The file itself.
    File(FetchedFile),
    /// Videos are told as an address, for [`Client::download`].
    Video {
        /// Valid for a while.
        url: String,
    },
}

/// A file.
#[derive(Clone, PartialEq, Eq)]
pub struct FetchedFile {
    /// What the platform calls it.
    pub content_type: Option<String>,
    /// Its name there.
    pub file_name: Option<String>,
    /// At most [`MEDIA_BYTES_MAX`].
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for FetchedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FetchedFile")
            .field("content_type", &self.content_type)
            .field("file_name", &self.file_name)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

impl Client {
    /// Uploads a file for three days. `file_name` needs the ending of its kind: the platform judges by it.
    ///
    /// # Errors
    /// See [`CallError`]; a `mime` that is none is [`CallError::NotSent`].
    pub async fn upload_media(
        &self,
        token: &str,
        kind: MediaKind,
        file_name: &str,
        mime: &str,
        bytes: Vec<u8>,
    ) -> Result<UploadedMedia, CallError> {
        let part = Part::bytes(bytes)
            .file_name(file_name.to_owned())
            .mime_str(mime)
            .map_err(|source| CallError::NotSent {
                path: UPLOAD,
                source,
            })?;
        let query = [("access_token", token), ("type", kind.as_str())];
        let request = self
            .request(Method::POST, UPLOAD, &query)
            .multipart(Form::new().part("media", part));
        call(UPLOAD, request).await
    }

    /// Fetches what a media id stands for, the account's own or one that a person sent.
    ///
    /// # Errors
    /// See [`CallError`]. An expired id is refused with 40007; the platform sends refusals under any content type.
    pub async fn get_media(&self, token: &str, media_id: &str) -> Result<FetchedMedia, CallError> {
        counted(GET, self.fetch(token, media_id)).await
    }

    async fn fetch(&self, token: &str, media_id: &str) -> Result<FetchedMedia, CallError> {
        let query = [("access_token", token), ("media_id", media_id)];
        let response = send(GET, self.request(Method::GET, GET, &query)).await?;
        let file = file(GET, response).await?;
        // No picture, sound or video begins like a JSON object.
        let answer = if file.bytes.trim_ascii_start().starts_with(b"{") {
            json_object(&file.bytes)
        } else {
            None
        };
        let Some(answer) = answer else {
            return Ok(FetchedMedia::File(file));
        };
        refuse(GET, &answer)?;
        match answer.get("video_url").and_then(Value::as_str) {
            Some(url) => Ok(FetchedMedia::Video {
                url: url.to_owned(),
            }),
            None => Ok(FetchedMedia::File(file)),
        }
    }

    /// Fetches a file from an address that the platform told (`video_url`, `PicUrl`), without a token.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn download(&self, url: &str) -> Result<FetchedFile, CallError> {
        let downloading =
            async { file(DOWNLOAD, send(DOWNLOAD, self.request_url(url)).await?).await };
        counted(DOWNLOAD, downloading).await
    }
}

async fn file(path: &'static str, response: Response) -> Result<FetchedFile, CallError> {
    let response = expect_ok(path, response)?;
    let content_type = header(response.headers(), CONTENT_TYPE);
    let file_name =
        header(response.headers(), CONTENT_DISPOSITION).and_then(|value| file_name_in(&value));
    Ok(FetchedFile {
        content_type,
        file_name,
        bytes: read(path, response, MEDIA_BYTES_MAX).await?,
    })
}

fn header(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
}

/// The name in `attachment; filename="a.jpg"`.
fn file_name_in(disposition: &str) -> Option<String> {
    let (_, value) = disposition.split_once("filename=")?;
    let value = value.split(';').next()?.trim().trim_matches('"');
    Some(value.to_owned()).filter(|name| !name.is_empty())
}
