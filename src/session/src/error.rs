//! What can go wrong, in words for the person who runs the server. No variant ever carries a password.

/// Why the session layer could not do it. Nothing is lost by it: the caller goes on with the store.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// REDIS_URL cannot be understood: the configuration must be changed.
    #[error(
        "REDIS_URL is not understood: {reason}. Write redis://[user:password@]host:6379/0, \
         redis+sentinel://host1,host2/master/0 or redis+cluster://host1,host2 (rediss for TLS), or leave it empty"
    )]
    Address {
        /// What is wrong with it.
        reason: String,
    },
    /// Redis does not answer, or not in time.
    #[error(
        "Redis at {at} does not answer: {reason}. Check that it runs and that REDIS_URL names the right host and port"
    )]
    Away {
        /// Host and port.
        at: String,
        /// The network's words.
        reason: String,
    },
    /// Redis answers and refuses.
    #[error("Redis at {at} refuses: {reason}. Check user, password and rights in REDIS_URL")]
    Refused {
        /// Host and port.
        at: String,
        /// Redis' words.
        reason: String,
    },
}
