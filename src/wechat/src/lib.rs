//! The platform's wire: what WeChat sends to a server, what a server may answer, and the calls a server makes.
//!
//! Three ways through it:
//! * a push: [`Door::open`] proves and decrypts the body, [`Push::parse`] types it;
//! * an answer: [`Reply::to_xml`], then [`Door::seal`];
//! * a call: a method of [`Client`], which fails with [`CallError`]; [`classify`] says what a refusal means for the caller.
//!
//! No database, no clock, no opinion about guides and customers. The account is named by its caller: every method
//! takes the access token, none keeps one. Everything unknown is kept, nothing unknown is an error.

mod api;
mod cipher;
mod client;
mod counted;
mod door;
mod errors;
mod event;
mod kinds;
mod message;
mod node;
mod push;
mod reply;
mod signature;
pub mod text;

pub use api::callback::{CallbackCheck, DnsCheck, PingCheck};
pub use api::customer_service::{Content, MenuItem, SendOptions};
pub use api::media::{FetchedFile, FetchedMedia, MEDIA_BYTES_MAX, MediaKind, UploadedMedia};
pub use api::menu::{FollowerTag, LiveMenu, LiveMenus, NO_MENU};
pub use api::oauth::{OAuthToken, Scope};
pub use api::qr::{NewQr, Qr};
pub use api::template::{MiniProgramLink, TemplateMessage};
pub use api::token::AccessToken;
pub use api::user::{FollowerPage, USERS_PER_CALL_MAX, UserInfo};
pub use cipher::{AesKey, KeyError};
pub use client::{Client, Hosts};
pub use door::{BODY_BYTES_MAX, Door, Opened, Query, Refused, is_container_probe};
pub use errors::{ApiError, CallError, Class, classify};
pub use event::{
    ArticleLink, CardConsumed, CardEvent, CardField, CardTaken, CoinOrder, Event, GiftCard,
    GuideScan, KfSession, MassSent, MediaCheck, PictureSource, Published, RepeatedArticle, Review,
    SubscribeChoice, SubscribeSent, TemplateStatus, Verification,
};
pub use kinds::{Format, Kind, Mode, UnknownName};
pub use message::Message;
pub use node::{Node, Unreadable};
pub use push::{Body, DEDUPE_KEY_BYTES_MAX, Push};
pub use reply::{Article, NEWS_ARTICLES_MAX, Reply, ReplyFault};
