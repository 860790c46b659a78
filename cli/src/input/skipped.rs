//! What of a folder is no encoder, in a summary.

use std::collections::BTreeMap;
use std::path::Path;

use downlink::error::{Code, Diagnostic, Error};

use crate::output::count;

/// Files and packages that were skipped, by the code of the reason.
#[derive(Debug, Default)]
pub(crate) struct Skipped(BTreeMap<&'static str, Reason>);

#[derive(Debug)]
struct Reason {
    code: Code,
    /// Of the first one.
    message: String,
    path: String,
    others: usize,
}

impl Skipped {
    pub(super) fn add(&mut self, path: &Path, reason: &Diagnostic) {
        let known = self.0.entry(reason.code.as_str());
        known
            .and_modify(|known| known.others += 1)
            .or_insert_with(|| Reason {
                code: reason.code,
                message: reason.message.clone(),
                path: path.display().to_string(),
                others: 0,
            });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// A warning for each reason, with how many were skipped for it and the first of them.
    pub(crate) fn summary(&self) -> Vec<Diagnostic> {
        self.0.values().map(Reason::warning).collect()
    }
}

impl Reason {
    fn warning(&self) -> Diagnostic {
        let Self {
            code,
            message,
            path,
            others,
        } = self;
        let text = match others {
            0 => format!("skipped `{path}`: {message}"),
            others => {
                let others = count(*others, "other");
                format!("skipped `{path}` and {others}: {message}")
            }
        };
        Error::new(*code, text).into_warning()
    }
}
