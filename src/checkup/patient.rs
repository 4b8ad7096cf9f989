//! One account under examination.

use daogou_schema::AccountId;
use daogou_wechat::{AesKey, Door};

use crate::accounts::Account;
use crate::config::{AccountSettings, Secret};

/// One account under examination.
pub struct Patient {
    /// Its id, once it is stored.
    pub id: Option<AccountId>,
    /// AppSecret.
    pub secret: Secret,
    /// With the appid, the token, the keys and the mode.
    pub door: Door,
}

impl Patient {
    /// Its appid.
    pub fn appid(&self) -> &str {
        &self.door.appid
    }

    /// As the settings say.
    pub fn of_settings(settings: &AccountSettings, id: Option<AccountId>) -> Self {
        let keys = [&settings.aes_key, &settings.aes_key_previous];
        let keys = keys.into_iter().flatten();
        Self {
            id,
            secret: settings.secret.clone(),
            door: Door {
                appid: settings.appid.clone(),
                token: settings.token.expose().to_owned(),
                token_previous: None,
                // The settings were checked when they were read.
                keys: keys
                    .filter_map(|key| AesKey::parse(key.expose()).ok())
                    .collect(),
                mode: settings.mode,
            },
        }
    }

    /// As it is stored.
    pub fn stored(account: &Account) -> Self {
        Self {
            id: Some(account.id),
            secret: account.secret.clone(),
            door: account.door.clone(),
        }
    }
}
