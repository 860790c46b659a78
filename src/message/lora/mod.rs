//! LoRaWAN: an application port, application bytes, and how many of them a data rate carries
//! (TS001 §4.3, RP002).

mod payload_limit;
mod region;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

pub use payload_limit::PayloadLimit;
pub use region::{DataRate, Region};

use crate::error::{Code, Error};

/// An application downlink: a port and the bytes for it (TS001 §4.3).
///
/// The bytes are `FRMPayload` before encryption. There is at least one of them, and never more than
/// [`PayloadLimit::MOST`]; what a device's data rate carries is asked of its [`PayloadLimit`].
///
/// ```
/// use downlink::message::lora::{Downlink, FPort};
///
/// let downlink = Downlink::new(FPort::new(2)?, vec![0x01, 0x00, 0x02, 0x58])?;
/// assert_eq!(downlink.f_port().number(), 2);
/// assert_eq!(downlink.frm_payload(), [0x01, 0x00, 0x02, 0x58]);
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Downlink {
    f_port: FPort,
    frm_payload: Vec<u8>,
}

impl Downlink {
    /// A downlink of these bytes on this port.
    ///
    /// # Errors
    ///
    /// `encode/length` if there are no bytes: LoRaWAN could send them, the contract's `payloadHex`
    /// cannot. `limit/payload` if there are more than any data rate carries.
    pub fn new(f_port: FPort, frm_payload: Vec<u8>) -> Result<Self, Error> {
        if frm_payload.is_empty() {
            return Err(
                Error::new(Code::EncodeLength, "the payload is empty, expected a byte")
                    .expected("at least 1 byte")
                    .found("0 bytes"),
            );
        }
        PayloadLimit::most().check(frm_payload.len())?;
        Ok(Self {
            f_port,
            frm_payload,
        })
    }

    /// The port.
    #[must_use]
    pub fn f_port(&self) -> FPort {
        self.f_port
    }

    /// The bytes.
    #[must_use]
    pub fn frm_payload(&self) -> &[u8] {
        &self.frm_payload
    }

    /// The bytes, for keeping.
    #[must_use]
    pub fn into_frm_payload(self) -> Vec<u8> {
        self.frm_payload
    }
}

/// An application port: `FPort` from 1 to 223 (TS001 §4.3.2).
///
/// ```
/// use downlink::message::lora::FPort;
///
/// assert_eq!(FPort::new(85)?.to_string(), "85");
/// assert_eq!(
///     FPort::new(224).unwrap_err().to_string(),
///     "port 224 is that of the LoRaWAN test protocol, expected an application port, 1 to 223",
/// );
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct FPort(u8);

impl FPort {
    /// The lowest application port.
    pub const MIN: Self = Self(1);
    /// The highest application port.
    pub const MAX: Self = Self(223);

    /// The port of this number.
    ///
    /// # Errors
    ///
    /// `encode/port-range` if it is not an application port; the error says what it is instead.
    pub fn new(number: impl Into<i128>) -> Result<Self, Error> {
        let number = number.into();
        match u8::try_from(number) {
            Ok(port @ 1..=223) => Ok(Self(port)),
            Ok(0) => Err(no_application_port(number, "that of MAC commands")),
            Ok(224) => Err(no_application_port(
                number,
                "that of the LoRaWAN test protocol",
            )),
            Ok(_) => Err(no_application_port(
                number,
                "reserved for extensions of LoRaWAN",
            )),
            Err(_) => Err(no_application_port(number, "none that LoRaWAN has")),
        }
    }

    /// The number, from 1 to 223.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

#[cold]
fn no_application_port(number: i128, what: &str) -> Error {
    Error::new(
        Code::EncodePortRange,
        format!("port {number} is {what}, expected an application port, 1 to 223"),
    )
    .expected("1 to 223")
    .found(number.to_string())
}

impl TryFrom<u8> for FPort {
    type Error = Error;

    fn try_from(number: u8) -> Result<Self, Error> {
        Self::new(number)
    }
}

impl From<FPort> for u8 {
    fn from(port: FPort) -> Self {
        port.0
    }
}

impl<'de> Deserialize<'de> for FPort {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for FPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_application_ports_are_taken() {
        let taken: Vec<i128> = (-300..600)
            .filter(|&number: &i128| FPort::new(number).is_ok())
            .collect();
        assert_eq!(taken, (1..=223).collect::<Vec<i128>>());
    }

    #[test]
    fn a_refused_port_is_told_what_it_is() {
        let message = |number: i128| FPort::new(number).unwrap_err().to_string();
        assert!(message(0).contains("MAC commands"));
        assert!(message(224).contains("test protocol"));
        assert!(message(225).contains("reserved"));
        assert!(message(255).contains("reserved"));
        assert!(message(256).contains("none that LoRaWAN has"));
        assert!(message(-1).contains("none that LoRaWAN has"));
        assert!(message(i128::MAX).contains("none that LoRaWAN has"));
    }

    #[test]
    fn a_downlink_has_one_to_242_bytes() {
        let code = |len| Downlink::new(FPort::MIN, vec![0; len]).map_err(|error| error.code());
        assert_eq!(code(0), Err(Code::EncodeLength));
        assert!(code(1).is_ok());
        assert!(code(242).is_ok());
        assert_eq!(code(243), Err(Code::LimitPayload));
    }
}
