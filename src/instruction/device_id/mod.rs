//! Device identifiers: who an instruction is for.
//!
//! The schema `DeviceId` of the contract, and the URNs of RFC 9039 that it takes. Letters are taken
//! in upper and lower case.
//!
//! ```text
//! device-id = uuid | typed | urn ;
//! urn       = "urn:dev:", typed, [ ":" ] ;
//! typed     = "imei:", imei | "deveui:", eui | "dvnuuid:", uuid ;
//! imei      = 15 * digit, [ digit ] ;
//! eui       = 16 * hexdigit ;
//! uuid      = 8 * hexdigit, 3 * ( "-", 4 * hexdigit ), "-", 12 * hexdigit ;
//! name      = "urn:dev:", typed, ":", path ;      (* of a record in an instruction *)
//! ```

mod canonical;
mod digits;
mod fault;

use std::borrow::Cow;
use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::take_while_m_n;
use nom::character::complete::char;
use nom::combinator::{all_consuming, map_opt, opt};
use nom::error::ErrorKind;
use nom::sequence::{preceded, terminated};
use nom::{IResult, Parser};

use crate::error::Error;

use super::text_form;
pub(crate) use canonical::{DeviceText, write_upper_hex};
use fault::{malformed, no_device};

const URN: &str = "urn:dev:";
const IMEI: &str = "imei:";
const DEV_EUI: &str = "deveui:";
const DVN_UUID: &str = "dvnuuid:";

/// Digits of an IMEI, and of an IMEI with its software version (3GPP TS 23.003 §6.2).
const IMEI_DIGITS: (usize, usize) = (15, 16);
/// Digits of a 64-bit extended unique identifier.
const EUI_DIGITS: usize = 16;
/// Digits of a UUID, and the hyphens between its groups (RFC 9562 §4).
const UUID_LENGTH: usize = 36;

/// The device that an instruction is for.
///
/// Equal devices are equal whatever form they were written in. Written, a device has one form: the
/// URN with its type and EUI in upper case, a UUID in lower case, and a colon at the end.
///
/// ```
/// use downlink::instruction::DeviceId;
///
/// let device: DeviceId = "deveui:0059ac0000152a2b".parse()?;
/// assert_eq!(device, "urn:dev:deveui:0059AC0000152A2B".parse()?);
/// assert_eq!(device.to_string(), "urn:dev:DEVEUI:0059AC0000152A2B:");
/// # Ok::<(), downlink::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum DeviceId {
    /// The UUID of a device in KPN Things; it has no URN.
    Uuid(u128),
    /// The equipment identity of a mobile device.
    Imei(Imei),
    /// The EUI-64 of a LoRaWAN end device.
    DevEui(u64),
    /// The UUID of a device that is known by its device number.
    DvnUuid(u128),
}

/// An IMEI of 15 digits, or of 16 with a software version (3GPP TS 23.003 §6.2).
///
/// Its check digit is not checked: a network leaves it zero when it tells an IMEI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Imei {
    digits: u64,
    count: usize,
}

impl Imei {
    /// The IMEI with these digits; `None` if they are not 15 or 16 decimal digits.
    ///
    /// ```
    /// use downlink::instruction::Imei;
    ///
    /// let imei = Imei::new("001234567890123").unwrap();
    /// assert_eq!(imei.to_string(), "001234567890123");
    /// assert!(Imei::new("1234").is_none());
    /// ```
    #[must_use]
    pub fn new(digits: &str) -> Option<Self> {
        let (rest, imei) = imei(digits).ok()?;
        rest.is_empty().then_some(imei)
    }
}

impl DeviceId {
    /// Reads an identifier in any of its forms.
    ///
    /// # Errors
    ///
    /// [`Code::InstructionDeviceId`](crate::error::Code::InstructionDeviceId) with what is wrong with the form that was meant.
    pub fn parse(text: &str) -> Result<Self, Error> {
        match all_consuming(device_id).parse(text) {
            Ok((_, device)) => Ok(device),
            Err(_) => Err(malformed(text)),
        }
    }

