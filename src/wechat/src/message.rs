//! What a person sends: one type per `MsgType`.

use crate::node::Node;

/// A message from a person. Text is empty where the platform left an element out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// `text`. Some stickers arrive as text codes such as `/::)`.
    Text {
        /// Exactly what was written, without the characters that XML forbids.
        content: String,
        /// The id of the menu item, when the person tapped one instead of writing (`bizmsgmenuid`).
        menu_id: Option<String>,
    },
    /// `image`, also custom stickers.
    Image {
        /// Temporary: valid for three days.
        media_id: String,
        /// Where the platform shows the picture for a while, without a token.
        pic_url: Option<String>,
    },
    /// `voice`.
    Voice {
        /// Fetches 8 kHz AMR; valid for three days.
        media_id: String,
        /// `amr` or `speex`.
        format: String,
        /// The 16 kHz variant.
        media_id_16k: Option<String>,
        /// What speech recognition heard, if the account has it switched on.
        recognition: Option<String>,
    },
    /// `video`.
    Video {
        /// Valid for three days.
        media_id: String,
        /// The still picture.
        thumb_media_id: String,
    },
    /// `shortvideo`, from old clients.
    ShortVideo {
        /// Valid for three days.
        media_id: String,
        /// The still picture.
        thumb_media_id: String,
    },
    /// `location`.
    Location {
        /// `Location_X`, decimal degrees.
        latitude: String,
        /// `Location_Y`, decimal degrees.
        longitude: String,
        /// Zoom level of the map.
        scale: String,
        /// Name of the place; may be empty.
        label: String,
    },
    /// `link`: a shared article.
    Link {
        /// Title of the card.
        title: String,
        /// Text under the title.
        description: String,
        /// Where it leads.
        url: String,
    },
    /// `miniprogrampage`: a forwarded mini-program card.
    MiniProgramPage {
        /// Title of the card.
        title: String,
        /// The mini-program.
        appid: String,
        /// Page with its query.
        page_path: String,
        /// Where the platform shows the card's picture.
        thumb_url: String,
        /// The card's picture, valid for three days.
        thumb_media_id: String,
    },
    /// `file`. The platform documents no way to fetch it.
    File {
        /// Name of the file.
        title: String,
        /// Text beside it.
        description: String,
        /// Names the file inside the platform.
        file_key: String,
        /// Its checksum.
        md5: String,
        /// Its size in bytes.
        bytes: Option<i64>,
    },
}

/// Anything longer is no media id. (WeChat's have 64 characters today.)
const MEDIA_ID_BYTES_MAX: usize = 191;

impl Message {
    /// The message of that `MsgType`; `None` when the type is not one that people send.
    pub(crate) fn from_fields(msg_type: &str, fields: &Node) -> Option<Self> {
        let message = match msg_type.to_ascii_lowercase().as_str() {
            "text" => Self::Text {
                content: fields.verbatim("Content").unwrap_or_default().to_owned(),
                menu_id: fields.owned("bizmsgmenuid"),
            },
            "image" => Self::Image {
                media_id: media_id(fields, "MediaId"),
                pic_url: fields.owned("PicUrl"),
            },
            "voice" => Self::Voice {
                media_id: media_id(fields, "MediaId"),
                format: fields.string("Format"),
                media_id_16k: fields.owned("MediaId16K"),
                recognition: fields.owned("Recognition"),
            },
            "video" => Self::Video {
                media_id: media_id(fields, "MediaId"),
                thumb_media_id: media_id(fields, "ThumbMediaId"),
            },
            "shortvideo" => Self::ShortVideo {
                media_id: media_id(fields, "MediaId"),
                thumb_media_id: media_id(fields, "ThumbMediaId"),
            },
            "location" => Self::Location {
                latitude: fields.string("Location_X"),
                longitude: fields.string("Location_Y"),
                scale: fields.string("Scale"),
                label: fields.string("Label"),
            },
            "link" => Self::Link {
                title: fields.string("Title"),
                description: fields.string("Description"),
                url: fields.string("Url"),
            },
            "miniprogrampage" => Self::MiniProgramPage {
                title: fields.string("Title"),
                appid: fields.string("AppId"),
                page_path: fields.string("PagePath"),
                thumb_url: fields.string("ThumbUrl"),
                thumb_media_id: media_id(fields, "ThumbMediaId"),
            },
            "file" => Self::File {
                title: fields.string("Title"),
                description: fields.string("Description"),
                file_key: fields.string("FileKey"),
                md5: fields.string("FileMd5"),
                bytes: fields.number_of("FileTotalLen"),
            },
            _ => return None,
        };
        Some(message)
    }
}

/// The id of a file; empty when there is none or it cannot be one.
fn media_id(fields: &Node, name: &str) -> String {
    let id = fields.text_of(name);
    id.filter(|id| id.len() <= MEDIA_ID_BYTES_MAX)
        .unwrap_or_default()
        .to_owned()
}
