//! From an encoder behind the trait back to its own type.

use std::any::Any;

/// What every encoder is by itself; Rust before 1.86 does not go from a trait to its supertrait.
pub trait AsAny {
    /// The encoder as a value of any type.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Any> AsAny for T {
    fn as_any(&self) -> &dyn Any {
        self
    }
}
