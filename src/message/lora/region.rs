//! What a data rate carries down in each region (RP002-1.0.3 §2, one section a region).
//!
//! The figures are the longest application payload N without `FOpts`, on networks without
//! repeaters; behind a repeater nothing above 222 bytes passes, and MAC commands that share the
//! frame take up to 15 bytes of what is left. Where editions differ, the table has what the LoRaWAN
//! reference stack has: AS923 with the downlink dwell time on, which is how a device starts; CN470
//! as it is since RP002-1.0.2. The row of ISM2400 is the one that network servers use.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::error::{Code, Error};
use crate::message::by_name;

/// What one data rate of a region does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// It carries so many bytes down.
    Down(usize),
    /// End devices send at it, networks do not.
    UplinkOnly,
    /// The region does not have it.
    Absent,
}

macro_rules! cell {
    (u) => {
        Cell::UplinkOnly
    };
    (_) => {
        Cell::Absent
    };
    ($bytes:literal) => {
        Cell::Down($bytes)
    };
}

/// Makes the enum, its names and the table: from DR0 on, the bytes that it carries down, `u` for
/// uplink only, `_` for none.
macro_rules! regions {
    ($($(#[$doc:meta])* $variant:ident $name:literal rx2 $rx2:literal [$($cell:tt)+])+) => {
        /// A region of the LoRaWAN Regional Parameters, which decides what a data rate carries.
        ///
        /// ```
        /// use downlink::message::lora::Region;
        ///
        /// assert_eq!("EU868".parse::<Region>()?, Region::Eu868);
        /// assert_eq!(Region::As923.rx2_default().to_string(), "DR2");
        ///
        /// let error = "EU686".parse::<Region>().unwrap_err();
        /// assert_eq!(error.diagnostic().hint.as_deref(), Some("did you mean `EU868`?"));
        /// # Ok::<(), downlink::Error>(())
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Region {
            $($(#[$doc])* $variant,)+
        }

        impl Region {
            /// Every region.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The common name, such as `EU868`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The data rate at which a device listens in its second window, until it is told
            /// another.
            #[must_use]
            pub fn rx2_default(self) -> DataRate {
                match self { $(Self::$variant => DataRate($rx2),)+ }
            }

            /// The row of the table, from DR0 on.
            fn cells(self) -> &'static [Cell] {
                match self { $(Self::$variant => &[$(cell!($cell)),+],)+ }
            }
        }
    };
}

regions! {
    /// Europe, 863 to 870 MHz. DR8 to DR11 are LR-FHSS, which only end devices send.
    Eu868 "EU868" rx2 0 [51 51 51 115 242 242 242 242 u u u u]
    /// Europe, 433 MHz.
    Eu433 "EU433" rx2 0 [51 51 51 115 242 242 242 242]
    /// China, 779 to 787 MHz.
    Cn779 "CN779" rx2 0 [51 51 51 115 242 242 242 242]
    /// India, 865 to 867 MHz.
    In865 "IN865" rx2 2 [51 51 51 115 242 242 242 242]
    /// Russia, 864 to 870 MHz.
    Ru864 "RU864" rx2 0 [51 51 51 115 242 242 242 242]
    /// South Korea, 920 to 923 MHz.
    Kr920 "KR920" rx2 0 [51 51 51 115 242 242]
    /// Asia, 923 MHz, with a downlink dwell time of 400 ms: DR0 and DR1 carry nothing then. Where
    /// the network has switched it off, say the maximum payload itself.
    As923 "AS923" rx2 2 [0 0 11 53 125 242 242 242]
    /// Australia, 915 to 928 MHz. Networks send at DR8 to DR13 only.
    Au915 "AU915" rx2 8 [u u u u u u u _ 53 129 242 242 242 242]
    /// The United States, 902 to 928 MHz. Networks send at DR8 to DR13 only.
    Us915 "US915" rx2 8 [u u u u u _ _ _ 53 129 242 242 242 242]
    /// China, 470 to 510 MHz. DR0 carries nothing.
    Cn470 "CN470" rx2 1 [0 23 86 184 242 242 242 242]
    /// Worldwide, 2.4 GHz.
    Ism2400 "ISM2400" rx2 0 [51 115 240 240 240 240 240 240]
}

impl Region {
    /// What a data rate does in this region.
    pub(super) fn cell(self, data_rate: DataRate) -> Cell {
        self.cells()
            .get(usize::from(data_rate.0))
            .copied()
            .unwrap_or(Cell::Absent)
    }

    /// The data rates at which networks send, lowest first, with the bytes that each carries.
    pub(super) fn downlinks(self) -> impl Iterator<Item = (DataRate, usize)> {
        (0..)
            .zip(self.cells())
            .filter_map(|(number, cell)| match cell {
                Cell::Down(bytes) => Some((DataRate(number), *bytes)),
                Cell::UplinkOnly | Cell::Absent => None,
            })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Region {
    type Err = Error;

    /// Finds a region by its exact common name.
    ///
    /// # Errors
    ///
    /// `devices/region` for any other name, with the names there are.
    fn from_str(name: &str) -> Result<Self, Error> {
        by_name(name, Self::ALL, Self::as_str)
            .map_err(|unknown| unknown.into_error(Code::DevicesRegion, "a region"))
    }
}

/// A data rate, from 0 to 15; what it means depends on the region (RP002).
///
/// ```
/// use downlink::message::lora::DataRate;
///
/// assert_eq!(DataRate::new(5)?.to_string(), "DR5");
/// assert!(DataRate::new(16).is_err());
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataRate(u8);

impl DataRate {
    /// The highest data rate: MAC commands have four bits for it (TS001 §5).
    const MAX: u8 = 15;

    /// The data rate of this number.
    ///
    /// # Errors
    ///
    /// `devices/data-rate` if it is not 0 to 15.
    pub fn new(number: impl Into<i128>) -> Result<Self, Error> {
        let number = number.into();
        match u8::try_from(number) {
            Ok(data_rate @ 0..=Self::MAX) => Ok(Self(data_rate)),
            _ => Err(Error::new(
                Code::DevicesDataRate,
                format!("{number} is not a data rate, expected 0 to 15"),
            )
            .expected("0 to 15")
            .found(number.to_string())),
        }
    }

    /// The number, from 0 to 15.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Serialize for DataRate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

impl<'de> Deserialize<'de> for DataRate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u8::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl Serialize for Region {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Region {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        name.parse().map_err(de::Error::custom)
    }
}

impl fmt::Display for DataRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DR{}", self.0)
    }
}
