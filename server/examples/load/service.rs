//! The service in a process of its own, which is this program started once more.

use std::io::{BufRead, BufReader, sink, stdin};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use downlink_server::service::{Mode, Service};
use downlink_server::settings::Settings;

use crate::folder::Folder;

/// The argument that starts the service.
pub(crate) const SERVE: &str = "serve";

/// Clock ticks of `/proc/PID/stat`: 100 a second on all of Linux' usual machines.
const TICKS: u64 = 100;

/// Serves until its standard input ends.
pub(crate) async fn serve(folder: &Path, mode: &str) {
    let text = std::fs::read_to_string(folder.join("downlinkd.toml")).unwrap();
    let settings = Settings::read(Some(("downlinkd.toml", &text)), std::iter::empty()).unwrap();
    let mode = match mode {
        "paused" => Mode::Paused,
        _ => Mode::Demo,
    };
    let service = Service::start(&settings, mode).await.unwrap();
    println!("{}", service.api);
    let ended = tokio::task::spawn_blocking(|| std::io::copy(&mut stdin(), &mut sink()));
    ended.await.unwrap().unwrap();
    service.stop().await;
}

/// A service that runs.
pub(crate) struct Running {
    process: Child,
    pub(crate) api: SocketAddr,
}

impl Running {
    /// Starts it: `paused` hands nothing over, `demo` hands over to a broker of its own.
    pub(crate) fn start(folder: &Folder, mode: &str) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.arg(SERVE).arg(folder.root()).arg(mode);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(process.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        Self {
            process,
            api: line.trim().parse().unwrap(),
        }
    }

    /// Memory of the process, in MiB: now, and the most that it was.
    pub(crate) fn memory(&self) -> (u64, u64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.unwrap();
        let mib = |name: &str| {
            let line = status.lines().find(|it| it.starts_with(name)).unwrap();
            let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
            kib / 1024
        };
        (mib("VmRSS:"), mib("VmHWM:"))
    }

    /// Time of processors that it has taken, in milliseconds.
    pub(crate) fn work(&self) -> u64 {
        work(&self.process.id().to_string())
    }

    pub(crate) fn stop(mut self) {
        drop(self.process.stdin.take());
        assert!(self.process.wait().unwrap().success());
    }
}

/// Time of processors that this program has taken, in milliseconds.
pub(crate) fn own_work() -> u64 {
    work("self")
}

fn work(process: &str) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The name of the program stands in parentheses and may hold anything.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    let ticks: u64 = [11, 12]
        .map(|it: usize| fields[it].parse::<u64>().unwrap())
        .iter()
        .sum();
    ticks * 1_000 / TICKS
}
