//! A pull parser for JSON ([RFC 8259]): the caller says what it wants to see of a text, and skips the rest.
//!
//! What is skipped is validated all the same, so that what is JSON doesn't depend on who asks.
//!
//! [RFC 8259]: https://www.rfc-editor.org/rfc/rfc8259

use std::borrow::Cow;

/// The deepest nesting that is read.
pub(crate) const MAXIMUM_DEPTH: usize = 128;

/// Of each byte, whether it doesn't stand for itself in a string: quotes, backslashes and control characters.
const ENDS_PLAIN_TEXT: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table
};

/// How many bytes of a string there are before one that doesn't stand for itself, looked through eight at a time.
fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const TOPS: u64 = ONES << 7;
    let (words, rest) = bytes.as_chunks::<8>();
    for (number, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        // The top bit of the lowest byte that is less than a limit is set in the difference; of higher ones it may be too.
        let less_than = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & TOPS;
        let equal_to = |byte: u8| less_than(word ^ (ONES * u64::from(byte)), 1);
        let ends = less_than(word, 0x20) | equal_to(b'"') | equal_to(b'\\');
        if ends != 0 {
            return number * 8 + ends.trailing_zeros() as usize / 8;
        }
    }
    let plain = rest.iter().position(|byte| ENDS_PLAIN_TEXT[usize::from(*byte)]);
    bytes.len() - rest.len() + plain.unwrap_or(rest.len())
}

/// Where a text stopped being JSON, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at byte {position}")]
pub(crate) struct JsonError {
    pub(crate) problem: Problem,
    pub(crate) position: usize,
}

/// Why a text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Problem {
    #[error("a value was expected")]
    Value,
    #[error("an object was expected")]
    Object,
    #[error("an array was expected")]
    Array,
    #[error("a string was expected")]
    Name,
    #[error("':' was expected")]
    Colon,
    #[error("',' or '}}' was expected")]
    ObjectSeparator,
    #[error("',' or ']' was expected")]
    ArraySeparator,
    #[error("a digit was expected")]
    Digit,
    #[error("a control character in a string")]
    ControlCharacter,
    #[error("a string has no end")]
    Unterminated,
    #[error("an invalid escape")]
    Escape,
    #[error("the nesting is too deep")]
    TooDeep,
    #[error("the text goes on after the value")]
    Trailing,
}

impl Problem {
    /// Whether an entry was complete, and something had to separate it from the next.
    pub(crate) fn is_about_separator(self) -> bool {
        matches!(self, Self::ObjectSeparator | Self::ArraySeparator)
    }
}

/// What a value begins like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Object,
    Array,
    String,
    Number,
    True,
    False,
    Null,
}

/// Reads a text from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    position: usize,
    depth: usize,
}

/// The members of an object that is being read.
#[derive(Debug)]
#[must_use = "an object has to be read to its end"]
pub(crate) struct Members {
    first: bool,
}

