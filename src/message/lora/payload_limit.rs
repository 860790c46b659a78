//! How long a payload may be, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::region::Cell;
use super::{DataRate, Region};
use crate::error::{Code, Error};
use crate::message::{Counted, one_of};

/// How many bytes an application downlink may have, and where that number comes from.
///
/// Its text is what a preview shows. Data rates change while a message waits in a queue; a limit is
/// as good as what is known of the device.
///
/// ```
/// use downlink::message::lora::{DataRate, PayloadLimit, Region};
///
/// let limit = PayloadLimit::for_data_rate(Region::Eu868, DataRate::new(0)?)?;
/// assert_eq!(limit.to_string(), "51 bytes (EU868 DR0)");
/// assert!(limit.check(51).is_ok());
///
/// let error = limit.check(60).unwrap_err();
/// assert_eq!(error.diagnostic().hint.as_deref(), Some("EU868 DR3 carries 115 bytes"));
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written")]
pub struct PayloadLimit {
    bytes: usize,
    #[serde(flatten)]
    source: Source,
}

/// Where a limit comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(
    tag = "source",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
enum Source {
    Unknown,
    #[serde(rename = "region")]
    Rx2Default {
        region: Region,
        data_rate: DataRate,
    },
    DataRate {
        region: Region,
        data_rate: DataRate,
    },
    Explicit,
    #[serde(rename = "lorawan")]
    Most,
}

/// A limit as it was written, which may be none.
#[derive(Deserialize)]
struct Written {
    bytes: usize,
    #[serde(flatten)]
    source: Source,
}

impl TryFrom<Written> for PayloadLimit {
    type Error = Error;

    fn try_from(Written { bytes, source }: Written) -> Result<Self, Error> {
        let limit = match source {
            Source::Unknown => Self::unknown(),
            Source::Rx2Default { region, .. } => Self::for_region(region),
            Source::DataRate { region, data_rate } => Self::for_data_rate(region, data_rate)?,
            Source::Explicit => Self::explicit(i128::try_from(bytes).unwrap_or(i128::MAX))?,
            Source::Most => Self::most(),
        };
        if limit == (Self { bytes, source }) {
            return Ok(limit);
        }
        Err(Error::new(
            Code::DevicesMaxPayload,
            format!("the limit is {bytes} bytes, expected {limit}"),
        )
        .expected(limit.to_string())
        .found(bytes.to_string()))
    }
}

impl PayloadLimit {
    /// What the fastest data rate carries: no application downlink is longer (RP002 §2).
    pub const MOST: usize = 242;

    /// What the slowest data rate of most regions carries (RP002 §2.4 and its like).
    const LEAST: usize = 51;

