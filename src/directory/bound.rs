//! Bindings as directories hand them out.

use std::ops::Deref;
use std::sync::Arc;

use super::Binding;

/// The binding of a device, as a directory has it: lent, where the directory keeps it, or shared,
/// where it comes from a cache, a database or behind a lock.
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::{Arc, Mutex};
///
/// use downlink::Error;
/// use downlink::directory::{Binding, Bound, Directory};
/// use downlink::instruction::DeviceId;
///
/// /// Bindings that change while messages are encoded.
/// struct Cache(Mutex<HashMap<DeviceId, Arc<Binding>>>);
///
/// impl Directory for Cache {
///     fn binding(&self, device: DeviceId) -> Result<Bound<'_>, Error> {
///         let mut known = self.0.lock().unwrap();
///         let binding = known.entry(device).or_insert_with(|| Binding::new("generic/raw").into());
///         Ok(Bound::Shared(Arc::clone(binding)))
///     }
/// }
///
/// let cache = Cache(Mutex::default());
/// assert_eq!(cache.binding("deveui:0059ac0000152a2b".parse()?)?.encoder(), "generic/raw");
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug)]
pub enum Bound<'d> {
    /// Lent for as long as the directory is.
    Lent(&'d Binding),
    /// Shared with whoever else has it.
    Shared(Arc<Binding>),
}

impl Deref for Bound<'_> {
    type Target = Binding;

    #[inline]
    fn deref(&self) -> &Binding {
        match self {
            Self::Lent(binding) => binding,
            Self::Shared(binding) => binding,
        }
    }
}
