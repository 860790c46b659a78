//! Base names whose device is known.

use std::borrow::Cow;

use crate::error::Error;

use super::DeviceId;

/// A base name that is just a device, as most are, to be read once for all its records.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownBase<'p> {
    name: &'p str,
    device: DeviceId,
}

impl<'p> KnownBase<'p> {
    /// The device of a name and the path behind it.
    pub(super) fn split(
        known: &mut Option<Self>,
        base: &'p str,
        local: &'p str,
    ) -> Result<(DeviceId, Cow<'p, str>), Error> {
        if let Some(known) = known
            .as_ref()
            .filter(|known| std::ptr::eq(known.name, base))
        {
            return Ok((known.device, Cow::Borrowed(local)));
        }
        let (device, path) = DeviceId::from_name_pieces(base, local)?;
        let path_is_local = path.len() == local.len();
        if !base.is_empty() && path_is_local {
            *known = Some(Self { name: base, device });
        }
        Ok((device, path))
    }
}
