//! Callers that are slow, or too many.

use std::io::ErrorKind;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::broker::soon;
use crate::downlinkd::{Downlinkd, Folder};

const REQUEST: &[u8] = b"GET /openapi.json HTTP/1.1\r\nhost: here\r\n\r\n";

/// What an answer begins with.
const OK: &[u8] = b"HTTP/1.1 200 OK\r\n";

async fn started(configuration: &str) -> Downlinkd {
    let folder = Folder::new("", "[devices]\n");
    folder.configure(configuration);
    folder.start().await
}

async fn connected(process: &Downlinkd) -> TcpStream {
    TcpStream::connect(process.api).await.unwrap()
}

#[tokio::test]
async fn who_does_not_finish_a_head_is_cut_off() {
    let process = started("[timing]\nheader_deadline = \"PT0.2S\"\n").await;
    let mut slow = connected(&process).await;
    slow.write_all(&REQUEST[..20]).await.unwrap();
    let mut rest = Vec::new();
    match soon(slow.read_to_end(&mut rest)).await {
        Ok(_) => assert!(!rest.starts_with(OK), "{rest:?}"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::ConnectionReset),
    }
}

/// Sends a request, and reads the whole answer.
async fn ask(stream: &mut TcpStream) {
    stream.write_all(REQUEST).await.unwrap();
    answered(stream).await;
}

async fn answered(stream: &mut TcpStream) {
    let mut answer = Vec::new();
    let read = async {
        while !is_whole(&answer) {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        }
    };
    soon(read).await;
    assert!(answer.starts_with(OK));
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let mut lengths = head
        .lines()
        .filter_map(|line| line.strip_prefix("content-length: "));
    let length: usize = lengths.next().unwrap().parse().unwrap();
    body.len() >= length
}

#[tokio::test]
async fn a_connection_too_many_waits_until_another_is_closed() {
    let folder = Folder::new("", "[devices]\n");
    folder.replace("[limits]\n", "[limits]\nconnections = 1\n");
    let process = folder.start().await;
    let mut first = connected(&process).await;
    ask(&mut first).await;
    let mut second = connected(&process).await;
    second.write_all(REQUEST).await.unwrap();
    ask(&mut first).await;
    let mut byte = [0];
    let early = second.try_read(&mut byte).unwrap_err();
    assert_eq!(early.kind(), ErrorKind::WouldBlock);
    drop(first);
    answered(&mut second).await;
}
