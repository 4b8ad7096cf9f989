//! Passwords: Argon2id, a few at a time, because each takes 19 MB and a good part of a second.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use tokio::sync::Semaphore;

use crate::context::Context;
use crate::error::{Error, Result};

/// How many are worked out at once.
const AT_ONCE: usize = 2;

/// Where passwords wait for their turn.
pub struct Passwords(Semaphore);

impl Default for Passwords {
    fn default() -> Self {
        Self(Semaphore::new(AT_ONCE))
    }
}

impl Passwords {
    /// What is kept of a new password.
    pub(super) async fn hash(&self, ctx: &Context, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.work(ctx, move || {
            let hash = Argon2::default().hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string())
                .map_err(|e| Error::Internal(format!("a password cannot be kept: {e}")))
        })
        .await?
    }

    /// Whether it is the one that `kept` was made of.
    pub(super) async fn fits(&self, ctx: &Context, kept: &str, password: &str) -> Result<bool> {
        let (kept, password) = (kept.to_owned(), password.to_owned());
        self.work(ctx, move || {
            PasswordHash::new(&kept).is_ok_and(|kept| {
                Argon2::default()
                    .verify_password(password.as_bytes(), &kept)
                    .is_ok()
            })
        })
        .await
    }

    /// Takes the time of [`Passwords::fits`].
    pub(super) async fn waste(&self, ctx: &Context, password: &str) -> Result<()> {
        self.hash(ctx, password).await.map(drop)
    }

    async fn work<T: Send + 'static>(
        &self,
        ctx: &Context,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let ended =
            |e: &dyn std::fmt::Display| Error::Internal(format!("no password is worked out: {e}"));
        let _turn = self.0.acquire().await.map_err(|e| ended(&e))?;
        let working = ctx.tasks.runtime.spawn_blocking(work);
        working.await.map_err(|e| ended(&e))
    }
}
