//! What a finding says, and whose fault it is.

use std::fmt::Write as _;

use downlink::error::{Diagnostic, Kind, Severity};

pub(crate) fn name(kind: Kind) -> &'static str {
    match kind {
        Kind::Malformed => "Malformed",
        Kind::NotFound => "Not found",
        Kind::TooLarge => "Too large",
        Kind::Rejected => "Rejected",
        Kind::Setup => "Setup",
        Kind::Internal => "Internal",
        other => panic!("a name for {other:?}"),
    }
}

pub(crate) fn told(finding: &Diagnostic) -> String {
    let severity = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        other => panic!("a word for {other:?}"),
    };
    let mut told = format!("{severity}[{}]: {}\n", finding.code, finding.message);
    let mut line = |name: &str, text: Option<String>| {
        if let Some(text) = text {
            writeln!(told, "  {name} {text}").unwrap();
        }
    };
    line("at", finding.position.map(|position| position.to_string()));
    line("pointer", finding.pointer.clone());
    line("rule", finding.rule.as_deref().map(str::to_owned));
    line("expected", finding.expected.clone());
    line("found", finding.found.clone());
    line("hint", finding.hint.as_ref().map(ToString::to_string));
    told
}
