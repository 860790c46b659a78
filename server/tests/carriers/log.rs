//! Reads the log that a future writes.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;

#[derive(Clone, Default)]
pub(crate) struct Log {
    written: Arc<Mutex<Vec<u8>>>,
    more: Arc<Notify>,
}

impl Log {
    /// Takes everything that is logged, down to the last detail.
    pub(crate) fn dispatch(&self) -> tracing::Dispatch {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        subscriber.into()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.written.lock().unwrap().clone()).unwrap()
    }

    /// Waits until the log has so many lines with this text, and gives the last of them.
    pub(crate) async fn line(&self, count: usize, text: &str) -> String {
        loop {
            let log = self.text();
            let mut lines = log
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n'));
            if let Some(line) = lines
                .by_ref()
                .filter(|line| line.contains(text))
                .nth(count - 1)
            {
                return line.to_owned();
            }
            self.more.notified().await;
        }
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.lock().unwrap().extend_from_slice(bytes);
        self.more.notify_one();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
