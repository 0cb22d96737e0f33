//! What a connection goes over, and how parts of files get there.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;

use ninefold_kafka_protocol::FileRange;
use rustix::fs::sendfile;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, Interest};
use tokio::net::TcpStream;
use tokio::task::spawn_blocking;
use tokio_rustls::server::TlsStream;

/// So much of a file is sent or read at once.
const PART_BYTES: usize = 256 << 10;

/// A stream of bytes to a client.
pub(crate) trait Transport: AsyncRead + AsyncWrite + Unpin + Send {
    /// Writes a part of a file. The file may have been removed, but not have become shorter.
    fn send_file(&mut self, range: FileRange) -> impl Future<Output = io::Result<()>> + Send;
}

/// From the page cache to the socket, without going through our memory.
impl Transport for TcpStream {
    async fn send_file(&mut self, mut range: FileRange) -> io::Result<()> {
        let stream = &*self;
        while range.bytes > 0 {
            let socket = stream.as_fd().try_clone_to_owned()?;
            // Where the disk may be waited for.
            range = spawn_blocking(move || send_until_full(&socket, range)).await??;
            if range.bytes > 0 {
                // The socket was full. It has to refuse once more here, for only then will it tell that it has room.
                let send = || send_part(stream, &range);
                let sent = stream.async_io(Interest::WRITABLE, send).await?;
                range.advance(sent);
            }
        }
        Ok(())
    }
}

/// Nothing but our memory can be encrypted.
impl Transport for TlsStream<TcpStream> {
    async fn send_file(&mut self, mut range: FileRange) -> io::Result<()> {
        while range.bytes > 0 {
            let part = range.clone();
            let bytes = spawn_blocking(move || read_part(&part)).await??;
            self.write_all(&bytes).await?;
            range.advance(bytes.len());
        }
        Ok(())
    }
}

/// Sends until everything is sent or the socket takes no more; what is left.
fn send_until_full(socket: &OwnedFd, mut range: FileRange) -> io::Result<FileRange> {
    while range.bytes > 0 {
        match send_part(socket, &range) {
            Ok(sent) => range.advance(sent),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => return Err(error),
        }
    }
    Ok(range)
}

/// Sends some of a range, at least one byte.
fn send_part(socket: impl AsFd, range: &FileRange) -> io::Result<usize> {
    let mut position = range.position;
    match sendfile(
        socket,
        &range.file,
        Some(&mut position),
        range.bytes.min(PART_BYTES),
    )? {
        0 => Err(too_short(range)),
        sent => Ok(sent),
    }
}

fn read_part(range: &FileRange) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; range.bytes.min(PART_BYTES)];
    range
        .file
        .read_exact_at(&mut bytes, range.position)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => too_short(range),
            _ => error,
        })?;
    Ok(bytes)
}

/// The client can't be told any more, as the frame has begun.
fn too_short(range: &FileRange) -> io::Error {
    tracing::error!(?range, "a file of records is shorter than it was");
    io::ErrorKind::UnexpectedEof.into()
}

#[cfg(test)]
mod tests;
