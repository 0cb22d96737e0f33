use ninefold_event_pattern::{Number, Scalar};

/// An attribute of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its value.
    pub value: AttributeValue<'a>,
}

/// The value of a message attribute, by its data type. The type may have a custom part behind it, which doesn't matter here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeValue<'a> {
    /// `String`.
    String(&'a str),
    /// `Number`: its text.
    Number(&'a str),
    /// `String.Array`: the text of a JSON array of strings, numbers, booleans and nulls.
    StringArray(&'a str),
    /// `Binary`. Filter policies ignore it.
    Binary,
}

/// The values of attributes, each with its name.
///
/// What isn't of its type, such as a `String.Array` that is no array, has no values.
pub(crate) fn fields<'a>(attributes: &[Attribute<'a>]) -> impl Iterator<Item = (&'a str, Scalar<'a>)> {
    attributes.iter().flat_map(|attribute| {
        let name = attribute.name;
        scalars(attribute.value)
            .into_iter()
            .map(move |scalar| (name, scalar))
    })
}

fn scalars(value: AttributeValue<'_>) -> Vec<Scalar<'_>> {
    match value {
        AttributeValue::String(text) => vec![Scalar::String(text.into())],
        AttributeValue::Number(text) => Number::parse(text).map(Scalar::Number).into_iter().collect(),
        AttributeValue::StringArray(json) => Scalar::elements_of(json).unwrap_or_default(),
        AttributeValue::Binary => Vec::new(),
    }
}
