//! What stands for payload codecs where the feature `js` is off.

use std::path::Path;

use downlink::encoder::RegistryBuilder;
use downlink::error::{Audience, Code, Diagnostic, Error, quote};
use downlink::instruction::DeviceId;
use downlink::message::lora::FPort;
use downlink::senml::UnixTime;

use crate::exit::Failure;

use super::Source;

/// There is none.
pub(crate) enum Codec {}

impl Codec {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        Err(off(path))
    }

    pub(crate) fn prove(&self, _: UnixTime) -> Result<(usize, Vec<Diagnostic>), Failure> {
        match *self {}
    }

    pub(crate) fn decode(
        &self,
        _: &[u8],
        _: Option<FPort>,
        _: UnixTime,
        _: Option<DeviceId>,
    ) -> Result<(String, Vec<Diagnostic>), Failure> {
        match *self {}
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "with the feature `js` it may fail"
)]
pub(crate) fn register(
    builder: RegistryBuilder,
    path: &Path,
    _: &str,
    _: Option<&str>,
) -> Result<(RegistryBuilder, Option<Failure>), Failure> {
    Ok((builder, Some(off(path))))
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "with the feature `js` it may take the script"
)]
pub(crate) fn refusal(path: &Path, _: &str) -> Option<Failure> {
    Some(off(path))
}

#[cold]
fn off(path: &Path) -> Failure {
    let name = path.display().to_string();
    let error = Error::new(
        Code::CodecFeature,
        format!(
            "`{}` is a script, which this build does not run",
            quote(&name)
        ),
    )
    .expected("a build with the feature `js`")
    .hint_for(
        Audience::Operator,
        "build without `--no-default-features`, or with `--features js`",
    );
    Failure::refused(error, Source::argument())
}
