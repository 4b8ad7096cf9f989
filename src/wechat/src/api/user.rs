//! Followers (WeChat: user management).

use serde::Deserialize;
use serde_json::json;

use crate::client::Client;
use crate::errors::CallError;

const LIST: &str = "/cgi-bin/user/get";
const INFO: &str = "/cgi-bin/user/info";
const BATCH: &str = "/cgi-bin/user/info/batchget";

/// How many people [`Client::user_infos`] may ask for at once.
pub const USERS_PER_CALL_MAX: usize = 100;

/// What the platform still tells about a person. Names and pictures are not among it since 2021-12-27.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct UserInfo {
    /// 1 for a follower. For anyone else nothing but the openid is told.
    pub subscribe: i64,
    /// The person within this account.
    pub openid: String,
    /// The person across the accounts of one open-platform account, if there is one.
    pub unionid: Option<String>,
    /// Unix seconds of the last follow.
    pub subscribe_time: Option<i64>,
    /// How the person came: `ADD_SCENE_QR_CODE` and others; new ones appear.
    pub subscribe_scene: Option<String>,
    /// The number of the code that led to the follow, 0 otherwise.
    pub qr_scene: Option<u32>,
    /// The scene of the code that led to the follow, empty otherwise: repairs a lost subscribe event.
    pub qr_scene_str: Option<String>,
    /// The account's note.
    pub remark: Option<String>,
    /// The account's tags.
    pub tagid_list: Vec<i64>,
    /// `zh_CN`; hardly given any longer.
    pub language: Option<String>,
}

impl UserInfo {
    /// Whether the person follows.
    pub fn follows(&self) -> bool {
        self.subscribe == 1
    }
}

/// A page of an account's followers, at most 10,000.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FollowerPage {
    /// How many follow in all.
    pub total: i64,
    /// Absent on a page without anybody.
    data: Openids,
    /// Behind whom the next page begins.
    next_openid: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
struct Openids {
    openid: Vec<String>,
}

impl FollowerPage {
    /// Who follows.
    pub fn openids(&self) -> &[String] {
        &self.data.openid
    }

    /// Behind whom the next page begins, if this one was not the last.
    pub fn next(&self) -> Option<&str> {
        let more = !self.data.openid.is_empty() && !self.next_openid.is_empty();
        more.then_some(self.next_openid.as_str())
    }
}

#[derive(Deserialize)]
struct UserInfos {
    user_info_list: Vec<UserInfo>,
}

impl Client {
    /// The followers behind `after`, or the first ones. An account has 500 such calls a day.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn followers(
        &self,
        token: &str,
        after: Option<&str>,
    ) -> Result<FollowerPage, CallError> {
        let after = after.unwrap_or_default();
        self.get(LIST, &[("access_token", token), ("next_openid", after)])
            .await
    }

    /// What the platform knows of a person.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn user_info(&self, token: &str, openid: &str) -> Result<UserInfo, CallError> {
        self.get(
            INFO,
            &[
                ("access_token", token),
                ("openid", openid),
                ("lang", "zh_CN"),
            ],
        )
        .await
    }

    /// The same for at most [`USERS_PER_CALL_MAX`] people; more are refused by the platform.
    ///
    /// # Errors
    /// See [`CallError`].
    pub async fn user_infos(
        &self,
        token: &str,
        openids: &[String],
    ) -> Result<Vec<UserInfo>, CallError> {
        let list: Vec<_> = openids
            .iter()
            .map(|openid| json!({ "openid": openid, "lang": "zh_CN" }))
            .collect();
        let answer: UserInfos = self
            .post(BATCH, token, &json!({ "user_list": list }))
            .await?;
        Ok(answer.user_info_list)
    }
}
