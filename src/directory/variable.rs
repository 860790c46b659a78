//! Values of a device's variables.

use std::fmt;

/// A value, and whether it is shown nowhere.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct Variable {
    pub(super) value: String,
    pub(super) is_secret: bool,
}

impl Variable {
    pub(super) fn shown(value: String) -> Self {
        let is_secret = false;
        Self { value, is_secret }
    }

    pub(super) fn secret(value: String) -> Self {
        let is_secret = true;
        Self { value, is_secret }
    }
}

impl fmt::Debug for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_secret {
            f.write_str("a secret")
        } else {
            self.value.fmt(f)
        }
    }
}
