use std::fs::{self, File};
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_rustls::rustls::pki_types::ServerName;

use self::certified::certified;
use super::*;

#[path = "../../tests/certified/mod.rs"]
mod certified;

/// More than a socket takes at once.
const FILE_BYTES: usize = 16 << 20;
/// Nothing here takes as long as that, unless it never happens.
const PATIENCE: Duration = Duration::from_secs(60);

struct Records {
    directory: TempDir,
    bytes: Vec<u8>,
    file: Arc<File>,
}

impl Records {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut bytes = Vec::with_capacity(FILE_BYTES);
        for number in 0..(FILE_BYTES / 8) as u64 {
            bytes.extend_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        }
        let path = directory.path().join("batches");
        File::create(&path).unwrap().write_all(&bytes).unwrap();
        Records {
            file: Arc::new(File::open(&path).unwrap()),
            directory,
            bytes,
        }
    }

    fn range(&self, position: usize, bytes: usize) -> FileRange {
        FileRange {
            file: Arc::clone(&self.file),
            position: position as u64,
            bytes,
        }
    }

    /// Ranges that begin and end anywhere, some of them longer than what a socket takes.
    fn ranges(&self) -> Vec<(usize, usize)> {
        let mut state = 1_u64;
        let mut next = |limit: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % limit
        };
        let mut ranges = vec![(0, FILE_BYTES), (FILE_BYTES - 1, 1), (4_095, 2), (0, PART_BYTES)];
        for limit in [10, 5_000, PART_BYTES + 10, 3 << 20].repeat(4) {
            let position = next(FILE_BYTES - limit);
            ranges.push((position, 1 + next(limit)));
        }
        ranges
    }
}

async fn connected() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (client, listener.accept().await.unwrap().0)
}

async fn encrypted() -> (impl AsyncRead + Unpin, TlsStream<TcpStream>) {
    let (connector, acceptor) = certified();
    let (near, far) = connected().await;
    let name = ServerName::try_from("localhost").unwrap();
    let (client, server) = tokio::join!(connector.connect(name, near), acceptor.accept(far));
    (client.unwrap(), server.unwrap())
}

/// Sends every range, with bytes from memory around it, and compares what comes out at the other end.
async fn assert_arrives(mut client: impl AsyncRead + Unpin, mut server: impl Transport, records: &Records) {
    for (position, bytes) in records.ranges() {
        let sending = async {
            server.write_all(b"before").await.unwrap();
            server.send_file(records.range(position, bytes)).await.unwrap();
            server.write_all(b"after").await.unwrap();
            server.flush().await.unwrap();
        };
        let mut received = vec![0; b"before".len() + bytes + b"after".len()];
        let exchange = async { tokio::join!(sending, client.read_exact(&mut received)).1 };
        timeout(PATIENCE, exchange).await.unwrap().unwrap();
        let expected = [b"before", &records.bytes[position..position + bytes], b"after"].concat();
        assert!(received == expected, "{bytes} bytes at {position}");
    }
}

#[tokio::test]
async fn the_same_bytes_arrive_encrypted_or_not() {
    let records = Records::new();
    let (client, server) = connected().await;
    assert_arrives(client, server, &records).await;
    let (client, server) = encrypted().await;
    assert_arrives(client, server, &records).await;
}

#[tokio::test]
async fn who_reads_slowly_gets_everything_of_a_file_that_is_removed_meanwhile() {
    let records = Records::new();
    let (mut client, mut server) = connected().await;
    let range = records.range(0, FILE_BYTES);
    let sending = tokio::spawn(async move { server.send_file(range).await });
    let mut received = vec![0; FILE_BYTES];
    let (first, rest) = received.split_at_mut(1 << 10);
    client.read_exact(first).await.unwrap();
    // Most of it can't have been sent.
    fs::remove_file(records.directory.path().join("batches")).unwrap();
    for part in rest.chunks_mut(100_000) {
        timeout(PATIENCE, client.read_exact(part)).await.unwrap().unwrap();
        tokio::task::yield_now().await;
    }
    sending.await.unwrap().unwrap();
    assert!(received == records.bytes);
}

#[tokio::test]
async fn a_client_that_goes_away_ends_it() {
    let records = Records::new();
    let (mut client, mut server) = connected().await;
    let range = records.range(0, FILE_BYTES);
    let sending = tokio::spawn(async move { server.send_file(range).await });
    client.read_exact(&mut [0; 10]).await.unwrap();
    drop(client);
    let error = timeout(PATIENCE, sending).await.unwrap().unwrap().unwrap_err();
    let expected = [io::ErrorKind::ConnectionReset, io::ErrorKind::BrokenPipe];
    assert!(expected.contains(&error.kind()), "{error}");
}

#[tokio::test]
async fn a_file_that_is_too_short_is_an_error() {
    let records = Records::new();
    let range = records.range(FILE_BYTES - 10, 11);
    let (_client, mut server) = connected().await;
    let error = server.send_file(range.clone()).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
    let (_client, mut server) = encrypted().await;
    let error = server.send_file(range).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}
