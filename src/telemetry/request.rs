//! The id of the request that is being worked for: every line that is logged meanwhile carries it, also from work that
//! goes on beside the request. Nothing is written until something is logged.

use std::fmt;
use std::sync::Arc;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// As long as a proxy's id may be; anything longer is not one.
const LENGTH_MAX: usize = 64;

/// The id of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestId {
    /// Given here.
    Own(u64),
    /// Given by a proxy that is trusted.
    Given(Arc<str>),
}

tokio::task_local! {
    static CURRENT: RequestId;
}

impl RequestId {
    /// A new one.
    pub fn fresh() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self::Own(NEXT.fetch_add(1, Ordering::Relaxed))
    }

    /// The one that a proxy gave, if it is one: letters, digits, `.`, `_` and `-`, so that it can stand in any log.
    pub fn given(text: &str) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-');
        let is_one = (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(plain);
        is_one.then(|| Self::Given(text.into()))
    }

    /// The one of the request that is being worked for now.
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }

    /// Does `work` in this request's name.
    pub fn scope<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        CURRENT.scope(self, work)
    }
}

/// Processes differ in the first half.
impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        static PROCESS: LazyLock<u32> = LazyLock::new(|| uuid::Uuid::new_v4().as_fields().0);
        match self {
            Self::Own(number) => write!(f, "{:08x}-{number:08x}", *PROCESS),
            Self::Given(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_differ_and_a_proxys_is_taken_only_when_it_can_stand_in_a_log() {
        assert_ne!(
            RequestId::fresh().to_string(),
            RequestId::fresh().to_string()
        );
        let given = RequestId::given("a.B_9-x").unwrap();
        assert_eq!(given.to_string(), "a.B_9-x");
        for wrong in ["", "a b", "a\"b", "a\nb", "张", &"x".repeat(65)] {
            assert_eq!(RequestId::given(wrong), None, "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn work_in_a_requests_name_knows_it() {
        assert_eq!(RequestId::current(), None);
        let id = RequestId::fresh();
        let seen = id.clone().scope(async { RequestId::current() }).await;
        assert_eq!(seen, Some(id));
    }
}
