//! What the platform decides: content checks, penalties, reviews; and the retired guide API and shop.

use super::Event;
use crate::node::Node;

/// The result of a picture or sound check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MediaCheck {
    /// The `trace_id` that the check call answered.
    pub trace_id: String,
    /// The mini-program.
    pub appid: Option<String>,
    /// `pass`, `review` or `risky`; `None` when the check itself failed.
    pub suggest: Option<String>,
    /// 100 is normal; the others name what was found.
    pub label: Option<i64>,
    /// 0, or -1008 when the file could not be downloaded.
    pub error_code: Option<i64>,
}

/// A scan of a guide's code by the retired guide API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuideScan {
    /// The person who scanned.
    pub openid: String,
    /// The guide's WeChat id.
    pub guide_account: Option<String>,
    /// The guide's openid.
    pub guide_openid: Option<String>,
    /// 1 the guide is no longer valid, 2 bound now, 3 was bound to this guide, 4 is bound to another.
    pub action: Option<i64>,
    /// What the code carries.
    pub info: Option<String>,
}

/// A decision of the platform about a mini-program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Review {
    /// `weapp_audit_success`: the version may be published.
    Passed,
    /// `weapp_audit_fail`.
    Failed {
        /// Why.
        reason: Option<String>,
    },
    /// `weapp_audit_delay`.
    Delayed {
        /// Why.
        reason: Option<String>,
    },
    /// `wxa_nickname_audit`.
    Nickname {
        /// 2 refused, 3 accepted.
        result: Option<i64>,
        /// The name asked for.
        nickname: Option<String>,
        /// Why not.
        reason: Option<String>,
    },
    /// `wxa_punish_event`.
    Punished {
        /// The penalty.
        punish_id: Option<String>,
        /// What was wrong.
        reason: Option<String>,
        /// The rule.
        rule_name: Option<String>,
        /// Unix seconds.
        at: Option<i64>,
    },
    /// `wxa_illegal_record`, `wxa_appeal_record`, `wxa_privacy_apply`, `wxa_category_audit`: the fields are in the push.
    Other {
        /// The event's name in lower case.
        name: String,
    },
}

pub(super) fn read(name: &str, fields: &Node) -> Option<Event> {
    let event = match name {
        "wxa_media_check" => Event::MediaCheck(Box::new(media_check(fields))),
        "guide_invite_result_event" => {
            let info = fields.child("GuideInviteEvent").unwrap_or(fields);
            Event::GuideInvite {
                account: info.owned("guide_account"),
                openid: info.owned("guide_openid"),
                result: info.number_of("invite_result"),
            }
        }
        "guide_qrcode_scan_event" => {
            Event::GuideScan(guide_scan(fields.child("GuideScanEvent").unwrap_or(fields)))
        }
        "add_guide_buyer_relation_event" => Event::GuideBuyer,
        "merchant_order" => Event::MerchantOrder {
            order_id: fields.string("OrderId"),
            status: fields.number_of("OrderStatus"),
            product_id: fields.owned("ProductId"),
            sku_info: fields.owned("SkuInfo"),
        },
        _ => Event::Review(review(name, fields)?),
    };
    Some(event)
}

fn media_check(fields: &Node) -> MediaCheck {
    let result = fields.child("result");
    MediaCheck {
        trace_id: fields.string("trace_id"),
        appid: fields.owned("appid"),
        suggest: result.and_then(|result| result.owned("suggest")),
        label: result.and_then(|result| result.number_of("label")),
        error_code: fields.number_of("errcode"),
    }
}

fn guide_scan(info: &Node) -> GuideScan {
    GuideScan {
        openid: info.string("openid"),
        guide_account: info.owned("qrcode_guide_account"),
        guide_openid: info.owned("qrcode_guide_openid"),
        action: info.number_of("action"),
        info: info.owned("qrcode_info"),
    }
}

fn review(name: &str, fields: &Node) -> Option<Review> {
    let reason = || fields.first_of(&["Reason", "reason"]).map(str::to_owned);
    let review = match name {
        "weapp_audit_success" => Review::Passed,
        "weapp_audit_fail" => Review::Failed { reason: reason() },
        "weapp_audit_delay" => Review::Delayed { reason: reason() },
        "wxa_nickname_audit" => Review::Nickname {
            result: fields.number_of("ret"),
            nickname: fields.owned("nickname"),
            reason: reason(),
        },
        "wxa_punish_event" => Review::Punished {
            punish_id: fields.owned("punish_id"),
            reason: fields.owned("illegal_reason"),
            rule_name: fields.owned("rule_name"),
            at: fields.number_of("punish_time"),
        },
        "wxa_illegal_record" | "wxa_appeal_record" | "wxa_privacy_apply" | "wxa_category_audit" => {
            Review::Other {
                name: name.to_owned(),
            }
        }
        _ => return None,
    };
    Some(review)
}
