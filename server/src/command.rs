//! The command line.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use downlink_server::caller::DemoTokens;
use downlink_server::clock::SystemClock;
use downlink_server::device::read_file;
use downlink_server::id::Client;
use downlink_server::service::{Mode, Service};
use downlink_server::settings::{Fault, Flags, Settings};
use downlink_server::store::Store;
use downlink_server::store::sqlite::SqliteStore;
use downlink_server::telemetry;

/// Accepts downlinks, encodes them, and hands them to devices.
#[derive(Debug, Parser)]
#[command(name = "downlinkd", version, about)]
pub struct Arguments {
    #[command(flatten)]
    flags: Flags,
    /// Accept and answer, but hand nothing over.
    #[arg(long)]
    paused: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the configuration and exit.
    CheckConfig,
    /// Devices.
    #[command(subcommand)]
    Devices(Devices),
    /// Print the OpenAPI document of all operations.
    Openapi,
}

#[derive(Debug, Subcommand)]
enum Devices {
    /// Check a device file, and take its devices, all or none.
    Import {
        /// The device file.
        file: PathBuf,
        /// Remove the devices that the file lacks.
        #[arg(long)]
        prune: bool,
        /// Owns the devices that have no `client`.
        #[arg(long)]
        client: Option<String>,
    },
}

/// Why the program ends without having done its work.
#[derive(Debug)]
pub enum Failure {
    /// Settings that are wrong.
    Settings(Vec<Fault>),
    /// Anything else, with its exit code.
    Other(u8, String),
}

const UNAVAILABLE: u8 = 69;
const BAD_INPUT: u8 = 65;
const CONFIG: u8 = 78;

impl Failure {
    /// Says why, and with which code the program ends (`sysexits.h`).
    #[must_use]
    pub fn report(self) -> ExitCode {
        let mut stderr = std::io::stderr().lock();
        let code = match &self {
            Self::Settings(faults) => {
                for fault in faults {
                    let _ = writeln!(stderr, "downlinkd: {fault}");
                }
                CONFIG
            }
            Self::Other(code, text) => {
                for line in text.lines() {
                    let _ = writeln!(stderr, "downlinkd: {line}");
                }
                *code
            }
        };
        ExitCode::from(code)
    }
}

fn other(code: u8) -> impl Fn(&dyn std::fmt::Display) -> Failure {
    move |error| Failure::Other(code, error.to_string())
}

/// Does what the command line says.
///
/// # Errors
///
/// Why it was not done.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let settings = Settings::load(&arguments.flags).map_err(Failure::Settings)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| other(UNAVAILABLE)(&error))?;
    match arguments.command {
        None => {
            telemetry::start_logs(&settings.log).map_err(|error| other(UNAVAILABLE)(&error))?;
            runtime.block_on(serve(&settings, mode(&arguments.flags, arguments.paused)?))
        }
        Some(Command::CheckConfig) => print("the configuration is sound"),
        Some(Command::Openapi) => openapi(),
        Some(Command::Devices(Devices::Import {
            file,
            prune,
            client,
        })) => {
            let usual = client.as_deref().map(Client::new);
            let usual = usual.or_else(|| arguments.flags.demo.then(|| DemoTokens::client("demo")));
            runtime.block_on(import(&settings, &file, prune, usual.as_ref()))
        }
    }
}

fn mode(flags: &Flags, paused: bool) -> Result<Mode, Failure> {
    match (flags.demo, paused) {
        (false, false) => Ok(Mode::Normal),
        (false, true) => Ok(Mode::Paused),
        #[cfg(feature = "demo")]
        (true, false) => Ok(Mode::Demo),
        #[cfg(not(feature = "demo"))]
        (true, false) => Err(Failure::Other(
            64,
            "this program was built without `demo`".into(),
        )),
        (true, true) => Err(Failure::Other(64, "`--demo` is not `--paused`".into())),
    }
}

async fn serve(settings: &Settings, mode: Mode) -> Result<(), Failure> {
    let service = Service::start(settings, mode).await;
    let service = service.map_err(|error| other(UNAVAILABLE)(&error))?;
    tracing::info!(api = %service.api, operator = %service.operator, "ready");
    if let Some(token) = &service.token {
        print(&greeting(&service, token))?;
    }
    stopped()
        .await
        .map_err(|error| other(UNAVAILABLE)(&error))?;
    tracing::info!("stopping");
    service.stop().await;
    Ok(())
}

/// Ends at the first signal to stop.
async fn stopped() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// What the demo says first: lines to paste.
fn greeting(service: &Service, token: &str) -> String {
    let api = service.api;
    let broker = service.broker.map(|broker| {
        let (host, port) = (broker.ip(), broker.port());
        format!("mosquitto_sub -h {host} -p {port} -t '#' -v\n")
    });
    let broker = broker.unwrap_or_default();
    format!(
        "downlinkd is a demo at http://{api}: LoRaWAN and SMS are simulated.\n\
         \n\
         See what its broker is told:\n\
         \n\
         {broker}\
         \n\
         Send a downlink:\n\
         \n\
         TOKEN={token}\n\
         curl -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \
         --data @examples/requests/shelly-gen2-switch.json http://{api}/downlinks"
    )
}

fn openapi() -> Result<(), Failure> {
    let document = downlink_server::http::openapi::document("http://127.0.0.1:8080");
    let document = document.map_err(|fault| other(70)(&fault))?;
    print(&document.to_string())
}

async fn import(
    settings: &Settings,
    file: &std::path::Path,
    prune: bool,
    usual: Option<&Client>,
) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file);
    let text = text.map_err(|error| Failure::Other(66, format!("{}: {error}", file.display())))?;
    let imported = read_file(&text, usual).map_err(|faults| {
        let faults = faults
            .iter()
            .map(|fault| format!("{}: {fault}", file.display()));
        Failure::Other(BAD_INPUT, faults.collect::<Vec<_>>().join("\n"))
    })?;
    let count = imported.devices.len();
    let opened = SqliteStore::open(&settings.store.path, Arc::new(SystemClock)).await;
    let (store, writer) = opened.map_err(|error| other(UNAVAILABLE)(&error))?;
    let writing = tokio::spawn(writer);
    let gone = store.import(imported.devices, prune).await;
    drop(store);
    let gone = gone.map_err(|error| other(UNAVAILABLE)(&error))?;
    writing.await.map_err(|error| other(70)(&error))?;
    print(&format!("{count} devices imported, {} removed", gone.len()))
}

fn print(text: &str) -> Result<(), Failure> {
    let written = writeln!(std::io::stdout().lock(), "{text}");
    written.map_err(|error| other(74)(&error))
}
