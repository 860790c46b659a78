//! Lists of values that may grow without notice.

/// Makes an enum of the known values, and one more for all others.
///
/// The contract says "known values include": what is not known must survive reading and writing.
macro_rules! open_list {
    ($($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal $meaning:literal,)+ })+) => {$(
        $(#[$doc])*
        ///
        /// The list is open: a value that is not known survives reading and writing.
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`: ", $meaning)] $variant,)+
            /// A value that is not known here.
            Other(String),
        }

        impl $name {
            /// The values that are known.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)+];

            /// The value as it is written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        /// A known value equals itself, however it was made.
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(|text| Self::from(text.as_str()))
            }
        }
    )+};
}

pub(super) use open_list;
