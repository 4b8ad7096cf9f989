//! Waiting for what happens a moment later, without saying how long it takes.

use std::time::Duration;

/// Far more than anything takes, so that a slow machine fails nothing.
pub const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until there is something to see, and returns it.
pub async fn eventually<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    within(PATIENCE, what, look).await
}

/// The same for what has a time of its own.
pub async fn within<T>(patience: Duration, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let looking = async {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        loop {
            looks.tick().await;
            if let Some(seen) = look().await {
                return seen;
            }
        }
    };
    match tokio::time::timeout(patience, looking).await {
        Ok(seen) => seen,
        Err(_) => panic!("{what} does not happen within {patience:?}"),
    }
}
