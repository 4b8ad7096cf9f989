//! What happens on the platform: one type per `Event`, grouped as the platform's documents group them.

mod account;
mod action;
mod card;
mod jobs;
mod review;
mod subscription;

pub use account::{KfSession, Verification};
pub use action::PictureSource;
pub use card::{CardConsumed, CardEvent, CardField, CardTaken, CoinOrder, GiftCard};
pub use jobs::{ArticleLink, MassSent, Published, RepeatedArticle, TemplateStatus};
pub use review::{GuideScan, MediaCheck, Review};
pub use subscription::{SubscribeChoice, SubscribeSent};

use crate::node::Node;

/// An event. Names are compared without regard to case, since samples and reality differ; a name that is not known is
/// kept, with its fields in [`crate::Push::fields`], and never an error. Texts are empty where the platform left an
/// element out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `subscribe`: a person follows.
    Subscribe {
        /// The scene of the code that led here, `qrscene_` taken off once. `None` for any other way of following.
        scene: Option<String>,
        /// The ticket of that code.
        ticket: Option<String>,
        /// The payment after which the person followed (`last_trade_no_…`).
        trade_no: Option<String>,
    },
    /// `unsubscribe`: no message can be sent; the platform asks to delete what is known about the person.
    Unsubscribe,
    /// `SCAN`: a follower scans a code.
    Scan {
        /// The code's scene, as it was given.
        scene: String,
        /// The code's ticket; seen empty in tests.
        ticket: Option<String>,
    },
    /// `LOCATION`: where a person is who has agreed to tell.
    Location {
        /// Decimal degrees.
        latitude: String,
        /// Decimal degrees.
        longitude: String,
        /// Metres.
        precision: String,
    },
    /// `CLICK` on a menu key.
    Click {
        /// The key.
        key: String,
        /// The conditional menu.
        menu_id: Option<String>,
    },
    /// `VIEW`: a menu link was followed.
    View {
        /// The link.
        url: String,
        /// The conditional menu.
        menu_id: Option<String>,
    },
    /// `view_miniprogram`: a menu's mini-program was opened.
    ViewMiniProgram {
        /// The page.
        page_path: String,
        /// The conditional menu.
        menu_id: Option<String>,
    },
    /// `scancode_push` and `scancode_waitmsg`.
    ScanCode {
        /// Whether the person sees "receiving message" until there is an answer.
        waits: bool,
        /// The menu key.
        key: String,
        /// `qrcode` or `barcode`.
        scan_type: String,
        /// What the code says; a barcode as `EAN_13,6901234567892`.
        result: String,
    },
    /// `pic_sysphoto`, `pic_photo_or_album`, `pic_weixin`; the pictures follow as messages.
    Pictures {
        /// Where they come from.
        kind: PictureSource,
        /// The menu key.
        key: String,
        /// How many.
        count: Option<i64>,
        /// Their checksums, by which to recognise the messages.
        md5s: Vec<String>,
    },
    /// `location_select`; a `location` message follows.
    LocationSelect {
        /// The menu key.
        key: String,
        /// Decimal degrees.
        latitude: String,
        /// Decimal degrees.
        longitude: String,
        /// Zoom level of the map.
        scale: String,
        /// The address.
        label: String,
        /// Name of the place, if it has one.
        place: Option<String>,
    },
    /// `ENTER`: the chat was opened; not sent nowadays.
    Enter,
    /// `user_enter_tempsession`: a mini-program's customer service was opened.
    EnterTempSession {
        /// What the button said about where from.
        session_from: Option<String>,
    },
    /// `TEMPLATESENDJOBFINISH`.
    TemplateSent {
        /// `MsgID`, the `msgid` that the send call answered.
        msg_id: String,
        /// What became of it.
        status: TemplateStatus,
    },
    /// `MASSSENDJOBFINISH`.
    MassSent(Box<MassSent>),
    /// `PUBLISHJOBFINISH` (`FREEPUBLISHJOBFINISH` in one SDK).
    Published(Box<Published>),
    /// `subscribe_msg_popup_event`: answers to the question whether to subscribe.
    SubscribePopup(Vec<SubscribeChoice>),
    /// `subscribe_msg_change_event`: subscriptions changed in the settings.
    SubscribeChange(Vec<SubscribeChoice>),
    /// `subscribe_msg_sent_event`: what became of subscription notices.
    SubscribeSent(Vec<SubscribeSent>),
    /// `kf_create_session`, `kf_close_session`, `kf_switch_session`.
    KfSession(KfSession),
    /// The verification of the account itself. `FromUserName` is no follower.
    Verification(Verification),
    /// `user_info_modified`: a risky name or picture was cleaned; refresh or delete the copy.
    UserInfoModified {
        /// The person; `FromUserName` is the platform.
        openid: String,
        /// The account.
        appid: Option<String>,
    },
    /// `user_authorization_revoke`: delete what was withdrawn.
    AuthorizationRevoke {
        /// The person; `FromUserName` is the platform.
        openid: String,
        /// The account.
        appid: Option<String>,
        /// What was withdrawn, by the platform's numbers (205 nickname and picture, 206 place, …).
        revoke_info: Vec<i64>,
    },
    /// `user_authorization_cancellation`: the person's WeChat account is gone; delete.
    AuthorizationCancellation {
        /// The person; `FromUserName` is the platform.
        openid: String,
        /// The account.
        appid: Option<String>,
    },
    /// `wxa_media_check`: the result of a picture or sound check.
    MediaCheck(Box<MediaCheck>),
    /// `guide_invite_result_event` of the retired guide API.
    GuideInvite {
        /// The guide's WeChat id, if it was invited by that.
        account: Option<String>,
        /// The guide's openid, if it was invited by that.
        openid: Option<String>,
        /// 1 is the only documented result.
        result: Option<i64>,
    },
    /// `guide_qrcode_scan_event` of the retired guide API.
    GuideScan(GuideScan),
    /// `add_guide_buyer_relation_event` of the retired guide API; its fields are not documented.
    GuideBuyer,
    /// `merchant_order` of the old shop.
    MerchantOrder {
        /// The order.
        order_id: String,
        /// Its state, by number.
        status: Option<i64>,
        /// The product.
        product_id: Option<String>,
        /// The variant.
        sku_info: Option<String>,
    },
    /// What the platform decides about the mini-program: reviews, penalties, names.
    Review(Review),
    /// Cards, coupons and invoices of the old card system.
    Card(CardEvent),
    /// `debug_demo`, pushed by hand from the official test tool.
    DebugDemo {
        /// Its text.
        text: String,
    },
    /// Any other name.
    Unknown {
        /// As it came.
        name: String,
    },
}