    /// Reads the device at the start of a resolved name, and what stands behind it.
    ///
    /// # Errors
    ///
    /// [`Code::InstructionNoDevice`](crate::error::Code::InstructionNoDevice) if the name does not start with the URN of a device, and
    /// [`Code::InstructionDeviceId`](crate::error::Code::InstructionDeviceId) if it does, but the identifier is not well formed, or has no
    /// `:` behind it.
    ///
    /// ```
    /// use downlink::instruction::DeviceId;
    ///
    /// let (device, path) = DeviceId::split_name("urn:dev:DEVEUI:0059AC0000152A2B:relay/ro1")?;
    /// assert_eq!(device, DeviceId::DevEui(0x0059_AC00_0015_2A2B));
    /// assert_eq!(path, "relay/ro1");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn split_name(name: &str) -> Result<(Self, &str), Error> {
        match terminated(urn, char(':')).parse(name) {
            Ok((path, device)) => Ok((device, path)),
            Err(_) => Err(no_device(name)),
        }
    }

    /// Reads the device at the start of a resolved name that is still in two pieces: the base name
    /// and the name of the record (RFC 8428 §4.1).
    ///
    /// The path is put together only if both pieces have a part of it.
    ///
    /// # Errors
    ///
    /// Those of [`DeviceId::split_name`] for the whole name.
    ///
    /// ```
    /// use downlink::instruction::DeviceId;
    ///
    /// let (device, path) =
    ///     DeviceId::from_name_pieces("urn:dev:DEVEUI:0059AC0000152A2B:", "relay")?;
    /// assert_eq!(path, "relay");
    /// # Ok::<(), downlink::Error>(())
    /// ```
    pub fn from_name_pieces<'n>(
        base: &'n str,
        local: &'n str,
    ) -> Result<(Self, Cow<'n, str>), Error> {
        if let Some(device) = Self::from_base(base) {
            return Ok((device, Cow::Borrowed(local)));
        }
        if base.is_empty() {
            return Self::split_name(local).map(|(device, path)| (device, Cow::Borrowed(path)));
        }
        match terminated(urn, char(':')).parse(base) {
            Ok(("", device)) => Ok((device, Cow::Borrowed(local))),
            Ok((head, device)) if local.is_empty() => Ok((device, Cow::Borrowed(head))),
            Ok((head, device)) => Ok((device, Cow::Owned(format!("{head}{local}")))),
            Err(_) => {
                let name = format!("{base}{local}");
                let (device, path) = Self::split_name(&name)?;
                let start = local.len().saturating_sub(path.len());
                Ok((
                    device,
                    Cow::Borrowed(local.get(start..).unwrap_or_default()),
                ))
            }
        }
    }
}

fn device_id(input: &str) -> IResult<&str, DeviceId> {
    alt((
        uuid.map(DeviceId::Uuid),
        terminated(urn, opt(char(':'))),
        typed,
    ))
    .parse(input)
}

fn urn(input: &str) -> IResult<&str, DeviceId> {
    preceded(word(URN), typed).parse(input)
}

fn typed(input: &str) -> IResult<&str, DeviceId> {
    alt((
        preceded(word(DEV_EUI), eui).map(DeviceId::DevEui),
        preceded(word(IMEI), imei).map(DeviceId::Imei),
        preceded(word(DVN_UUID), uuid).map(DeviceId::DvnUuid),
    ))
    .parse(input)
}

fn imei(input: &str) -> IResult<&str, Imei> {
    let (fewest, most) = IMEI_DIGITS;
    let digits = take_while_m_n(fewest, most, |c: char| c.is_ascii_digit());
    map_opt(digits, canonical::imei).parse(input)
}

fn eui(input: &str) -> IResult<&str, u64> {
    map_opt(|input| split(input, EUI_DIGITS, |_| true), canonical::eui).parse(input)
}

fn uuid(input: &str) -> IResult<&str, u128> {
    map_opt(|input| split(input, UUID_LENGTH, |_| true), canonical::uuid).parse(input)
}

/// A word in upper or lower case.
fn word<'i>(
    expected: &'static str,
) -> impl Parser<&'i str, Output = &'i str, Error = nom::error::Error<&'i str>> {
    move |input: &'i str| {
        split(input, expected.len(), |head| {
            head.eq_ignore_ascii_case(expected)
        })
    }
}