    /// The limit where nothing is known of the device: 51 bytes.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            bytes: Self::LEAST,
            source: Source::Unknown,
        }
    }

    /// The limit where the region alone is known: what its second window carries by default.
    #[must_use]
    pub fn for_region(region: Region) -> Self {
        let bytes = match region.cell(region.rx2_default()) {
            Cell::Down(bytes) => bytes,
            Cell::UplinkOnly | Cell::Absent => Self::LEAST,
        };
        Self {
            bytes,
            source: Source::Rx2Default {
                region,
                data_rate: region.rx2_default(),
            },
        }
    }

    /// The limit of a data rate in a region.
    ///
    /// It may be 0: some data rates exist and carry no application payload.
    ///
    /// # Errors
    ///
    /// `devices/data-rate` if networks do not send at it in this region, with those at which they
    /// do.
    pub fn for_data_rate(region: Region, data_rate: DataRate) -> Result<Self, Error> {
        match region.cell(data_rate) {
            Cell::Down(bytes) => Ok(Self {
                bytes,
                source: Source::DataRate { region, data_rate },
            }),
            Cell::UplinkOnly => Err(no_downlink(region, data_rate, "is uplink-only")),
            Cell::Absent => Err(no_downlink(region, data_rate, "does not exist")),
        }
    }

    /// The limit that was set for the device.
    ///
    /// # Errors
    ///
    /// `devices/max-payload` if it is not 1 to 242.
    pub fn explicit(max_payload: impl Into<i128>) -> Result<Self, Error> {
        let max_payload = max_payload.into();
        match usize::try_from(max_payload) {
            Ok(bytes @ 1..=Self::MOST) => Ok(Self {
                bytes,
                source: Source::Explicit,
            }),
            _ => Err(Error::new(
                Code::DevicesMaxPayload,
                format!("the maximum payload is {max_payload}, expected 1 to 242 bytes"),
            )
            .expected("1 to 242 bytes")
            .found(max_payload.to_string())),
        }
    }

    /// The limit that holds for every device.
    pub(super) fn most() -> Self {
        Self {
            bytes: Self::MOST,
            source: Source::Most,
        }
    }

    /// How many bytes a payload may have.
    #[must_use]
    pub fn bytes(self) -> usize {
        self.bytes
    }

    /// Checks the length of a payload.
    ///
    /// # Errors
    ///
    /// `limit/payload` if it is too long, with the lowest data rate that would carry it.
    pub fn check(self, len: usize) -> Result<(), Error> {
        if len <= self.bytes {
            return Ok(());
        }
        let remedy = self.remedy(len);
        let len = Counted(len, "byte");
        let error = Error::new(
            Code::LimitPayload,
            format!("the payload has {len}, expected at most {self}"),
        )
        .expected(format!("at most {}", Counted(self.bytes, "byte")))
        .found(len.to_string());
        Err(match remedy {
            Some(hint) => error.hint(hint),
            None => error,
        })
    }

    /// The data rates of the region that carry so many bytes; none where the region is not known.
    ///
    /// ```
    /// use downlink::message::lora::{PayloadLimit, Region};
    ///
    /// let limit = PayloadLimit::for_region(Region::Eu868);
    /// assert_eq!(limit.data_rates(60)[0].to_string(), "DR3");
    /// assert!(PayloadLimit::unknown().data_rates(60).is_empty());
    /// ```
    #[must_use]
    pub fn data_rates(self, len: usize) -> Vec<DataRate> {
        match self.source {
            Source::Rx2Default { region, .. } | Source::DataRate { region, .. } => {
                let carrying = region.downlinks().filter(|(_, bytes)| *bytes >= len);
                carrying.map(|(data_rate, _)| data_rate).collect()
            }
            Source::Unknown | Source::Explicit | Source::Most => Vec::new(),
        }
    }

    /// What would carry so many bytes.
    fn remedy(self, len: usize) -> Option<String> {
        if len > Self::MOST {
            return Some(format!("no data rate carries more than {}", Self::MOST));
        }
        match self.source {
            Source::Rx2Default { region, .. } | Source::DataRate { region, .. } => {
                Some(match region.downlinks().find(|(_, bytes)| *bytes >= len) {
                    Some((data_rate, bytes)) => {
                        format!("{region} {data_rate} carries {bytes} bytes")
                    }
                    None => format!("no data rate of {region} carries that"),
                })
            }
            Source::Unknown => {
                Some("set the device's region and data rate if the network carries more".to_owned())
            }
            Source::Explicit | Source::Most => None,
        }
    }
}

#[cold]
fn no_downlink(region: Region, data_rate: DataRate, what: &str) -> Error {
    let known = one_of(
        region
            .downlinks()
            .map(|(data_rate, _)| data_rate.to_string()),
    );
    Error::new(
        Code::DevicesDataRate,
        format!("{data_rate} {what} in {region}, expected {known}"),
    )
    .expected(known)
    .found(data_rate.to_string())
}

impl fmt::Display for PayloadLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (", Counted(self.bytes, "byte"))?;
        match self.source {
            Source::Unknown => f.write_str("region and data rate unknown: the smallest limit")?,
            Source::Rx2Default { region, data_rate } => {
                write!(f, "{region} RX2 default {data_rate}")?;
            }
            Source::DataRate { region, data_rate } => write!(f, "{region} {data_rate}")?,
            Source::Explicit => f.write_str("set for the device")?,
            Source::Most => f.write_str("the most that LoRaWAN carries")?,
        }
        f.write_str(")")
    }
}
