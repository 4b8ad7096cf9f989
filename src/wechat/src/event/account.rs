//! The account itself and people's rights: human customer service, verification, privacy.

use super::Event;
use crate::node::Node;

/// A session of WeChat's own customer service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KfSession {
    /// `kf_create_session`.
    Created {
        /// Who serves.
        account: String,
    },
    /// `kf_close_session`.
    Closed {
        /// Who served.
        account: String,
        /// Why, where the platform says so.
        close_type: Option<String>,
    },
    /// `kf_switch_session`.
    Switched {
        /// Who served.
        from: String,
        /// Who serves now.
        to: String,
    },
}

/// A step of the account's verification. Times are unix seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// `qualification_verify_success`: the API rights are there.
    Qualified {
        /// Until when.
        expires_at: Option<i64>,
    },
    /// `qualification_verify_fail`.
    NotQualified {
        /// When.
        failed_at: Option<i64>,
        /// Why.
        reason: String,
    },
    /// `naming_verify_success`.
    Named {
        /// Until when.
        expires_at: Option<i64>,
    },
    /// `naming_verify_fail`: the rights remain.
    NotNamed {
        /// When.
        failed_at: Option<i64>,
        /// Why.
        reason: String,
    },
    /// `annual_renew`: the yearly review is due.
    RenewalDue {
        /// Until when.
        expires_at: Option<i64>,
    },
    /// `verify_expired`: the rights lapse.
    Expired {
        /// Since when.
        expires_at: Option<i64>,
    },
    /// `wx_verify_pay_succ`: the fee was paid.
    Paid,
    /// `wx_verify_dispatch`: a reviewer has it.
    Dispatched,
    /// `wx_verify_refill`: the form must be filled in again.
    RefillNeeded {
        /// When.
        at: Option<i64>,
        /// Why.
        reason: String,
    },
}

pub(super) fn read(name: &str, fields: &Node) -> Option<Event> {
    session(name, fields)
        .map(Event::KfSession)
        .or_else(|| verification(name, fields).map(Event::Verification))
        .or_else(|| privacy(name, fields))
}

fn session(name: &str, fields: &Node) -> Option<KfSession> {
    let account = || fields.string("KfAccount");
    let session = match name {
        "kf_create_session" => KfSession::Created { account: account() },
        "kf_close_session" => KfSession::Closed {
            account: account(),
            close_type: fields.owned("CloseType"),
        },
        "kf_switch_session" => KfSession::Switched {
            from: fields.string("FromKfAccount"),
            to: fields.string("ToKfAccount"),
        },
        _ => return None,
    };
    Some(session)
}

fn verification(name: &str, fields: &Node) -> Option<Verification> {
    let expires_at = fields.number_of("ExpiredTime");
    let failed_at = fields.number_of("FailTime");
    let reason = || fields.string("FailReason");
    let step = match name {
        "qualification_verify_success" => Verification::Qualified { expires_at },
        "qualification_verify_fail" => Verification::NotQualified {
            failed_at,
            reason: reason(),
        },
        "naming_verify_success" => Verification::Named { expires_at },
        "naming_verify_fail" => Verification::NotNamed {
            failed_at,
            reason: reason(),
        },
        "annual_renew" => Verification::RenewalDue { expires_at },
        "verify_expired" => Verification::Expired { expires_at },
        "wx_verify_pay_succ" => Verification::Paid,
        "wx_verify_dispatch" => Verification::Dispatched,
        "wx_verify_refill" => Verification::RefillNeeded {
            at: fields.number_of("RefillTime"),
            reason: fields.string("RefillReason"),
        },
        _ => return None,
    };
    Some(step)
}

fn privacy(name: &str, fields: &Node) -> Option<Event> {
    let openid = fields
        .first_of(&["OpenID", "openid", "OpenId"])
        .unwrap_or_default()
        .to_owned();
    let appid = fields
        .first_of(&["AppID", "appid", "AppId"])
        .map(str::to_owned);
    let event = match name {
        "user_info_modified" => Event::UserInfoModified { openid, appid },
        "user_authorization_revoke" => Event::AuthorizationRevoke {
            openid,
            appid,
            revoke_info: revoke_info(fields),
        },
        "user_authorization_cancellation" => Event::AuthorizationCancellation { openid, appid },
        _ => return None,
    };
    Some(event)
}

/// One number, several with commas, or several elements.
fn revoke_info(fields: &Node) -> Vec<i64> {
    fields
        .all("RevokeInfo")
        .flat_map(|info| info.text().split(|c: char| !c.is_ascii_digit()))
        .filter_map(|number| number.parse().ok())
        .collect()
}