/// The elements of an array that is being read.
#[derive(Debug)]
#[must_use = "an array has to be read to its end"]
pub(crate) struct Elements {
    first: bool,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self {
            text,
            position: 0,
            depth: 0,
        }
    }

    /// The kind of the value that comes next, which stays unread.
    pub(crate) fn peek(&mut self) -> Result<Kind, JsonError> {
        match self.next_byte() {
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::Array),
            Some(b'"') => Ok(Kind::String),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't') => Ok(Kind::True),
            Some(b'f') => Ok(Kind::False),
            Some(b'n') => Ok(Kind::Null),
            _ => self.fail(Problem::Value),
        }
    }

    /// Whether the text is an object, which stays unread. Anything else is read to the end.
    pub(crate) fn is_object(&mut self) -> Result<bool, JsonError> {
        if self.peek()? == Kind::Object {
            return Ok(true);
        }
        self.skip()?;
        self.end()?;
        Ok(false)
    }

    /// Begins the object that comes next.
    pub(crate) fn object(&mut self) -> Result<Members, JsonError> {
        self.expect(b'{', Problem::Object)?;
        self.descend()?;
        Ok(Members { first: true })
    }

    /// The name of an object's next member, whose value comes next; `None` at the end of the object.
    pub(crate) fn member(&mut self, members: &mut Members) -> Result<Option<Cow<'a, str>>, JsonError> {
        if self.next_byte() == Some(b'}') {
            self.position += 1;
            self.depth -= 1;
            return Ok(None);
        }
        if !std::mem::take(&mut members.first) {
            self.expect(b',', Problem::ObjectSeparator)?;
        }
        let name = self.string()?;
        self.expect(b':', Problem::Colon)?;
        Ok(Some(name))
    }

    /// Begins the array that comes next.
    pub(crate) fn array(&mut self) -> Result<Elements, JsonError> {
        self.expect(b'[', Problem::Array)?;
        self.descend()?;
        Ok(Elements { first: true })
    }

    /// The kind of an array's next element, which comes next; `None` at the end of the array.
    pub(crate) fn element(&mut self, elements: &mut Elements) -> Result<Option<Kind>, JsonError> {
        if self.next_byte() == Some(b']') {
            self.position += 1;
            self.depth -= 1;
            return Ok(None);
        }
        if !std::mem::take(&mut elements.first) {
            self.expect(b',', Problem::ArraySeparator)?;
        }
        self.peek().map(Some)
    }

    /// The string that comes next.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, str>, JsonError> {
        let (content, escaped) = self.raw_string()?;
        if escaped {
            Ok(Cow::Owned(unescape(content)))
        } else {
            Ok(Cow::Borrowed(content))
        }
    }

    /// The text of the number that comes next.
    pub(crate) fn number(&mut self) -> Result<&'a str, JsonError> {
        self.skip_space();
        let start = self.position;
        if self.byte() == Some(b'-') {
            self.position += 1;
        }
        if self.byte() == Some(b'0') {
            self.position += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == Some(b'.') {
            self.position += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.byte() {
            self.position += 1;
            if let Some(b'+' | b'-') = self.byte() {
                self.position += 1;
            }
            self.digits()?;
        }
        Ok(&self.text[start..self.position])
    }

    /// Passes `true`, `false` or `null`, whichever [`peek`](Self::peek) has announced.
    pub(crate) fn literal(&mut self, kind: Kind) -> Result<(), JsonError> {
        let word = match kind {
            Kind::True => "true",
            Kind::False => "false",
            _ => "null",
        };
        self.skip_space();
        if !self.text[self.position..].starts_with(word) {
            return self.fail(Problem::Value);
        }
        self.position += word.len();
        Ok(())
    }

    /// Passes the value that comes next, whatever it is.
    pub(crate) fn skip(&mut self) -> Result<(), JsonError> {
        // What is around the place where the reader is, from inside to outside: a bit for each, set if it is an object.
        let (mut around, mut depth) = (0_u128, 0);
        loop {
            // A value comes next.
            match self.next_byte() {
                Some(open @ (b'{' | b'[')) => {
                    self.position += 1;
                    self.descend()?;
                    around = around << 1 | u128::from(open == b'{');
                    depth += 1;
                    let close = if open == b'{' { b'}' } else { b']' };
                    if self.next_byte() != Some(close) {
                        if open == b'{' {
                            self.pass_name()?;
                        }
                        continue;
                    }
                }
                Some(b'"') => {
                    self.raw_string()?;
                }
                Some(b'-' | b'0'..=b'9') => {
                    self.number()?;
                }
                _ => {
                    let literal = self.peek()?;
                    self.literal(literal)?;
                }
            }
            // What ends here ends.
            loop {
                if depth == 0 {
                    return Ok(());
                }
                let in_object = around & 1 == 1;
                match (self.next_byte(), in_object) {
                    (Some(b','), _) => {
                        self.position += 1;
                        if in_object {
                            self.pass_name()?;
                        }
                        break;
                    }
                    (Some(b'}'), true) | (Some(b']'), false) => {
                        self.position += 1;
                        self.depth -= 1;
                        around >>= 1;
                        depth -= 1;
                    }
                    (_, true) => return self.fail(Problem::ObjectSeparator),
                    (_, false) => return self.fail(Problem::ArraySeparator),
                }
            }
        }
    }

    /// Passes the name of a member, and the colon.
    fn pass_name(&mut self) -> Result<(), JsonError> {
        self.raw_string()?;
        self.expect(b':', Problem::Colon)
    }

    /// How far the text has been read, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.position
    }

    /// Where the token ends that comes next, as far as it takes to tell what it is: of a string that is its quote.
    pub(crate) fn end_of_next_token(&mut self) -> usize {
        let start = self.position;
        let end = match self.next_byte() {
            None => self.position,
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let rest = &self.text.as_bytes()[self.position..];
                let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                self.position + rest.iter().take_while(|byte| goes_on(byte)).count()
            }
            Some(_) => self.position + 1,
        };
        self.position = start;
        end
    }

    /// Makes sure that nothing comes after the value.
    pub(crate) fn end(&mut self) -> Result<(), JsonError> {
        match self.next_byte() {
            None => Ok(()),
            Some(_) => self.fail(Problem::Trailing),
        }
    }

    /// What is between the quotes, and whether there are escapes in it, which are valid.
    fn raw_string(&mut self) -> Result<(&'a str, bool), JsonError> {
        self.expect(b'"', Problem::Name)?;
        let start = self.position;
        let mut escaped = false;
        loop {
            self.position += plain_length(&self.text.as_bytes()[self.position..]);
            match self.byte() {
                Some(b'"') => {
                    let content = &self.text[start..self.position];
                    self.position += 1;
                    return Ok((content, escaped));
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return self.fail(Problem::ControlCharacter),
                None => return self.fail(Problem::Unterminated),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        match self.text.as_bytes().get(self.position + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.position += 2;
                Ok(())
            }
            Some(b'u') => {
                let rest = &self.text[self.position..];
                match unicode_escape(rest) {
                    Some((_, length)) => {
                        self.position += length;
                        Ok(())
                    }
                    None => self.fail(Problem::Escape),
                }
            }
            _ => self.fail(Problem::Escape),
        }
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.position;
        while self.byte().is_some_and(|byte| byte.is_ascii_digit()) {
            self.position += 1;
        }
        if self.position == start {
            return self.fail(Problem::Digit);
        }
        Ok(())
    }

    fn descend(&mut self) -> Result<(), JsonError> {
        self.depth += 1;
        if self.depth > MAXIMUM_DEPTH {
            return self.fail(Problem::TooDeep);
        }
        Ok(())
    }

    fn expect(&mut self, byte: u8, problem: Problem) -> Result<(), JsonError> {
        if self.next_byte() != Some(byte) {
            return self.fail(problem);
        }
        self.position += 1;
        Ok(())
    }

    /// The next byte that isn't white space, which stays unread.
    fn next_byte(&mut self) -> Option<u8> {
        self.skip_space();
        self.byte()
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.byte() {
            self.position += 1;
        }
    }

    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.position).copied()
    }

    fn fail<T>(&self, problem: Problem) -> Result<T, JsonError> {
        Err(JsonError {
            problem,
            position: self.position,
        })
    }
}

