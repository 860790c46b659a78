//! The whole way: from the bytes of a request to the bytes of its documents.

use std::sync::LazyLock;

use downlink::Engine;
use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Bindings;
use downlink::encoder::Registry;
use downlink::senml::UnixTime;

use super::outputs;

pub static NOW: LazyLock<UnixTime> = LazyLock::new(|| UnixTime::from_seconds(1_700_000_000));

/// The engine with the shipped definitions and the one of a hundred outputs.
pub fn engine() -> Engine {
    let builder = Registry::builder().builtin().unwrap();
    let builder = builder.definition(&outputs::definition()).unwrap();
    Engine::new(builder.build())
}

pub fn directory() -> Bindings {
    Bindings::from_toml(include_str!("../devices.toml")).unwrap()
}

/// An engine, the bindings, and what is used again from one request to the next.
pub struct WholeWay {
    engine: Engine,
    directory: Bindings,
    documents: Vec<u8>,
}

impl WholeWay {
    pub fn new() -> Self {
        Self {
            engine: engine(),
            directory: directory(),
            documents: Vec::new(),
        }
    }

    /// The documents for a request, one behind the other.
    pub fn encode(&mut self, body: &[u8]) -> &[u8] {
        self.documents.clear();
        let request = request(body);
        let downlinks = self.engine.encode(&request, &self.directory, *NOW).unwrap();
        for document in downlinks.documents().unwrap() {
            serde_json::to_writer(&mut self.documents, &document).unwrap();
        }
        &self.documents
    }

    /// The page that shows what a request would send.
    pub fn preview(&self, body: &[u8]) -> String {
        let preview = self.engine.preview(&request(body), &self.directory, *NOW);
        assert!(preview.problems().is_empty(), "{preview}");
        preview.to_string()
    }
}

pub fn request(body: &[u8]) -> CreateDownlinkRequest<'_> {
    CreateDownlinkRequest::from_json(body).unwrap()
}
