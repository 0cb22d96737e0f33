//! What the machine can do, without a server: writing and syncing one file, and sending one to a socket.

use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{fdatasync, sendfile};

use crate::report::{StreamCounts, StreamReport};

/// The file that is written over and over, or sent.
const FILE_BYTES: usize = 256 << 20;
const CHUNK_BYTES: usize = 1 << 20;

/// Writes so many bytes and syncs them, over and over, in a file that was allocated before. A "record" is a write.
///
/// # Errors
///
/// If the file can't be written.
pub fn write_and_sync(directory: &Path, bytes: usize, measured: Duration) -> io::Result<StreamReport> {
    let path = directory.join("written");
    let outcome = File::create(&path).and_then(|file| write_all(&file, bytes, measured));
    std::fs::remove_file(&path)?;
    outcome
}

fn write_all(file: &File, bytes: usize, measured: Duration) -> io::Result<StreamReport> {
    fill(file)?;
    let chunk = vec![b'x'; bytes];
    let places = (FILE_BYTES / bytes).max(1);
    let start = Instant::now();
    let mut counts = StreamCounts::default();
    while start.elapsed() < measured {
        let began = Instant::now();
        let place = counts.requests as usize % places;
        file.write_all_at(&chunk, (place * bytes) as u64)?;
        fdatasync(file)?;
        counts.latencies.record(began.elapsed());
        counts.requests += 1;
        counts.records += 1;
        counts.bytes += bytes as u64;
    }
    Ok(counts.report("write-and-sync", 0, start.elapsed().as_secs_f64()))
}

/// Sends a file that is in the page cache to so many loopback sockets, at least one, with `sendfile`.
///
/// # Errors
///
/// If the file can't be written or sent.
pub fn send_file(directory: &Path, connections: usize, measured: Duration) -> io::Result<StreamReport> {
    let path = directory.join("sent");
    let outcome = File::create(&path)
        .and_then(|file| fill(&file))
        .and_then(|()| send_all(&path, connections, measured));
    std::fs::remove_file(&path)?;
    outcome
}

fn send_all(path: &Path, connections: usize, measured: Duration) -> io::Result<StreamReport> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let start = Instant::now();
    let mut counts = StreamCounts::default();
    thread::scope(|scope| {
        let mut running = Vec::new();
        for _ in 0..connections {
            let mut receiver = TcpStream::connect(address)?;
            let (sender, _) = listener.accept()?;
            running.push(scope.spawn(move || send(path, &sender, start + measured)));
            scope.spawn(move || {
                let mut buffer = vec![0; CHUNK_BYTES];
                // What is not read any more is not sent either, and that is noticed there.
                while receiver.read(&mut buffer).is_ok_and(|read| read > 0) {}
            });
        }
        for sender in running {
            counts.bytes += sender.join().expect("senders don't panic")?;
        }
        Ok::<(), io::Error>(())
    })?;
    counts.records = counts.bytes / CHUNK_BYTES as u64;
    Ok(counts.report("send-file", connections, start.elapsed().as_secs_f64()))
}

fn send(path: &Path, socket: &TcpStream, end: Instant) -> io::Result<u64> {
    let file = File::open(path)?;
    let mut bytes = 0;
    while Instant::now() < end {
        let mut place = bytes % FILE_BYTES as u64;
        bytes += sendfile(socket, &file, Some(&mut place), CHUNK_BYTES)? as u64;
    }
    Ok(bytes)
}

fn fill(mut file: &File) -> io::Result<()> {
    let chunk = vec![b'x'; CHUNK_BYTES];
    for _ in 0..FILE_BYTES / CHUNK_BYTES {
        file.write_all(&chunk)?;
    }
    file.sync_all()
}
