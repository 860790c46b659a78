//! The whole way: from the bytes of a request to the bytes of its documents.

use std::sync::LazyLock;

use downlink::Engine;
use downlink::contract::CreateDownlinkRequest;
use downlink::directory::Bindings;
use downlink::encoder::Registry;
use downlink::engine::{Documents, Workspace};
use downlink::senml::UnixTime;

use super::{Case, outputs};

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
    workspace: Workspace,
}

impl WholeWay {
    pub fn new() -> Self {
        Self {
            engine: engine(),
            directory: directory(),
            workspace: Workspace::default(),
        }
    }

    pub fn encode<'w>(&'w mut self, body: &'w [u8]) -> Documents<'w> {
        let Self {
            engine,
            directory,
            workspace,
        } = self;
        engine
            .encode_into(workspace, body, directory, *NOW)
            .unwrap()
    }

    /// Makes sure that a case becomes the documents that it should; then all memory has grown.
    pub fn check(&mut self, case: &Case) {
        for body in &case.bodies {
            let documents = self.encode(body.as_bytes());
            let texts: Vec<&[u8]> = documents.iter().map(|document| document.json).collect();
            let text = String::from_utf8(texts.concat()).unwrap();
            assert_eq!(text, case.documents, "{body}");
        }
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
