//! The table of the service's own codes, and the page of every code.
//!
//! What the engine refuses has codes of its own ([`downlink::error::Code`]). Each code of either
//! table has a page under `/problems/`, which the `type` of a problem names.

use std::borrow::Cow;
use std::fmt;

use axum::http::StatusCode;
use downlink::error::Code as EngineCode;
use serde::{Serialize, Serializer};

/// Makes the enum, its texts and the list of all from one table.
macro_rules! codes {
    ($($status:ident { $($variant:ident $room:literal $name:literal $title:literal,)+ })+) => {
        /// The stable name of a refusal that the service itself makes.
        ///
        /// Codes are added, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code {
            $($(#[doc = concat!("`", $room, "/", $name, "`: ", $title)] $variant,)+)+
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &'static [Self] = &[$($(Self::$variant,)+)+];

            /// The code as a program reads it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => concat!($room, "/", $name),)+)+ }
            }

            /// The fixed sentence of the code.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $($(Self::$variant => $title,)+)+ }
            }

            /// The status of an answer with it.
            #[must_use]
            pub fn status(self) -> StatusCode {
                match self { $($(Self::$variant)|+ => StatusCode::$status,)+ }
            }

            /// When it comes and what to do next, in Markdown.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self { $($(
                    Self::$variant => {
                        include_str!(concat!("../../problems/", $room, "-", $name, ".md"))
                    }
                )+)+ }
            }
        }
    };
}

