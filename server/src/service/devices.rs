//! The device file that is imported at each start.

use crate::device::read_file;
use crate::id::Client;
use crate::operation::Operations;
use crate::settings::Settings;

use super::build::StartError;

/// Takes the devices of the configured file, else of the usual text; who owns those without `client`
/// may be said.
pub(super) async fn import(
    settings: &Settings,
    operations: &Operations,
    usual: Option<(&str, &Client)>,
) -> Result<(), StartError> {
    let read;
    let text = match (&settings.devices.file, usual) {
        (Some(path), _) => {
            let unreadable = |error| StartError::Devices(format!("{}: {error}", path.display()));
            read = std::fs::read_to_string(path).map_err(unreadable)?;
            &*read
        }
        (None, Some((text, _))) => text,
        (None, None) => return Ok(()),
    };
    let (usual, registry) = (
        usual.map(|(_, client)| client),
        operations.engine.registry(),
    );
    let imported = read_file(text, usual, &operations.sealer, &registry).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        StartError::Devices(faults.join("\n"))
    })?;
    let taken = operations.import(imported.devices, false).await;
    taken
        .map(drop)
        .map_err(|error| StartError::Devices(error.to_string()))
}
