//! The keys of objects.
//!
//! Source: [S3 output key template](https://docs.aws.amazon.com/streams/latest/dev/data-delivery-s3-key-template.html).

use ninefold_time::Timestamp;
use uuid::Uuid;

use crate::record::Compression;

/// What is used where none is given.
pub(crate) const DEFAULT_TEMPLATE: &str = "kinesis-channel/!{channel-name}/!{channel-id}/!{yyyy}/!{MM}/!{dd}/!{HH}/\
     !{channel-name}-!{channel-id}-!{yyyy}-!{MM}-!{dd}-!{HH}-!{mm}!{extension}";
/// What a key may have in it without the suffix, which makes each key another one.
const KEY_CHARACTERS: usize = 986;

/// A template that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyTemplate {
    parts: Vec<Part>,
    /// What keys end with.
    extension: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    ChannelName,
    ChannelId,
    StreamName,
    /// Of the time, with a leading zero.
    Time(TimePart),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimePart {
    Year,
    YearOfCentury,
    Month,
    Day,
    Hour,
    Minute,
}

/// What a key is made for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    pub(crate) channel: &'a str,
    pub(crate) channel_id: Uuid,
    pub(crate) stream: &'a str,
}

/// Why a template can't be used, for whoever wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TemplateError {
    #[error(
        "it must not begin with a slash, nor have an empty segment or one of periods only, nor consecutive periods"
    )]
    Path,
    #[error("a placeholder is not closed")]
    Unclosed,
    #[error("!{{{0}}} is not a supported placeholder")]
    Unknown(String),
    #[error("{0:?} is not allowed outside of placeholders")]
    Character(char),
    #[error("an extension must be at its end")]
    ExtensionInside,
    #[error("an extension must begin with a period and have lowercase letters and periods only")]
    Extension,
    #[error("it must end with an extension, since objects are compressed")]
    NoExtension,
    #[error("the keys it makes are longer than {KEY_CHARACTERS} characters")]
    TooLong,
}

impl KeyTemplate {
    /// Reads a template; the keys it makes for these names can be used.
    pub(crate) fn parse(
        text: &str,
        compression: Compression,
        names: Names<'_>,
    ) -> Result<Self, TemplateError> {
        let mut template = KeyTemplate {
            parts: Vec::new(),
            extension: String::new(),
        };
        let mut has_extension = false;
        let mut rest = text;
        while !rest.is_empty() {
            if has_extension {
                return Err(TemplateError::ExtensionInside);
            }
            let Some(placeholder) = rest.strip_prefix("!{") else {
                let end = rest.find("!{").unwrap_or(rest.len());
                template.parts.push(literal(&rest[..end])?);
                rest = &rest[end..];
                continue;
            };
            let (name, behind) = placeholder.split_once('}').ok_or(TemplateError::Unclosed)?;
            match extension(name, compression)? {
                Some(extension) => {
                    template.extension = extension;
                    has_extension = true;
                }
                None => template.parts.push(Part::named(name)?),
            }
            rest = behind;
        }
        if compression != Compression::None && !has_extension {
            return Err(TemplateError::NoExtension);
        }
        template.check(names)?;
        Ok(template)
    }

    fn check(&self, names: Names<'_>) -> Result<(), TemplateError> {
        let stem = self.stem(names, Timestamp::from_secs(0));
        let key = stem + &self.extension;
        match (is_path(&key), key.len() <= KEY_CHARACTERS) {
            (false, _) => Err(TemplateError::Path),
            (true, false) => Err(TemplateError::TooLong),
            (true, true) => Ok(()),
        }
    }

    /// The key of an object: of the time at which it is made, and unlike all others by its suffix, which is before the extension
    /// so that that is still one.
    pub(crate) fn key(&self, names: Names<'_>, time: Timestamp, suffix: Uuid) -> String {
        format!("{}-{suffix}{}", self.stem(names, time), self.extension)
    }

