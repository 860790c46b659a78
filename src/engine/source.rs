//! Where an engine has its encoders from.

use std::ops::Deref;
use std::sync::Arc;

use arc_swap::Guard;

use crate::encoder::{Registry, SharedRegistry};

/// Where an engine has its encoders from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    Fixed(Registry),
    Shared(SharedRegistry),
}

/// The encoders for one walk.
#[derive(Debug)]
pub(super) enum Encoders<'e> {
    Fixed(&'e Registry),
    Shared(Guard<Arc<Registry>>),
}

impl Source {
    /// The encoders of the moment.
    pub(super) fn encoders(&self) -> Encoders<'_> {
        match self {
            Self::Fixed(registry) => Encoders::Fixed(registry),
            Self::Shared(shared) => Encoders::Shared(shared.load()),
        }
    }
}

impl Deref for Encoders<'_> {
    type Target = Registry;

    fn deref(&self) -> &Registry {
        match self {
            Self::Fixed(registry) => registry,
            Self::Shared(registry) => registry,
        }
    }
}