/// The character that a text begins with as `\uXXXX`, or as two of those, and the length of the escape. `None` if it is no
/// character.
fn unicode_escape(text: &str) -> Option<(char, usize)> {
    let unit = |text: &str| {
        let digits = text.strip_prefix("\\u")?.get(..4)?;
        let all_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        all_hexadecimal.then(|| u16::from_str_radix(digits, 16).ok())?
    };
    let first = unit(text)?;
    let second = text.get(6..).and_then(unit);
    let mut characters = char::decode_utf16([Some(first), second].into_iter().flatten());
    let character = characters.next()?.ok()?;
    Some((character, 6 * character.len_utf16()))
}

/// What a string with valid escapes says.
fn unescape(content: &str) -> String {
    let mut result = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((plain, _)) = rest.split_once('\\') {
        result.push_str(plain);
        rest = &rest[plain.len()..];
        let (character, length) = match rest.as_bytes()[1] {
            b'b' => ('\u{8}', 2),
            b'f' => ('\u{c}', 2),
            b'n' => ('\n', 2),
            b'r' => ('\r', 2),
            b't' => ('\t', 2),
            b'u' => unicode_escape(rest).expect("the escapes were validated"),
            itself => (char::from(itself), 2),
        };
        result.push(character);
        rest = &rest[length..];
    }
    result.push_str(rest);
    result
}

#[cfg(test)]
mod tests;