    fn stem(&self, names: Names<'_>, time: Timestamp) -> String {
        let mut stem = String::new();
        for part in &self.parts {
            match part {
                Part::Literal(text) => stem.push_str(text),
                Part::ChannelName => stem.push_str(names.channel),
                Part::ChannelId => stem.push_str(&names.channel_id.to_string()),
                Part::StreamName => stem.push_str(names.stream),
                Part::Time(part) => stem.push_str(&part.of(time)),
            }
        }
        stem
    }
}

impl Part {
    fn named(name: &str) -> Result<Self, TemplateError> {
        Ok(match name {
            "channel-name" => Part::ChannelName,
            "channel-id" => Part::ChannelId,
            "stream-name" => Part::StreamName,
            "yyyy" => Part::Time(TimePart::Year),
            "yy" => Part::Time(TimePart::YearOfCentury),
            "MM" => Part::Time(TimePart::Month),
            "dd" => Part::Time(TimePart::Day),
            "HH" => Part::Time(TimePart::Hour),
            "mm" => Part::Time(TimePart::Minute),
            other => return Err(TemplateError::Unknown(other.to_owned())),
        })
    }
}

impl TimePart {
    /// `2027-01-15T08:00:00Z` has all parts at fixed places.
    fn of(self, time: Timestamp) -> String {
        let milliseconds = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        let text = ninefold_model::Timestamp::from_milliseconds(milliseconds)
            .format(ninefold_model::TimestampFormat::Iso8601);
        let range = match self {
            TimePart::Year => 0..4,
            TimePart::YearOfCentury => 2..4,
            TimePart::Month => 5..7,
            TimePart::Day => 8..10,
            TimePart::Hour => 11..13,
            TimePart::Minute => 14..16,
        };
        text.get(range).unwrap_or_default().to_owned()
    }
}

fn literal(text: &str) -> Result<Part, TemplateError> {
    let is_allowed =
        |character: &char| character.is_ascii_alphanumeric() || "!-_'.*()/=".contains(*character);
    match text.chars().find(|character| !is_allowed(character)) {
        Some(character) => Err(TemplateError::Character(character)),
        None => Ok(Part::Literal(text.to_owned())),
    }
}

/// The extension that a placeholder is, if it is one.
fn extension(name: &str, compression: Compression) -> Result<Option<String>, TemplateError> {
    if name == "extension" {
        return Ok(Some(compression.extension().to_owned()));
    }
    let Some(literal) = name.strip_prefix("extension:") else {
        return Ok(None);
    };
    let is_extension = literal.starts_with('.')
        && literal
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'.');
    match is_extension {
        true => Ok(Some(literal.to_owned())),
        false => Err(TemplateError::Extension),
    }
}

/// The key of an object of dead letters.
pub(crate) fn dead_letter_key(prefix: &str, names: Names<'_>, time: Timestamp, suffix: Uuid) -> String {
    let parts = [TimePart::Year, TimePart::Month, TimePart::Day, TimePart::Hour];
    let [year, month, day, hour] = parts.map(|part| part.of(time));
    format!(
        "{prefix}{year}/{month}/{day}/{hour}/{}-{suffix}.json",
        names.channel
    )
}

