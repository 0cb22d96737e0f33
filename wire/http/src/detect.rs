use std::io;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt};

/// How the HTTP/2 connection preface begins (RFC 9113, section 3.4); no HTTP/1.1 method does.
const PREFACE: &[u8] = b"PRI ";

/// Enough for the head of an ordinary first request, so that it is read at once.
const FIRST_READ_BYTES: usize = 4 * 1024;

/// The HTTP version a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Version {
    Http1,
    Http2,
}

/// Reads until it is clear which version the client speaks; returns what was read, to be read again.
pub(crate) async fn detect(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<(Version, BytesMut)> {
    let mut bytes = BytesMut::with_capacity(FIRST_READ_BYTES);
    loop {
        let read = stream.read_buf(&mut bytes).await?;
        if bytes.starts_with(PREFACE) {
            return Ok((Version::Http2, bytes));
        }
        if read == 0 || !PREFACE.starts_with(&bytes) {
            return Ok((Version::Http1, bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use tokio::io::AsyncWriteExt;

    use super::*;

    #[tokio::test]
    async fn tells_versions_apart_however_the_bytes_arrive() {
        for (input, expected) in [
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Version::Http2),
            ("PUT / HTTP/1.1\r\n", Version::Http1),
            ("PRINT / HTTP/1.1\r\n", Version::Http1),
            ("GET", Version::Http1),
            ("P", Version::Http1),
            ("", Version::Http1),
        ] {
            let (mut client, mut server) = tokio::io::duplex(1);
            let mut write = pin!(async {
                // Reading stops early, so that the rest of the bytes has nowhere to go.
                let _ = client.write_all(input.as_bytes()).await;
                drop(client);
                std::future::pending::<()>().await;
            });
            let (version, bytes) = tokio::select! {
                found = detect(&mut server) => found.unwrap(),
                () = &mut write => unreachable!("never finishes"),
            };
            assert_eq!(version, expected, "{input:?}");
            assert!(input.as_bytes().starts_with(&bytes));
        }
    }
}
