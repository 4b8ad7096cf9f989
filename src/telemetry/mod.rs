//! Logs and metrics. A line carries ids, never openids, message text, tokens or secrets; a metric not even ids of people.
//!
//! Field names in use: `account.appid`, `guide.id`, `inbound.id`, `media.id`, `outbound.id`, `request.id`, `error`.

pub mod figures;
mod lines;
pub mod request;

use std::io::IsTerminal;
use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::{Format, JsonFields};

use figures::{FIGURES, Sort};
use lines::{Leading, Within};

/// What is logged: everything of ours from info on, only warnings of the libraries.
const FILTER: &str = "warn,daogou=info,daogou_wechat=info,daogou_session=info,daogou_sandbox=warn";

/// Upper ends of the histograms' buckets, in seconds: from a memory access to WeChat's patience.
const BUCKETS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.5, 5.0, 10.0,
];
/// The same for what may wait for hours.
const LONG_BUCKETS: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0, 300.0, 3600.0,
];

/// Sends logs to stderr: for people on a terminal, as JSON lines elsewhere.
pub fn start_logs() {
    let logs = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(FILTER))
        .with_writer(std::io::stderr);
    // Err means that logs are set up already, which is what was wanted.
    let _already = if std::io::stderr().is_terminal() {
        let lines = Format::default().compact().with_target(false);
        logs.event_format(Leading(lines)).try_init()
    } else {
        let lines = Format::default().json().flatten_event(true);
        logs.fmt_fields(JsonFields::new())
            .event_format(Within(lines))
            .try_init()
    };
}

/// The process's metrics, for `/metrics`. None when another recorder was installed first.
pub fn metrics() -> Option<PrometheusHandle> {
    static HANDLE: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    HANDLE.get_or_init(install).clone()
}

fn install() -> Option<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new().set_buckets(BUCKETS).ok()?;
    for figure in FIGURES.iter().filter(|figure| figure.sort == Sort::Waiting) {
        let name = Matcher::Full(figure.name.to_owned());
        builder = builder.set_buckets_for_metric(name, LONG_BUCKETS).ok()?;
    }
    let handle = builder.install_recorder().ok()?;
    figures::describe();
    Some(handle)
}
