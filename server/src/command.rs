//! The command line.

mod devices;
#[cfg(feature = "demo")]
mod token;

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use downlink_server::caller::DemoTokens;
use downlink_server::clock::Moment;
use downlink_server::id::Client;
use downlink_server::operation::{Operations, Refusal};
use downlink_server::service::{Mode, Service, StartError, offline};
use downlink_server::settings::{Fault, Flags, Settings};
use downlink_server::telemetry;

use devices::Devices;

/// Accepts downlinks, encodes them, and hands them to devices.
#[derive(Debug, Parser)]
#[command(name = "downlinkd", version, about)]
pub(crate) struct Arguments {
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
    Devices {
        /// Whose devices; of an import, owner of those that have no `client`.
        #[arg(long, global = true)]
        client: Option<String>,
        #[command(subcommand)]
        devices: Devices,
    },
    /// End what was accepted before a time and is open, in a store that was restored from a backup.
    ///
    /// Nothing is handed over. Run it before the service starts.
    Hold {
        /// The time, as RFC 3339 has it: 2026-11-29T18:00:00Z.
        #[arg(long, value_name = "TIME")]
        before: Moment,
    },
    /// Bring the schema of the store up to date and exit.
    Migrate,
    /// Print the OpenAPI document of all operations.
    Openapi,
    /// Print a token for the demo.
    #[cfg(feature = "demo")]
    Token(token::Token),
}

/// Why the program ends without having done its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Settings that are wrong.
    Settings(Vec<Fault>),
    /// Anything else, with its exit code.
    Other(u8, String),
}

const USAGE: u8 = 64;
const BAD_INPUT: u8 = 65;
const NO_INPUT: u8 = 66;
const UNAVAILABLE: u8 = 69;
const SOFTWARE: u8 = 70;
const IO: u8 = 74;
const CONFIG: u8 = 78;

impl Failure {
    /// Says why, and with which code the program ends (`sysexits.h`).
    #[must_use]
    pub(crate) fn report(self) -> ExitCode {
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
pub(crate) fn run(arguments: Arguments) -> Result<(), Failure> {
    let settings = Settings::load(&arguments.flags).map_err(Failure::Settings)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|error| other(UNAVAILABLE)(&error))?;
    match arguments.command {
        None => {
            telemetry::start_logs(&settings.log).map_err(|error| other(UNAVAILABLE)(&error))?;
            runtime.block_on(serve(&settings, mode(&arguments.flags, arguments.paused)?))
        }
        Some(Command::CheckConfig) => print("the configuration is valid"),
        Some(Command::Openapi) => openapi(),
        Some(Command::Hold { before }) => {
            let mode = mode(&arguments.flags, arguments.paused)?;
            runtime.block_on(hold(&settings, mode, before))
        }
        #[cfg(feature = "demo")]
        Some(Command::Token(token)) => token::run(&settings, arguments.flags.demo, &token),
        Some(Command::Migrate) => runtime.block_on(devices::migrate(&settings)),
        Some(Command::Devices { client, devices }) => {
            let client = client.as_deref().map(Client::new);
            let demo = || arguments.flags.demo.then(|| DemoTokens::client("demo"));
            let client = client.or_else(demo);
            let mode = mode(&arguments.flags, arguments.paused)?;
            runtime.block_on(devices::run(&settings, mode, devices, client.as_ref()))
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
        (true, true) => Err(Failure::Other(USAGE, "`--demo` is not `--paused`".into())),
    }
}

async fn serve(settings: &Settings, mode: Mode) -> Result<(), Failure> {
    // Before it says that it is ready: who waits for that may stop it at once.
    let stopped = stopped().map_err(|error| other(UNAVAILABLE)(&error))?;
    let service = Service::start(settings, mode).await;
    let service = service.map_err(|error| other(UNAVAILABLE)(&error))?;
    tracing::info!(api = %service.api, operator = %service.operator, "ready");
    if let Some(token) = &service.token {
        print(&greeting(&service, token))?;
    }
    stopped.await;
    tracing::info!("stopping");
    service.stop().await;
    Ok(())
}

/// Takes the signals to stop from now on; the future ends at the first.
fn stopped() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// What the demo says first: lines to paste.
fn greeting(service: &Service, token: &str) -> String {
    let (api, operator) = (service.api, service.operator);
    let broker = service.broker.map(|broker| {
        let (host, port) = (broker.ip(), broker.port());
        format!("mosquitto_sub -h {host} -p {port} -t '#' -v\n")
    });
    let broker = broker.unwrap_or_default();
    format!(
        "downlinkd is a demo at http://{api} (LoRaWAN and SMS are simulated).\n\
         Its health and metrics are at http://{operator}.\n\
         \n\
         See what its broker gets:\n\
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

async fn hold(settings: &Settings, mode: Mode, before: Moment) -> Result<(), Failure> {
    let hold = async |operations: Arc<Operations>| operations.hold(before).await;
    let count = with_operations(settings, mode, hold).await?;
    print(&format!(
        "{} downlinks were ended",
        count.map_err(|refusal| refused(&refusal))?
    ))
}

/// Asks the store of a service that does not run.
async fn with_operations<T>(
    settings: &Settings,
    mode: Mode,
    ask: impl AsyncFnOnce(Arc<Operations>) -> T,
) -> Result<T, Failure> {
    // A fault is told by the log alone.
    telemetry::start_logs(&settings.log).map_err(|error| other(UNAVAILABLE)(&error))?;
    let offline = offline(settings, mode).await;
    let (operations, writer) = offline.map_err(|error| not_started(&error))?;
    // The writer ends once the operations are dropped, with all that was asked of it on disk.
    let (asked, ()) = tokio::join!(ask(operations), writer);
    Ok(asked)
}

fn not_started(error: &StartError) -> Failure {
    let code = match error {
        StartError::Missing(_) | StartError::Key(_) => CONFIG,
        _ => UNAVAILABLE,
    };
    other(code)(error)
}

fn refused(refusal: &Refusal) -> Failure {
    let text = match refusal {
        Refusal::StoreGone => "the store cannot be reached",
        _ => "an internal fault: the log has more",
    };
    Failure::Other(code(refusal), text.to_owned())
}

fn code(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::StoreGone => UNAVAILABLE,
        _ => SOFTWARE,
    }
}

fn openapi() -> Result<(), Failure> {
    let document = downlink_server::http::openapi::document("http://127.0.0.1:8080");
    let document = document.map_err(|fault| other(SOFTWARE)(&fault))?;
    print(&document.to_string())
}

fn print(text: &str) -> Result<(), Failure> {
    let written = writeln!(std::io::stdout().lock(), "{text}");
    written.map_err(|error| other(IO)(&error))
}
