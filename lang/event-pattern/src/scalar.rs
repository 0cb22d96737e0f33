use crate::json::{JsonError, Kind, Reader};
use crate::number::Number;
use std::borrow::Cow;

/// A value without parts, as patterns name them and events hold them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scalar<'a> {
    /// A string, without escapes.
    String(Cow<'a, str>),
    /// A number.
    Number(Number<'a>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
}

impl<'a> Scalar<'a> {
    /// The scalars among the elements of a JSON array. `None` if the text is not a JSON array.
    pub fn elements_of(json: &'a str) -> Option<Vec<Self>> {
        Self::read_elements(json).ok()
    }

    fn read_elements(json: &'a str) -> Result<Vec<Self>, JsonError> {
        let mut reader = Reader::new(json);
        let mut scalars = Vec::new();
        let mut elements = reader.array()?;
        while let Some(kind) = reader.element(&mut elements)? {
            match Self::read(&mut reader, kind)? {
                Some(scalar) => scalars.push(scalar),
                None => reader.skip()?,
            }
        }
        reader.end()?;
        Ok(scalars)
    }

    /// The value that comes next and has been peeked at. `None`, unread, if it is an object or an array.
    pub(crate) fn read(reader: &mut Reader<'a>, kind: Kind) -> Result<Option<Self>, JsonError> {
        Ok(Some(match kind {
            Kind::Object | Kind::Array => return Ok(None),
            Kind::String => Self::String(reader.string()?),
            Kind::Number => {
                let number = Number::parse(reader.number()?);
                Self::Number(number.expect("what is a number in JSON is one"))
            }
            Kind::True | Kind::False | Kind::Null => {
                reader.literal(kind)?;
                match kind {
                    Kind::Null => Self::Null,
                    _ => Self::Bool(kind == Kind::True),
                }
            }
        }))
    }

    pub(crate) fn into_owned(self) -> Scalar<'static> {
        match self {
            Self::String(text) => Scalar::String(Cow::Owned(text.into_owned())),
            Self::Number(number) => Scalar::Number(number.into_owned()),
            Self::Bool(value) => Scalar::Bool(value),
            Self::Null => Scalar::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_give_their_scalars() {
        let number = |text| Scalar::Number(Number::parse(text).unwrap());
        assert_eq!(
            Scalar::elements_of(r#" ["a", 1, true, false, null, ["b"], {"c": "d"}, "\u0065"] "#),
            Some(vec![
                Scalar::String("a".into()),
                number("1.0"),
                Scalar::Bool(true),
                Scalar::Bool(false),
                Scalar::Null,
                Scalar::String("e".into()),
            ])
        );
        assert_eq!(Scalar::elements_of("[]"), Some(Vec::new()));
        for text in ["", "a", "\"a\"", "{}", "1", "[", "[a]", "[1] 2"] {
            assert_eq!(Scalar::elements_of(text), None, "{text}");
        }
    }
}