impl Event {
    /// The event of that name.
    pub(crate) fn from_fields(name: &str, fields: &Node) -> Self {
        let lower = name.to_ascii_lowercase();
        action::read(&lower, fields)
            .or_else(|| jobs::read(&lower, fields))
            .or_else(|| subscription::read(&lower, fields))
            .or_else(|| account::read(&lower, fields))
            .or_else(|| review::read(&lower, fields))
            .or_else(|| card::read(&lower, fields).map(Self::Card))
            .unwrap_or_else(|| Self::Unknown {
                name: name.to_owned(),
            })
    }

    /// Whether `FromUserName`, `CreateTime`, name and `EventKey` tell two of these apart: what a person does with the
    /// account's own controls. Others can come several in one second, for one person or from the platform's own name.
    pub(crate) fn is_named_by_its_key(&self) -> bool {
        match self {
            Self::Subscribe { .. }
            | Self::Unsubscribe
            | Self::Scan { .. }
            | Self::Location { .. }
            | Self::Click { .. }
            | Self::View { .. }
            | Self::ViewMiniProgram { .. }
            | Self::ScanCode { .. }
            | Self::Pictures { .. }
            | Self::LocationSelect { .. }
            | Self::Enter
            | Self::EnterTempSession { .. } => true,
            Self::TemplateSent { .. }
            | Self::MassSent(_)
            | Self::Published(_)
            | Self::SubscribePopup(_)
            | Self::SubscribeChange(_)
            | Self::SubscribeSent(_)
            | Self::KfSession(_)
            | Self::Verification(_)
            | Self::UserInfoModified { .. }
            | Self::AuthorizationRevoke { .. }
            | Self::AuthorizationCancellation { .. }
            | Self::MediaCheck(_)
            | Self::GuideInvite { .. }
            | Self::GuideScan(_)
            | Self::GuideBuyer
            | Self::MerchantOrder { .. }
            | Self::Review(_)
            | Self::Card(_)
            | Self::DebugDemo { .. }
            | Self::Unknown { .. } => false,
        }
    }
}

#[cfg(test)]
mod tests;
