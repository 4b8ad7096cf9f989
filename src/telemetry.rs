//! Logs and metrics. A line carries ids, never openids, message text, tokens or secrets.
//!
//! Field names in use: `account.appid`, `guide.id`, `inbound.id`, `media.id`, `outbound.id`, `request.id`, `error`.

use std::io::IsTerminal;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// What is logged: everything of ours from info on, only warnings of the libraries.
const FILTER: &str = "warn,daogou=info,daogou_wechat=info,daogou_session=info,daogou_sandbox=warn";

/// Sends logs to stderr: for people on a terminal, as JSON lines elsewhere.
pub fn start_logs() {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(FILTER))
        .with_writer(std::io::stderr);
    // Err means that logs are set up already, which is what was wanted.
    let _already = if std::io::stderr().is_terminal() {
        logs.with_target(false).compact().try_init()
    } else {
        logs.json().flatten_event(true).try_init()
    };
}

/// The process's metrics, for `/metrics`. None when another recorder was installed first.
pub fn metrics() -> Option<PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let buckets = &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 1.5, 5.0];
            PrometheusBuilder::new()
                .set_buckets(buckets)
                .ok()?
                .install_recorder()
                .ok()
        })
        .clone()
}
