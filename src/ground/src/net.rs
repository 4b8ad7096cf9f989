//! The network: the one HTTP client every outgoing call uses.

use std::time::Duration;

/// How long a call to another machine may take in all. WeChat answers in tens of milliseconds; a call that has not
/// answered by then has an unknown outcome.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Chooses ring as the TLS provider of the whole process. Call it first in `main` and in every test that opens a
/// client; calling it again does nothing.
pub fn install_tls() {
    // Err means that a provider is installed already, which is what was wanted.
    let _already = rustls::crypto::ring::default_provider().install_default();
}

/// How long an unused connection is kept: shorter than servers keep it. A call that meets their closing may or may not
/// have arrived.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);

/// Builds the HTTP client. A process needs one: it pools its connections.
///
/// # Errors
/// When the TLS provider is missing or the system's certificates cannot be read.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that builds a client"
)]
pub fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(CALL_TIMEOUT)
        .pool_idle_timeout(IDLE_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("daogou/", env!("CARGO_PKG_VERSION")))
        .build()
}
