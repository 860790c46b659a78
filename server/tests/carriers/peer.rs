//! A peer that speaks just enough of MQTT to misbehave.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::broker::soon;

/// A peer that does what the test tells it to, and nothing else.
pub(crate) struct Peer(TcpListener);

impl Peer {
    pub(crate) async fn listen() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    /// Takes a connection and says nothing.
    pub(crate) async fn take(&self) -> Client {
        Client(soon(self.0.accept()).await.unwrap().0)
    }

    /// Takes a connection as a broker does.
    pub(crate) async fn greet(&self) -> Client {
        let mut client = self.take().await;
        assert_eq!(client.packet().await.kind, CONNECT);
        client.send(&[0x20, 2, 0, 0]).await;
        client
    }
}

pub(crate) const CONNECT: u8 = 1;
pub(crate) const PUBLISH: u8 = 3;
pub(crate) const PINGREQ: u8 = 12;

/// A packet: its type, and all that its length counts.
pub(crate) struct Packet {
    pub(crate) kind: u8,
    pub(crate) rest: Vec<u8>,
}

impl Packet {
    /// The identifier of a publish.
    pub(crate) fn identifier(&self) -> [u8; 2] {
        assert_eq!(self.kind, PUBLISH);
        let topic = usize::from(u16::from_be_bytes([self.rest[0], self.rest[1]]));
        [self.rest[2 + topic], self.rest[3 + topic]]
    }
}

/// The other end of a connection that the peer took.
pub(crate) struct Client(TcpStream);

impl Client {
    /// Waits for the first byte of a packet, which says what it is, and reads no further.
    pub(crate) async fn kind(&mut self) -> u8 {
        soon(self.0.read_u8()).await.unwrap() >> 4
    }

    pub(crate) async fn packet(&mut self) -> Packet {
        let kind = self.kind().await;
        let rest = self.rest_of_packet().await;
        Packet { kind, rest }
    }

    pub(crate) async fn rest_of_packet(&mut self) -> Vec<u8> {
        let mut rest = vec![0; self.length().await];
        soon(self.0.read_exact(&mut rest)).await.unwrap();
        rest
    }

    async fn length(&mut self) -> usize {
        let mut length = 0;
        for shift in [0, 7, 14, 21] {
            let byte = soon(self.0.read_u8()).await.unwrap();
            length |= usize::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return length;
            }
        }
        panic!("a length has four bytes");
    }

    pub(crate) async fn acknowledge(&mut self, packet: &Packet) {
        let [high, low] = packet.identifier();
        self.send(&[0x40, 2, high, low]).await;
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.unwrap();
    }
}
