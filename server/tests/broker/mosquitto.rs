//! A real mosquitto on a port of its own, which is ended with the test.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use tempfile::TempDir;
use tokio::sync::oneshot;

use super::soon;

/// How often another port is tried when somebody else was quicker.
const PORTS: usize = 5;

/// What mosquitto logs once it listens.
const READY: &str = " running";

/// A process, and who reads its log until it ends.
type Running = (Child, Option<JoinHandle<()>>);

pub(crate) struct Mosquitto {
    program: PathBuf,
    folder: TempDir,
    pub(crate) port: u16,
    process: Child,
    reader: Option<JoinHandle<()>>,
    log: Arc<Mutex<Vec<String>>>,
}

impl Mosquitto {
    /// A broker with these lines in its configuration. None if the program is not there, which a
    /// continuous integration does not accept.
    pub(crate) async fn start(lines: &str) -> Option<Self> {
        let program = find("mosquitto")?;
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::default();
        for _ in 0..PORTS {
            let port = free_port();
            fs::write(folder.path().join("mosquitto.conf"), config(port, lines)).unwrap();
            if let Some((process, reader)) = run(&program, &folder, &log).await {
                return Some(Self {
                    program,
                    folder,
                    port,
                    process,
                    reader,
                    log,
                });
            }
        }
        panic!("mosquitto does not start: {:?}", log.lock().unwrap());
    }

    /// A broker that lets nobody in but this user.
    pub(crate) async fn with_user(user: &str, password: &str) -> Option<Self> {
        let program = find("mosquitto_passwd")?;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("passwords");
        let mut command = Command::new(program);
        command.args(["-b", "-c"]).arg(&file).args([user, password]);
        assert!(command.status().unwrap().success());
        let lines = format!("allow_anonymous false\npassword_file {}\n", file.display());
        Self::start(&lines).await
    }

    /// A broker that speaks TLS, and the certificate that it shows; it is for these names.
    pub(crate) async fn with_certificate(names: &str) -> Option<(Self, Vec<u8>)> {
        let program = find("openssl")?;
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (
            folder.path().join("cert.pem"),
            folder.path().join("key.pem"),
        );
        let mut command = Command::new(program);
        command
            .args("req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1".split(' '));
        command
            .args("-days 2 -subj /CN=broker -addext basicConstraints=critical,CA:FALSE".split(' '));
        command
            .arg("-addext")
            .arg(format!("subjectAltName={names}"));
        command
            .arg("-out")
            .arg(&certificate)
            .arg("-keyout")
            .arg(&key);
        assert!(command.output().unwrap().status.success());
        let (shown, hidden) = (certificate.display(), key.display());
        let lines = format!("certfile {shown}\nkeyfile {hidden}\n");
        let broker = Self::start(&lines).await?;
        Some((broker, fs::read(&certificate).unwrap()))
    }

    /// Kills it: it has no time to say anything to anybody. What it logged is read to its end.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        let reader = self.reader.take().expect("it was running");
        reader.join().unwrap();
    }

    /// Starts it again on the same port; it has forgotten everything.
    pub(crate) async fn restart(&mut self) {
        let process = run(&self.program, &self.folder, &self.log).await;
        (self.process, self.reader) = process.expect("the port is still free");
    }

    /// Ends it, and gives what it received in all its lives.
    pub(crate) fn end(mut self) -> Received {
        self.kill();
        let log = std::mem::take(&mut *self.log.lock().unwrap());
        Received(log)
    }
}

/// The log of a broker that has ended.
pub(crate) struct Received(Vec<String>);

impl Received {
    /// How often a message of this topic came.
    pub(crate) fn count(&self, topic: &str) -> usize {
        let (verb, topic) = ("Received PUBLISH", format!("'{topic}'"));
        let lines = self.0.iter();
        lines
            .filter(|line| line.contains(verb) && line.contains(&topic))
            .count()
    }
}

impl Drop for Mosquitto {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the program is: daemons are not in everybody's path.
#[expect(clippy::print_stderr, reason = "what was left out is said aloud")]
fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders =
        std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]);
    let found = folders
        .map(|folder| folder.join(program))
        .find(|file| file.is_file());
    if found.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "`{program}` is not installed"
        );
        eprintln!("LEFT OUT: `{program}` is not installed, so MQTT is not tested against it");
    }
    found
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port()
}

fn config(port: u16, lines: &str) -> String {
    let mut config = format!("listener {port} 127.0.0.1\nuser root\npersistence false\n");
    config.push_str("log_dest stderr\nlog_type all\n");
    if !lines.contains("allow_anonymous") {
        config.push_str("allow_anonymous true\n");
    }
    writeln!(config, "{lines}").unwrap();
    config
}

/// Starts it and waits until it listens; none if it ended instead.
async fn run(
    program: &PathBuf,
    folder: &TempDir,
    log: &Arc<Mutex<Vec<String>>>,
) -> Option<Running> {
    let mut command = Command::new(program);
    command.arg("-c").arg(folder.path().join("mosquitto.conf"));
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut process = command.spawn().unwrap();
    let (ready, is_ready) = oneshot::channel();
    let stderr = process.stderr.take().unwrap();
    let log = Arc::clone(log);
    let reader = std::thread::spawn(move || read(stderr, ready, &log));
    if soon(is_ready).await.is_ok() {
        return Some((process, Some(reader)));
    }
    process.wait().unwrap();
    None
}

fn read(stderr: ChildStderr, ready: oneshot::Sender<()>, log: &Mutex<Vec<String>>) {
    let mut ready = Some(ready);
    for line in BufReader::new(stderr).lines() {
        let line = line.unwrap();
        if line.ends_with(READY) {
            let _ = ready.take().map(|ready| ready.send(()));
        }
        log.lock().unwrap().push(line);
    }
}
