//! Labels: the short names of fields (RFC 8428 §4, IANA registry "SenML Labels").

use std::borrow::Cow;
use std::fmt;

use crate::error::nearest;

/// Makes the enum and its lookups from one table.
macro_rules! labels {
    ($($variant:ident $text:literal $integer:expr, $kind:ident $title:literal;)+) => {
        /// A label that is understood.
        ///
        /// Those of the IANA registry, the `vlo` of LwM2M 1.1 §7.4.5, and the `i_` of ThingsML.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Label {
            $(#[doc = concat!("`", $text, "`: ", $title, ".")] $variant,)+
        }

        impl Label {
            /// Every label, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The label as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The integer that stands for it in CBOR, if it has one (RFC 8428 §6).
            #[must_use]
            pub const fn cbor_key(self) -> Option<i64> {
                match self { $(Self::$variant => $integer,)+ }
            }

            /// What type of content it takes.
            #[must_use]
            pub const fn content_kind(self) -> ContentKind {
                match self { $(Self::$variant => ContentKind::$kind,)+ }
            }

            /// The label of this text.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The label of this CBOR integer (RFC 8428 §6).
            #[must_use]
            pub fn from_cbor_key(key: i64) -> Option<Self> {
                Self::from_cbor_byte(cbor_byte(Some(key))?)
            }

            /// The label whose CBOR integer is this byte (RFC 8949 §3.1).
            #[inline]
            pub(super) fn from_cbor_byte(byte: u8) -> Option<Self> {
                $(if const { cbor_byte($integer) } == Some(byte) {
                    return Some(Self::$variant);
                })+
                None
            }
        }
    };
}

labels! {
    BaseVersion "bver" Some(-1), Version "base version";
    BaseName "bn" Some(-2), String "base name";
    BaseTime "bt" Some(-3), Number "base time";
    BaseUnit "bu" Some(-4), String "base unit";
    BaseValue "bv" Some(-5), Number "base value";
    BaseSum "bs" Some(-6), Number "base sum";
    BaseContentFormat "bct" None, String "base content format (RFC 9193)";
    Name "n" Some(0), String "name";
    Unit "u" Some(1), String "unit";
    Value "v" Some(2), Number "value";
    StringValue "vs" Some(3), String "string value";
    BooleanValue "vb" Some(4), Boolean "boolean value";
    Sum "s" Some(5), Number "sum";
    Time "t" Some(6), Number "time";
    UpdateTime "ut" Some(7), Number "update time";
    DataValue "vd" Some(8), Data "data value";
    ContentFormat "ct" None, String "content format (RFC 9193)";
    ObjectLink "vlo" None, String "object link value (LwM2M)";
    Index "i_" Some(23), Index "index of name and unit (ThingsML)";
}

impl Label {
    /// Whether it is a base field, which acts on the records that follow too (RFC 8428 §4.1).
    #[must_use]
    pub const fn is_base(self) -> bool {
        matches!(
            self,
            Self::BaseVersion
                | Self::BaseName
                | Self::BaseTime
                | Self::BaseUnit
                | Self::BaseValue
                | Self::BaseSum
                | Self::BaseContentFormat
        )
    }

    /// Whether it is one of those of which a record has at most one (RFC 8428 §4.2).
    #[must_use]
    pub const fn is_value(self) -> bool {
        matches!(
            self,
            Self::Value
                | Self::StringValue
                | Self::BooleanValue
                | Self::DataValue
                | Self::ObjectLink
        )
    }

    /// The label that a name that is none was probably meant to be.
    pub(crate) fn nearest(name: &str) -> Option<Self> {
        Some(match name.to_lowercase().as_str() {
            // Written out, the labels are too short to be near.
            "name" => Self::Name,
            "unit" | "units" | "uom" => Self::Unit,
            "value" => Self::Value,
            "time" => Self::Time,
            "string" | "text" => Self::StringValue,
            "bool" | "boolean" => Self::BooleanValue,
            "data" => Self::DataValue,
            _ => {
                let meant = nearest(name, Self::ALL.iter().map(|label| label.as_str()))?;
                *Self::ALL.iter().find(|label| label.as_str() == meant)?
            }
        })
    }

    /// The bits of the base fields.
    pub(super) const BASE: u32 = {
        let mut bits = 0;
        let mut labels = Self::ALL;
        while let [label, rest @ ..] = labels {
            if label.is_base() {
                bits |= label.bit();
            }
            labels = rest;
        }
        bits
    };

    /// A bit of its own, to tell which labels were seen.
    #[allow(
        clippy::as_conversions,
        reason = "the place of a variant, of which there are fewer than bits"
    )]
    pub(super) const fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// The byte that the integer of a label is written in (RFC 8949 §3.1); each takes one.
#[allow(
    clippy::as_conversions,
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    reason = "of integers whose bytes are in range"
)]
const fn cbor_byte(key: Option<i64>) -> Option<u8> {
    match key {
        Some(key @ 0..=23) => Some(key as u8),
        Some(key @ -24..=-1) => Some((0x1f - key) as u8),
        _ => None,
    }
}

/// What type of content a label takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ContentKind {
    /// A number.
    Number,
    /// A positive integer.
    Version,
    /// An integer from the table of ThingsML.
    Index,
    /// A text.
    String,
    /// True or false.
    Boolean,
    /// Bytes; base64url in JSON.
    Data,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a field is called: a label that is understood, or another name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Key<'a> {
    /// A label that is understood.
    Label(Label),
    /// A text that is none.
    Text(Cow<'a, str>),
    /// A CBOR integer that is none.
    Integer(i64),
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label(label) => label.fmt(f),
            Self::Text(text) => f.write_str(text),
            Self::Integer(integer) => integer.fmt(f),
        }
    }
}
