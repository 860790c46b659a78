//! The types that a setting can have, and how each is read.

use std::net::SocketAddr;
use std::num::{NonZeroU16, NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use downlink::instruction::SimpleDuration;
use toml::de::DeValue;

/// A type of settings.
pub(super) trait Setting: Sized {
    /// What a fault says was expected: `a duration such as "PT30S"`.
    const EXPECTED: &'static str;
    /// Whether it is written as a string: then a variable of the environment needs no quotes.
    const IS_TEXT: bool;
    /// Whether a fault hides what was found.
    const IS_SECRET: bool = false;

    /// Reads a value; nothing if it is not what was expected.
    fn read(value: &DeValue<'_>) -> Option<Self>;
}

/// Types that are read from a string by their [`std::str::FromStr`].
macro_rules! texts {
    ($($type:ty: $expected:literal)+) => {$(
        impl $crate::settings::value::Setting for $type {
            const EXPECTED: &'static str = $expected;
            const IS_TEXT: bool = true;

            fn read(value: &toml::de::DeValue<'_>) -> Option<Self> {
                value.as_str()?.parse().ok()
            }
        }
    )+};
}
pub(super) use texts;

texts! {
    SocketAddr: "an address and a port such as \"127.0.0.1:8080\""
}

impl Setting for String {
    const EXPECTED: &'static str = "a text that is not empty";
    const IS_TEXT: bool = true;

    fn read(value: &DeValue<'_>) -> Option<Self> {
        let text = value.as_str().filter(|text| !text.is_empty())?;
        Some(text.to_owned())
    }
}

impl Setting for PathBuf {
    const EXPECTED: &'static str = "a path";
    const IS_TEXT: bool = true;

    fn read(value: &DeValue<'_>) -> Option<Self> {
        String::read(value).map(Self::from)
    }
}

impl Setting for Duration {
    const EXPECTED: &'static str = "a duration such as \"PT30S\", \"PT0.5S\" or \"P7D\"";
    const IS_TEXT: bool = true;

    fn read(value: &DeValue<'_>) -> Option<Self> {
        let duration: SimpleDuration = value.as_str()?.parse().ok()?;
        Some(duration.into())
    }
}

impl Setting for bool {
    const EXPECTED: &'static str = "true or false";
    const IS_TEXT: bool = false;

    fn read(value: &DeValue<'_>) -> Option<Self> {
        value.as_bool()
    }
}

/// Counts of at least one.
macro_rules! counts {
    ($($type:ident)+) => {$(
        impl Setting for $type {
            const EXPECTED: &'static str = "a whole number from 1";
            const IS_TEXT: bool = false;

            fn read(value: &DeValue<'_>) -> Option<Self> {
                let number = value.as_integer()?;
                let number = u64::from_str_radix(number.as_str(), number.radix()).ok()?;
                NonZeroU64::new(number)?.try_into().ok()
            }
        }
    )+};
}

counts! { NonZeroU16 NonZeroU32 NonZeroUsize }