/// Whether the key of an object can begin with this, in a URL too.
pub(crate) fn is_path(text: &str) -> bool {
    let has_bad_segment = text.split('/').any(|segment| segment == ".");
    !text.starts_with('/') && !text.contains("//") && !text.contains("..") && !has_bad_segment
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names<'_> = Names {
        channel: "my-channel",
        channel_id: Uuid::from_u128(7),
        stream: "my-stream",
    };
    const SUFFIX: Uuid = Uuid::from_u128(9);

    fn key(template: &str, compression: Compression) -> Result<String, TemplateError> {
        // 2026-07-20T14:30:59Z
        let time = Timestamp::from_secs(1_784_557_859);
        KeyTemplate::parse(template, compression, NAMES).map(|template| template.key(NAMES, time, SUFFIX))
    }

    #[test]
    fn keys_are_made() {
        let id = NAMES.channel_id;
        for (template, compression, expected) in [
            (
                "!{channel-name}/!{yyyy}/!{MM}/!{dd}/!{HH}/records!{extension}",
                Compression::Gzip,
                format!("my-channel/2026/07/20/14/records-{SUFFIX}.gz"),
            ),
            (
                "data/stream=!{stream-name}/!{yyyy}-!{MM}-!{dd}/!{HH}!{mm}!{extension:.json}",
                Compression::None,
                format!("data/stream=my-stream/2026-07-20/1430-{SUFFIX}.json"),
            ),
            (
                "!{channel-name}/!{channel-id}",
                Compression::None,
                format!("my-channel/{id}-{SUFFIX}"),
            ),
            (
                "a!b/!{yy}!{extension}",
                Compression::Zstd,
                format!("a!b/26-{SUFFIX}.zst"),
            ),
            ("a!{extension}", Compression::None, format!("a-{SUFFIX}")),
            (
                "a!{extension:.json.gz}",
                Compression::Gzip,
                format!("a-{SUFFIX}.json.gz"),
            ),
            ("data/", Compression::None, format!("data/-{SUFFIX}")),
            (
                DEFAULT_TEMPLATE,
                Compression::Zstd,
                format!(
                    "kinesis-channel/my-channel/{id}/2026/07/20/14/my-channel-{id}-2026-07-20-14-30-{SUFFIX}.zst"
                ),
            ),
        ] {
            assert_eq!(key(template, compression), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_can_be_no_template_is_refused() {
        let unknown = |name: &str| TemplateError::Unknown(name.to_owned());
        for (template, expected) in [
            ("/data/!{channel-name}", TemplateError::Path),
            ("data/../!{channel-name}", TemplateError::Path),
            ("data//!{channel-name}", TemplateError::Path),
            ("./data", TemplateError::Path),
            ("data/./a", TemplateError::Path),
            ("a..b", TemplateError::Path),
            (
                "!{channel-name}!{extension}/!{yyyy}",
                TemplateError::ExtensionInside,
            ),
            ("!{extension}!{extension}", TemplateError::ExtensionInside),
            ("data/!{partition-id}", unknown("partition-id")),
            ("data/!{}", unknown("")),
            ("data/!{channel-name}/!{yyyy", TemplateError::Unclosed),
            ("data/{yyyy}", TemplateError::Character('{')),
            ("data:a", TemplateError::Character(':')),
            ("a!{extension:json}", TemplateError::Extension),
            ("a!{extension:.JSON}", TemplateError::Extension),
        ] {
            assert_eq!(key(template, Compression::None), Err(expected), "{template}");
        }
        assert_eq!(
            key("data/!{channel-name}", Compression::Gzip),
            Err(TemplateError::NoExtension)
        );
        assert_eq!(
            key(&"a".repeat(987), Compression::None),
            Err(TemplateError::TooLong)
        );
        assert!(key(&"a".repeat(986), Compression::None).is_ok());
    }

    #[test]
    fn dead_letters_are_below_their_prefix() {
        let time = Timestamp::from_secs(1_784_557_859);
        let key = dead_letter_key("errors/", NAMES, time, SUFFIX);
        assert_eq!(key, format!("errors/2026/07/20/14/my-channel-{SUFFIX}.json"));
    }

    #[test]
    fn a_name_counts_by_what_it_becomes() {
        let template = "!{channel-name}".repeat(60);
        assert!(KeyTemplate::parse(&template, Compression::None, NAMES).is_ok());
        let long = "n".repeat(128);
        let names = Names {
            channel: &long,
            ..NAMES
        };
        let parsed = KeyTemplate::parse(&template, Compression::None, names);
        assert_eq!(parsed, Err(TemplateError::TooLong));
    }
}