codes! {
    BAD_REQUEST {
        QueryUnknown "query" "unknown" "The query has an unknown parameter.",
        QueryValue "query" "value" "A parameter of the query has a value that is not allowed.",
        QueryDate "query" "date" "A time in the query is not a date and time with an offset.",
        CursorInvalid "cursor" "invalid" "The cursor is not valid.",
        SortTooWide "sort" "too-wide" "The list is too long to be sorted like this.",
    }
    UNAUTHORIZED {
        AuthToken "auth" "token" "The request has no valid token.",
    }
    FORBIDDEN {
        AuthScope "auth" "scope" "The token does not have the scope of the operation.",
    }
    NOT_FOUND {
        HttpNotFound "http" "not-found" "The path does not exist.",
        DownlinkNotFound "downlink" "not-found" "The downlink does not exist.",
    }
    METHOD_NOT_ALLOWED {
        HttpMethod "http" "method" "The path does not support this method.",
    }
    NOT_ACCEPTABLE {
        HttpAccept "http" "accept" "None of the accepted media types is available.",
    }
    CONFLICT {
        DownlinkEnded "downlink" "ended" "The downlink has ended.",
        DownlinkInFlight "downlink" "in-flight" "The downlink cannot be stopped any more.",
        DownlinkHasParent "downlink" "has-parent" "The downlink is part of an instruction.",
        ReferenceTaken "reference" "taken" "The external reference is already in use.",
        IdempotencyBusy "idempotency" "busy" "The first request with this key is not answered yet.",
        QueueFull "queue" "full" "The device has too many open downlinks.",
        RetrySecret "retry" "secret" "The downlink contained a secret, which has been erased.",
    }
    PAYLOAD_TOO_LARGE {
        LimitRequest "limit" "request" "The request is too large.",
    }
    UNSUPPORTED_MEDIA_TYPE {
        HttpMediaType "http" "media-type" "The media type of the body is not supported.",
    }
    UNPROCESSABLE_ENTITY {
        IdempotencyBody "idempotency" "body" "The key was used with another body.",
        TopicNotAllowed "topic" "not-allowed" "The topic is not one of the device.",
        HeaderNotAllowed "header" "not-allowed" "The header field belongs to the connection.",
        CarrierNotConfigured "carrier" "not-configured" "The carrier of the device is not configured.",
    }
    TOO_MANY_REQUESTS {
        RateLimit "rate" "limit" "There are too many requests.",
    }
    INTERNAL_SERVER_ERROR {
        InternalFault "internal" "fault" "The service has a fault.",
    }
    SERVICE_UNAVAILABLE {
        DeviceNotReady "device" "not-ready" "The encoder of the device is not loaded.",
        ServiceDraining "service" "draining" "The service is stopping.",
        StoreUnavailable "store" "unavailable" "The database cannot be reached.",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// The page of a code of either table, in Markdown.
#[must_use]
pub fn page(code: &str) -> Option<Cow<'static, str>> {
    if let Some(own) = Code::ALL.iter().find(|own| own.as_str() == code) {
        return Some(Cow::Borrowed(own.page()));
    }
    let engine = EngineCode::ALL.iter().find(|it| it.as_str() == code)?;
    Some(Cow::Owned(engine_page(*engine)))
}

/// Where the engine's codes are listed, each under a heading of its own.
const ENGINE_PAGES: [&str; 2] = [
    include_str!("../../../docs/errors.md"),
    include_str!("../../../docs/javascript-errors.md"),
];

fn engine_page(code: EngineCode) -> String {
    let heading = format!("`{code}`");
    let sections = ENGINE_PAGES.iter().flat_map(|page| page.split("\n### "));
    let mut found = sections.filter_map(|section| section.strip_prefix(heading.as_str()));
    let section = found.next().and_then(|rest| rest.split("\n## ").next());
    match section {
        Some(text) => format!("# {heading}{}\n", text.trim_end()),
        None => format!(
            "# {heading}\n\n{} {}.\n",
            code.title(),
            code.kind().status()
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use serde_json::Value;

    use super::*;

    const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/problems");

    #[test]
    fn each_code_has_its_page_and_each_page_its_code() {
        let pages: BTreeSet<String> = fs::read_dir(FOLDER)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let codes: BTreeSet<String> = Code::ALL
            .iter()
            .map(|code| format!("{}.md", code.as_str().replace('/', "-")))
            .collect();
        assert_eq!(pages, codes);
        assert_eq!(codes.len(), Code::ALL.len());
    }

    #[test]
    fn a_page_tells_title_and_status_when_it_comes_and_what_to_do() {
        for code in Code::ALL {
            let page = code.page();
            let head = format!(
                "# `{code}`\n\n{} {}.\n",
                code.title(),
                code.status().as_u16()
            );
            assert!(page.starts_with(&head), "{code}");
            for section in ["\n## When\n", "\n## What to do\n", "\n## Example\n"] {
                assert_eq!(page.matches(section).count(), 1, "{code}: {section}");
            }
        }
    }

    #[test]
    fn the_example_of_a_page_is_a_problem_with_its_code() {
        for code in Code::ALL {
            let (_, rest) = code.page().split_once("```json\n").unwrap();
            let (example, _) = rest.split_once("```").unwrap();
            let problem: Value = serde_json::from_str(example).unwrap();
            assert_eq!(problem["type"], format!("/problems/{code}"));
            assert_eq!(problem["title"], code.title(), "{code}");
            assert_eq!(problem["status"], code.status().as_u16(), "{code}");
            assert!(problem["detail"].is_string(), "{code}");
        }
    }

    #[test]
    fn the_service_and_the_engine_share_one_code_and_say_the_same_of_it() {
        let shared: Vec<_> = Code::ALL
            .iter()
            .flat_map(|own| EngineCode::ALL.iter().map(move |engine| (own, engine)))
            .filter(|(own, engine)| own.as_str() == engine.as_str())
            .collect();
        let [(own, engine)] = shared[..] else {
            panic!("{shared:?}")
        };
        assert_eq!(own.as_str(), "limit/request");
        assert_eq!(own.title(), engine.title());
        assert_eq!(own.status().as_u16(), engine.kind().status());
    }

    #[test]
    fn every_code_of_the_engine_has_a_page() {
        let mut with_example = 0;
        for code in EngineCode::ALL {
            let page = page(code.as_str()).unwrap();
            assert!(page.starts_with(&format!("# `{code}`\n\n")), "{page}");
            assert!(page.contains(code.title()), "{page}");
            with_example += usize::from(page.contains("```"));
        }
        assert!(with_example > 100, "{with_example}");
        assert_eq!(page("no/such-code"), None);
    }
}
