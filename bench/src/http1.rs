//! HTTP/1.1 responses (RFC 9112), parsed only as far as a load generator needs: the status, where the body
//! ends, and whether the connection may be used again.

use std::borrow::Cow;

use memchr::memmem;

/// A response head longer than this is refused.
const HEAD_LIMIT: usize = 64 * 1024;
/// A response body longer than this is refused: the largest answer of the workloads is ten messages of 1 MiB.
const BODY_LIMIT: usize = 16 * 1024 * 1024;

/// One complete response at the start of a buffer.
#[derive(Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// The status code, three digits.
    pub status: u16,
    /// The body, without chunk framing.
    pub body: Cow<'a, [u8]>,
    /// Bytes of the buffer that this response takes up.
    pub length: usize,
    /// Whether another request may follow on this connection.
    pub keep_alive: bool,
}

/// Bytes that are not an HTTP/1.x response, or one beyond the limits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a usable HTTP response: {0}")]
pub struct BadResponse(&'static str);

enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

/// Reads the response at the start of `buffer`: `None` while it is incomplete. `closed` says that the peer will
/// send nothing more, which ends a body that has no length.
pub fn parse(buffer: &[u8], closed: bool) -> Result<Option<Response<'_>>, BadResponse> {
    let Some(end) = memmem::find(buffer, b"\r\n\r\n") else {
        return if buffer.len() > HEAD_LIMIT {
            Err(BadResponse("head too long"))
        } else {
            Ok(None)
        };
    };
    let start = end + 4;
    let (status, framing, keep_alive) = parse_head(&buffer[..end])?;
    let rest = &buffer[start..];
    let (body, taken) = match framing {
        Framing::Length(length) if length > BODY_LIMIT => return Err(BadResponse("body too long")),
        Framing::Length(length) if rest.len() < length => return Ok(None),
        Framing::Length(length) => (Cow::Borrowed(&rest[..length]), length),
        Framing::Chunked => match parse_chunks(rest)? {
            Some((body, taken)) => (Cow::Owned(body), taken),
            None => return Ok(None),
        },
        Framing::UntilClose if !closed => return Ok(None),
        Framing::UntilClose => (Cow::Borrowed(rest), rest.len()),
    };
    Ok(Some(Response {
        status,
        body,
        length: start + taken,
        keep_alive,
    }))
}

fn parse_head(head: &[u8]) -> Result<(u16, Framing, bool), BadResponse> {
    let persistent = match head.get(..9) {
        Some(b"HTTP/1.1 ") => true,
        Some(b"HTTP/1.0 ") => false,
        _ => return Err(BadResponse("no HTTP/1.x status line")),
    };
    let status = head
        .get(9..12)
        .and_then(decimal)
        .ok_or(BadResponse("no status code"))?;
    let mut framing = Framing::UntilClose;
    let mut keep_alive = persistent;
    for line in head.split(|&byte| byte == b'\n').skip(1) {
        let Some(colon) = memchr::memchr(b':', line) else {
            continue;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            framing = Framing::Length(decimal(value).ok_or(BadResponse("bad Content-Length"))?);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            framing = Framing::Chunked;
        } else if name.eq_ignore_ascii_case(b"connection") {
            keep_alive = value.eq_ignore_ascii_case(b"keep-alive")
                || (persistent && !value.eq_ignore_ascii_case(b"close"));
        }
    }
    let keep_alive = keep_alive && !matches!(framing, Framing::UntilClose);
    Ok((
        u16::try_from(status).map_err(|_| BadResponse("no status code"))?,
        framing,
        keep_alive,
    ))
}

/// A whole chunked body and the bytes it took, or `None` while it is incomplete.
fn parse_chunks(mut rest: &[u8]) -> Result<Option<(Vec<u8>, usize)>, BadResponse> {
    let available = rest.len();
    let mut body = Vec::new();
    loop {
        let Some(line) = memmem::find(rest, b"\r\n") else {
            return Ok(None);
        };
        let size = hexadecimal(&rest[..line]).ok_or(BadResponse("bad chunk size"))?;
        if body.len() + size > BODY_LIMIT {
            return Err(BadResponse("body too long"));
        }
        let Some(chunk) = rest.get(line + 2..line + 2 + size + 2) else {
            return Ok(None);
        };
        rest = &rest[line + 2 + size + 2..];
        if size == 0 {
            return Ok(Some((body, available - rest.len())));
        }
        body.extend_from_slice(&chunk[..size]);
    }
}

fn decimal(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn hexadecimal(line: &[u8]) -> Option<usize> {
    let digits = line.split(|&byte| byte == b';').next()?.trim_ascii();
    usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8], closed: bool) -> (u16, Vec<u8>, usize, bool) {
        let response = parse(bytes, closed).unwrap().unwrap();
        (
            response.status,
            response.body.to_vec(),
            response.length,
            response.keep_alive,
        )
    }

    #[test]
    fn reads_a_body_with_a_length() {
        let bytes = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1";
        assert_eq!(whole(bytes, false), (200, b"hello".to_vec(), 43, true));
    }

    #[test]
    fn reads_a_chunked_body() {
        let bytes =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n";
        assert_eq!(whole(bytes, false), (200, b"abcde".to_vec(), bytes.len(), true));
    }

    #[test]
    fn waits_for_every_byte() {
        for bytes in [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab"[..],
            b"HTTP/1.1 400 Bad Request\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        ] {
            for end in 0..bytes.len() {
                assert_eq!(parse(&bytes[..end], false), Ok(None), "at {end}");
            }
            assert!(parse(bytes, false).unwrap().is_some());
        }
    }

    #[test]
    fn a_body_without_length_ends_with_the_connection() {
        let bytes = b"HTTP/1.0 200 OK\r\n\r\nall of it";
        assert_eq!(parse(bytes, false), Ok(None));
        assert_eq!(
            whole(bytes, true),
            (200, b"all of it".to_vec(), bytes.len(), false)
        );
    }

    #[test]
    fn knows_when_the_connection_ends() {
        for (head, keep_alive) in [
            ("HTTP/1.1 200 OK\r\n", true),
            ("HTTP/1.1 200 OK\r\nConnection: close\r\n", false),
            ("HTTP/1.0 200 OK\r\n", false),
            ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n", true),
        ] {
            let bytes = format!("{head}Content-Length: 0\r\n\r\n");
            assert_eq!(whole(bytes.as_bytes(), false).3, keep_alive, "{head}");
        }
    }

    #[test]
    fn refuses_what_is_not_http() {
        for bytes in [
            &b"SSH-2.0-x\r\n\r\n"[..],
            b"HTTP/1.1 abc\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        ] {
            assert!(parse(bytes, false).is_err(), "{}", bytes.escape_ascii());
        }
        assert!(parse(&vec![b'a'; HEAD_LIMIT + 1], false).is_err());
    }
}
