//! The definitions that come with the crate, each parsed when it is first used.
//!
//! All registries have the same ones: a reload parses none of them again.

use std::sync::{Arc, LazyLock, OnceLock};

use crate::error::{Error, First};
use crate::instruction::Instruction;
use crate::message::{Method, Payload, Protocol};

use super::super::digest::digest;
use super::super::{Context, Decoded, Description, Destination, Encoder, Variables, Writer};
use super::Definition;

// `DEFINITIONS: &[(&str, &str)]`, id and text of each file in `encoders/`, in the order of the ids.
include!(concat!(env!("OUT_DIR"), "/definitions.rs"));

/// The definitions of this crate, in the order of their ids.
pub(crate) fn all() -> &'static [Arc<dyn Encoder>] {
    static ALL: LazyLock<Vec<Arc<dyn Encoder>>> = LazyLock::new(|| {
        let mut all: Vec<Arc<dyn Encoder>> = Vec::with_capacity(DEFINITIONS.len());
        for (id, text) in DEFINITIONS {
            all.push(Arc::new(BuiltIn::new(id, text)));
        }
        all
    });
    &ALL
}

/// A definition of this crate that may not have been parsed yet.
#[derive(Debug)]
pub(super) struct BuiltIn {
    id: &'static str,
    text: &'static str,
    definition: OnceLock<Result<Definition, Error>>,
}

impl BuiltIn {
    fn new(id: &'static str, text: &'static str) -> Self {
        Self {
            id,
            text,
            definition: OnceLock::new(),
        }
    }

    pub(super) fn get(&self) -> Result<&Definition, Error> {
        let load = || Definition::unproven(self.text, &mut First::default());
        self.definition
            .get_or_init(load)
            .as_ref()
            .map_err(Clone::clone)
    }
}

impl Encoder for BuiltIn {
    fn id(&self) -> &str {
        self.id
    }

    fn title(&self) -> &str {
        self.get().map_or(self.id, Definition::title)
    }

    fn protocols(&self) -> &[Protocol] {
        self.get().map_or(&[], Encoder::protocols)
    }

    fn encode(
        &self,
        instruction: &Instruction<'_>,
        context: &Context<'_>,
        writer: &mut Writer<'_>,
    ) -> Result<(), Error> {
        self.get()?.encode(instruction, context, writer)
    }

    fn describe(&self) -> Description {
        match self.get() {
            Ok(definition) => definition.describe(),
            Err(_) => Description::of(self),
        }
    }

    fn destinations(&self) -> Vec<Destination> {
        self.get()
            .map_or_else(|_| Vec::new(), Encoder::destinations)
    }

    fn variables(&self) -> Variables {
        self.get().map_or(Variables::NONE, Encoder::variables)
    }

    /// What cannot be parsed says so where it is asked to encode.
    fn takes_variable(&self, name: &str) -> bool {
        self.get().map_or(true, |it| it.takes_variable(name))
    }

    fn decode(&self, method: &Method, payload: &Payload) -> Result<Decoded, Error> {
        self.get()?.decode(method, payload)
    }

    fn digest(&self) -> String {
        digest(self.text)
    }
}