/// The first bytes, if they are what is wanted, and the rest.
fn split(input: &str, length: usize, is_wanted: impl Fn(&str) -> bool) -> IResult<&str, &str> {
    match input.split_at_checked(length) {
        Some((head, rest)) if is_wanted(head) => Ok((rest, head)),
        _ => Err(nom::Err::Error(nom::error::Error::new(
            input,
            ErrorKind::Verify,
        ))),
    }
}

impl fmt::Display for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.to_text().as_str())
    }
}

impl fmt::Display for Imei {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:01$}", self.digits, self.count)
    }
}

text_form!(DeviceId);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const EUI: &str = "urn:dev:DEVEUI:0059AC0000152A2B:";
    const UUID: &str = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6";

    fn split(name: &str) -> Result<(String, &str), Code> {
        DeviceId::split_name(name)
            .map(|(device, path)| (device.to_string(), path))
            .map_err(|error| error.code())
    }

    #[test]
    fn every_form_gives_the_canonical_one() {
        for (text, canonical) in [
            (UUID.to_uppercase(), UUID.to_owned()),
            ("DevEui:0059ac0000152a2b".to_owned(), EUI.to_owned()),
            ("urn:dev:deveui:0059AC0000152a2b".to_owned(), EUI.to_owned()),
            (EUI.to_lowercase(), EUI.to_owned()),
            (
                "IMEI:001234567890123".to_owned(),
                "urn:dev:IMEI:001234567890123:".to_owned(),
            ),
            (
                "urn:dev:imei:0012345678901234".to_owned(),
                "urn:dev:IMEI:0012345678901234:".to_owned(),
            ),
            (
                format!("dvnuuid:{UUID}"),
                format!("urn:dev:DVNUUID:{UUID}:"),
            ),
            (
                format!("URN:DEV:DVNUUID:{UUID}:"),
                format!("urn:dev:DVNUUID:{UUID}:"),
            ),
        ] {
            assert_eq!(
                DeviceId::parse(&text).unwrap().to_string(),
                canonical,
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_identifier_is_refused() {
        let short = UUID.get(..35).unwrap();
        for text in [
            "",
            "0059AC0000152A2B",
            "deveui:0059AC0000152A2",
            "deveui:0059AC0000152A2B:",
            "deveui:0059AC0000152A2BC",
            "imei:12345678901234",
            "imei:12345678901234567",
            "imei:12345678901234a",
            "urn:dev:deveui:0059AC0000152A2B::",
            "urn:dev:ow:10e2073a01080063",
            "urn:dev:",
            &format!("dvnuuid:{short}"),
            &format!("{UUID}:"),
            &UUID.replace('-', ""),
            " imei:123456789012345",
            "imei:１２３４５６７８９０１２３４５",
        ] {
            let error = DeviceId::parse(text).unwrap_err();
            assert_eq!(error.code(), Code::InstructionDeviceId, "{text}");
        }
    }

    #[test]
    fn a_name_is_split_behind_the_colon_of_the_device() {
        assert_eq!(split(EUI), Ok((EUI.to_owned(), "")));
        assert_eq!(split(&format!("{EUI}a:b/c")), Ok((EUI.to_owned(), "a:b/c")));
        for name in [
            "",
            "relay",
            "deveui:0059AC0000152A2B:relay",
            "urn:dev:ow:10e2073a01080063:relay",
            "urn:dev:devui:00:a",
        ] {
            assert_eq!(split(name), Err(Code::InstructionNoDevice), "{name}");
        }
        for name in [
            "urn:dev:DEVEUI:0059AC0000152A2B",
            "urn:dev:DEVEUI:0059AC0000152A2Brelay",
            "urn:dev:DEVEUI:0059AC0000152A2:relay",
            "urn:dev:IMEI:12345678901234567:relay",
        ] {
            assert_eq!(split(name), Err(Code::InstructionDeviceId), "{name}");
        }
    }

    #[test]
    fn where_a_name_is_cut_into_base_and_local_does_not_matter() {
        let name = format!("{EUI}relay/ro1");
        for cut in 0..=name.len() {
            let (base, local) = name.split_at(cut);
            let (device, path) = DeviceId::from_name_pieces(base, local).unwrap();
            assert_eq!(
                (device.to_string().as_str(), path.as_ref()),
                (EUI, "relay/ro1"),
                "{cut}"
            );
        }
    }
}
