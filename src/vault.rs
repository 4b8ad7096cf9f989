//! Columns that are encrypted at rest: AES-256-GCM under a key derived from DAOGOU_SECRET_KEY.
//!
//! Stored form: version byte, 12 bytes nonce, ciphertext with tag. The place (table, column, row) is authenticated, so a
//! value cannot be moved to another row.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use daogou_ground::Chance;
use hkdf::Hkdf;
use sha2::Sha256;

use crate::config::{Secret, SecretKey};
use crate::error::{Error, Result};

const VERSION: u8 = 1;

/// Seals and opens column values. Cloning shares it.
#[derive(Clone)]
pub struct Vault {
    cipher: Aes256Gcm,
    /// What digests are derived under.
    digests: Hkdf<Sha256>,
    chance: Chance,
}

impl Vault {
    /// A vault under `key`.
    ///
    /// # Errors
    /// Never in practice: the derived key has the right length.
    pub fn new(key: &SecretKey, chance: Chance) -> Result<Self> {
        let mut derived = [0; 32];
        let fault = |_| Error::Internal("the column key cannot be derived".into());
        let digests = Hkdf::<Sha256>::new(None, key.bytes());
        digests
            .expand(b"daogou columns v1", &mut derived)
            .map_err(fault)?;
        let cipher = Aes256Gcm::new(&derived.into());
        Ok(Self {
            cipher,
            digests,
            chance,
        })
    }

    /// Encrypts `text` for `place`, for example `account.secret.wx123`.
    ///
    /// # Errors
    /// When the text is longer than the cipher allows (64 GB).
    pub fn seal(&self, place: &str, text: &str) -> Result<Vec<u8>> {
        let nonce: [u8; 12] = self.chance.bytes();
        let payload = Payload {
            msg: text.as_bytes(),
            aad: place.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(&Nonce::from(nonce), payload)
            .map_err(|_why| Error::Internal(format!("{place} cannot be encrypted")))?;
        Ok([&[VERSION], &nonce[..], &sealed].concat())
    }

    /// By what an encrypted `text` is found again: the same for the same text and `purpose`, and without the key nobody can
    /// tell of which text it is, nor try them out. 64 hexadecimal digits.
    ///
    /// # Errors
    /// Never in practice: the derived digest has the right length.
    pub fn digest(&self, purpose: &str, text: &str) -> Result<String> {
        let mut derived = [0_u8; 32];
        let place = ["daogou digest v1 ", purpose, "\0", text].concat();
        self.digests
            .expand(place.as_bytes(), &mut derived)
            .map_err(|_why| Error::Internal("a digest cannot be derived".into()))?;
        Ok(derived.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// Decrypts what [`Vault::seal`] made for the same `place`.
    ///
    /// # Errors
    /// When the key is another one or the value was moved or changed.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Secret> {
        let fault = || {
            Error::Invalid(format!(
                "{place} cannot be decrypted: DAOGOU_SECRET_KEY is not the key it was stored with"
            ))
        };
        let (head, ciphertext) = sealed.split_at_checked(13).ok_or_else(fault)?;
        let (version, nonce) = head.split_first().ok_or_else(fault)?;
        let nonce: [u8; 12] = nonce.try_into().map_err(|_why| fault())?;
        if *version != VERSION {
            return Err(fault());
        }
        let payload = Payload {
            msg: ciphertext,
            aad: place.as_bytes(),
        };
        let bytes = self
            .cipher
            .decrypt(&Nonce::from(nonce), payload)
            .map_err(|_why| fault())?;
        String::from_utf8(bytes)
            .map(Secret::new)
            .map_err(|_why| fault())
    }
}

/// A short word by which a key is recognised and nothing learnt about it: what is sealed under it goes into backups.
///
/// # Errors
/// Never in practice: the derived word has the right length.
pub fn fingerprint(key: &SecretKey) -> Result<String> {
    let mut derived = [0_u8; 8];
    Hkdf::<Sha256>::new(None, key.bytes())
        .expand(b"daogou key fingerprint v1", &mut derived)
        .map_err(|_why| Error::Internal("the key's fingerprint cannot be derived".into()))?;
    Ok(derived.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_opens_only_in_its_place_and_under_its_key() {
        let chance = Chance::seeded(1);
        let vault = Vault::new(&SecretKey::from_bytes([7; 32]), chance.clone()).unwrap();
        let sealed = vault.seal("account.secret.wx1", "密钥").unwrap();
        assert_eq!(
            vault.open("account.secret.wx1", &sealed).unwrap().expose(),
            "密钥"
        );
        assert!(vault.open("account.token.wx1", &sealed).is_err());
        assert!(vault.open("account.secret.wx1", &[]).is_err());
        let found = vault.digest("phone", "+8613812341234").unwrap();
        assert_eq!(found, vault.digest("phone", "+8613812341234").unwrap());
        assert_ne!(found, vault.digest("other", "+8613812341234").unwrap());
        assert_ne!(found, vault.digest("phone", "+8613812341235").unwrap());
        let other = Vault::new(&SecretKey::from_bytes([8; 32]), chance).unwrap();
        assert_ne!(found, other.digest("phone", "+8613812341234").unwrap());
        assert!(other.open("account.secret.wx1", &sealed).is_err());
    }
}
