/// A message as it follows DATA: its end is a dot on a line, so lines that begin with a dot get another (RFC 5321, section 4.5.2).
///
/// The message's lines end with CRLF, the last perhaps without.
pub(crate) fn with_end(message: &[u8]) -> Vec<u8> {
    let mut sent = Vec::with_capacity(message.len() + message.len() / 64 + 5);
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            sent.push(b'.');
        }
        sent.extend_from_slice(line);
    }
    if !message.is_empty() && !message.ends_with(b"\r\n") {
        sent.extend_from_slice(b"\r\n");
    }
    sent.extend_from_slice(b".\r\n");
    sent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_is_a_dot_on_a_line() {
        for (message, expected) in [
            ("", ".\r\n"),
            ("a", "a\r\n.\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            (".", "..\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("a\r\n.\r\nb.\r\n..c", "a\r\n..\r\nb.\r\n...c\r\n.\r\n"),
        ] {
            assert_eq!(with_end(message.as_bytes()), expected.as_bytes(), "{message:?}");
        }
    }
}
