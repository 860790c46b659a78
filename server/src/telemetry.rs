//! Logs and metrics of the process.

use std::io::IsTerminal;

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::{SubscriberInitExt, TryInitError};

use crate::settings::{Log, LogFormat};

/// The demo's broker logs each of its clients' packets, and failures that are none.
const QUIET: &str = "rumqttd=off";

/// What is counted, and what it means; each by protocol but the last.
const COUNTED: [(&str, &str); 6] = [
    ("downlinkd_accepted_total", "Downlinks accepted"),
    ("downlinkd_handed_over_total", "Parts handed over"),
    (
        "downlinkd_ended_total",
        "Parts ended, by reason too; without one they were delivered",
    ),
    ("downlinkd_unknown_total", "Tries whose outcome is unknown"),
    (
        "downlinkd_resent_total",
        "Parts handed over again after that: possible doubles",
    ),
    (
        "downlinkd_encoder_gone_total",
        "Requests for an encoder that is gone",
    ),
];

/// Sends logs to the standard error.
///
/// # Errors
///
/// Another subscriber is in place.
pub fn start_logs(log: &Log) -> Result<(), TryInitError> {
    let filter = EnvFilter::new(format!("{QUIET},{}", log.filter));
    let registry = tracing_subscriber::registry().with(filter);
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    match log.format {
        LogFormat::Text => registry.with(layer.with_target(false)).try_init(),
        LogFormat::Json => registry.with(layer.json()).try_init(),
    }
}

/// Starts counting, and names what is counted.
///
/// # Errors
///
/// Another recorder is in place.
pub fn start_metrics() -> Result<PrometheusHandle, BuildError> {
    let handle = PrometheusBuilder::new().install_recorder()?;
    for (name, meaning) in COUNTED {
        metrics::describe_counter!(name, meaning);
    }
    metrics::describe_histogram!(
        "downlinkd_try_seconds",
        metrics::Unit::Seconds,
        "How long carriers took to take a part or refuse it, by protocol"
    );
    Ok(handle)
}
