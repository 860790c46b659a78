//! A `downlinkd` of its own folder, which ends with the test.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

use crate::broker::soon;
use crate::client::Client;
use crate::issuer;

/// How often a test looks whether a process has ended.
const LOOK: Duration = Duration::from_millis(5);

/// Where a service keeps all that it has, and what it is told.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A folder with a configuration for quick tests, and these devices.
    pub(crate) fn new(mqtt: &str, devices: &str) -> Self {
        let folder = Self::empty_with_keys(mqtt);
        folder.import(devices);
        folder
    }

    /// The same without devices.
    pub(crate) fn empty_with_keys(mqtt: &str) -> Self {
        let folder = Self::empty();
        folder.write("downlinkd.toml", configuration(mqtt));
        folder.write("store.key", [7; 32]);
        folder.write("jwks.json", issuer::jwks());
        folder
    }

    pub(crate) fn import(&self, devices: &str) {
        self.write("devices.toml", devices);
        let imported = self.run(&["devices", "import", "devices.toml"]);
        assert!(imported.status.success(), "{}", text(&imported.stderr));
    }

    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path().join(name), content).unwrap();
    }

    /// Adds lines to the configuration.
    pub(crate) fn configure(&self, lines: &str) {
        let mut file = std::fs::read_to_string(self.path().join("downlinkd.toml")).unwrap();
        file.push_str(lines);
        self.write("downlinkd.toml", file);
    }

    /// Replaces a text of the configuration.
    pub(crate) fn replace(&self, old: &str, new: &str) {
        let file = std::fs::read_to_string(self.path().join("downlinkd.toml")).unwrap();
        assert!(file.contains(old));
        self.write("downlinkd.toml", file.replace(old, new));
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_downlinkd"));
        command.current_dir(self.path()).args(arguments);
        command.stdin(Stdio::null());
        command
    }

    /// Runs a process to its end, which must come by itself.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Starts the service, and waits until it is ready.
    pub(crate) async fn start(&self) -> Downlinkd {
        Downlinkd::start(self.command(&[])).await
    }

    /// Starts the demo on ports that the system picks, with a log for programs.
    pub(crate) async fn demo(&self) -> Downlinkd {
        let mut command = self.command(&["--demo", "--listen", "127.0.0.1:0"]);
        command.args(["--store", "demo.sqlite"]);
        command.env("DOWNLINKD_LOG_FORMAT", "json");
        Downlinkd::start(command).await
    }
}

/// Quick, and open to nobody but the test's issuer.
fn configuration(mqtt: &str) -> String {
    let mut text = String::from(
        "listen = { api = \"127.0.0.1:0\", operator = \"127.0.0.1:0\" }\n\
         store = { path = \"store.sqlite\", key_file = \"store.key\" }\n\
         log = { format = \"json\" }\n\
         [limits]\n\
         client_rate = 100000\nclient_burst = 100000\nclient_in_flight = 1000\n\
         peer_rate = 100000\npeer_burst = 100000\npeer_in_flight = 1000\n",
    );
    writeln!(text, "{}", issuer::configuration()).unwrap();
    writeln!(text, "[mqtt]\n{mqtt}").unwrap();
    text
}

/// Lines that a process has written so far.
type Lines = Arc<Mutex<Vec<String>>>;

/// A process that serves.
pub(crate) struct Downlinkd {
    process: Child,
    pub(crate) api: SocketAddr,
    pub(crate) operator: SocketAddr,
    out: Lines,
    log: Lines,
    readers: Vec<JoinHandle<()>>,
}

impl Downlinkd {
    async fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let (out, log) = (Lines::default(), Lines::default());
        let (ready, is_ready) = oneshot::channel();
        let mut ready = Some(ready);
        let told = move |line: &str| {
            if let Some(addresses) = addresses(line) {
                let _ = ready.take().map(|ready| ready.send(addresses));
            }
        };
        let readers = vec![
            follow(process.stdout.take().unwrap(), &out, |_| {}),
            follow(process.stderr.take().unwrap(), &log, told),
        ];
        let Ok((api, operator)) = soon(is_ready).await else {
            panic!("it does not start: {:#?}", log.lock().unwrap());
        };
        Self {
            process,
            api,
            operator,
            out,
            log,
            readers,
        }
    }

    pub(crate) fn client(&self, token: &str) -> Client {
        Client {
            address: self.api,
            token: token.to_owned(),
        }
    }

    /// Asks on the operator's listener.
    pub(crate) fn operators_client(&self) -> Client {
        Client {
            address: self.operator,
            token: String::new(),
        }
    }

    /// What it printed, once a line begins so; all of it so far.
    pub(crate) async fn printed(&self, beginning: &str) -> String {
        let printed = async {
            loop {
                let lines = self.out.lock().unwrap().clone();
                if lines.iter().any(|line| line.starts_with(beginning)) {
                    return lines.join("\n");
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        soon(printed).await
    }

    /// Waits until it has logged a text.
    pub(crate) async fn logged(&self, text: &str) {
        let logged = async {
            while !self
                .log
                .lock()
                .unwrap()
                .iter()
                .any(|line| line.contains(text))
            {
                tokio::time::sleep(LOOK).await;
            }
        };
        soon(logged).await;
    }

    /// Kills it: it has no time to write anything down.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.read_all();
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        let mut kill = Command::new("kill");
        kill.arg("-TERM").arg(self.process.id().to_string());
        assert!(kill.status().unwrap().success());
    }

    /// Waits until it has ended by itself.
    pub(crate) async fn ended(mut self) -> Ended {
        let ended = async {
            loop {
                if let Some(status) = self.process.try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(LOOK).await;
            }
        };
        let status = soon(ended).await;
        self.read_all();
        let log = self.log.lock().unwrap().join("\n");
        Ended { status, log }
    }

    fn read_all(&mut self) {
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
    }
}

/// A process that has ended by itself.
pub(crate) struct Ended {
    pub(crate) status: ExitStatus,
    pub(crate) log: String,
}

impl Drop for Downlinkd {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where it can be reached, if the line of its log says so.
fn addresses(line: &str) -> Option<(SocketAddr, SocketAddr)> {
    let line: Value = serde_json::from_str(line).ok()?;
    let fields = &line["fields"];
    let address = |name: &str| fields[name].as_str()?.parse().ok();
    Some((address("api")?, address("operator")?))
}

/// Keeps what a process writes until it ends.
fn follow(
    stream: impl Read + Send + 'static,
    lines: &Lines,
    mut told: impl FnMut(&str) + Send + 'static,
) -> JoinHandle<()> {
    let lines = Arc::clone(lines);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            let line = line.unwrap();
            told(&line);
            lines.lock().unwrap().push(line);
        }
    })
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
