use std::fmt;

/// An answer of the relay (RFC 5321, section 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailReply {
    /// Three digits, of which the first says yes (2), go on (3), not now (4) or never (5).
    pub code: u16,
    /// What it says besides: its lines, without control characters.
    pub lines: Vec<String>,
}

impl MailReply {
    /// The first digit of the code.
    pub(crate) fn class(&self) -> u16 {
        self.code / 100
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.class() == 5
    }
}

impl fmt::Display for MailReply {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.code, self.lines.join(" "))
    }
}

/// One line of an answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ReplyLine {
    pub(crate) code: u16,
    /// Whether the answer ends here.
    pub(crate) is_last: bool,
    pub(crate) text: String,
}

impl ReplyLine {
    /// Reads a line, with or without its line end: three digits, a hyphen where more lines follow, and a text.
    pub(crate) fn parse(line: &[u8]) -> Option<Self> {
        let line = line.trim_ascii_end();
        let (digits, rest) = line.split_first_chunk::<3>()?;
        let code = digits.iter().try_fold(0, |code, digit| {
            let digit = digit.is_ascii_digit().then(|| digit - b'0')?;
            Some(code * 10 + u16::from(digit))
        })?;
        let (is_last, text) = match rest {
            [] => (true, rest),
            [b' ', text @ ..] => (true, text),
            [b'-', text @ ..] => (false, text),
            _ => return None,
        };
        (200..600).contains(&code).then(|| ReplyLine {
            code,
            is_last,
            text: printable(text),
        })
    }
}

fn printable(text: &[u8]) -> String {
    String::from_utf8_lossy(text)
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_are_read() {
        for (line, code, is_last, text) in [
            (&b"250 2.0.0 ok\r\n"[..], 250, true, "2.0.0 ok"),
            (b"250-PIPELINING\r\n", 250, false, "PIPELINING"),
            (b"354\r\n", 354, true, ""),
            (b"220 \r\n", 220, true, ""),
            (b"250-   \r\n", 250, false, ""),
            (b"550 a\x1B[31mb\xFF\n", 550, true, "a [31mb\u{FFFD}"),
        ] {
            let text = text.to_owned();
            assert_eq!(ReplyLine::parse(line), Some(ReplyLine { code, is_last, text }));
        }
    }

    #[test]
    fn what_is_no_answer_is_noticed() {
        for line in [
            &b""[..],
            b"\r\n",
            b"25\r\n",
            b"250ok\r\n",
            b"250_ok\r\n",
            b"650 ok\r\n",
            b"150 ok\r\n",
            b"2x0 ok\r\n",
            b"+OK\r\n",
            b"HTTP/1.1 400 Bad Request\r\n",
        ] {
            assert_eq!(ReplyLine::parse(line), None, "{line:?}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_none(line in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Some(read) = ReplyLine::parse(&line) {
                prop_assert!((200..600).contains(&read.code));
                prop_assert!(!read.text.chars().any(char::is_control));
            }
        }

        #[test]
        fn answers_are_read_as_they_were_written(code in 200_u16..600, is_last: bool, text in "[!-~]{0,9}[ -~]{0,9}[!-~]") {
            let line = format!("{code}{}{text}\r\n", if is_last { ' ' } else { '-' });
            prop_assert_eq!(ReplyLine::parse(line.as_bytes()), Some(ReplyLine { code, is_last, text }));
        }
    }
}
