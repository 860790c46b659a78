//! `[log]`: what is logged, and how.

use std::str::FromStr;

use tracing_subscriber::EnvFilter;

use super::section::Section;
use super::value::texts;

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// Which lines: `info`, or `warn,downlink_server=debug`.
    pub filter: String,
}

/// How a line of the log looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: an object a line.
    Json,
}

/// A text that is not a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a format of logs")]
pub struct NotAFormat;

impl FromStr for LogFormat {
    type Err = NotAFormat;

    fn from_str(text: &str) -> Result<Self, NotAFormat> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(NotAFormat),
        }
    }
}

texts! { LogFormat: "\"text\" or \"json\"" }

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            filter: "info".to_owned(),
        }
    }
}

impl Log {
    pub(super) fn read(section: &mut Section<'_, '_>) -> Self {
        let default = Self::default();
        let log = Self {
            format: section.or("format", default.format),
            filter: section.or("filter", default.filter),
        };
        if let Err(error) = EnvFilter::try_new(log.filter.as_str()) {
            section.fault("filter", error.to_string());
        }
        log
    }
}
