use crate::error::EventError;
use crate::json::{JsonError, Kind, Reader};
use crate::scalar::Scalar;
use std::collections::BTreeMap;

/// An event, read as a whole.
///
/// Names with dots are nested, and members with the same name are put together.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    root: Node<'a>,
}

/// What an event has at one path.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node<'a> {
    /// The scalar there, or those in the array there.
    pub(crate) values: Vec<Scalar<'a>>,
    /// What is in the object there, by name.
    pub(crate) members: BTreeMap<Box<str>, Node<'a>>,
    /// The objects and arrays in the array there.
    pub(crate) elements: Vec<Node<'a>>,
}

impl<'a> Event<'a> {
    /// Reads an event.
    ///
    /// # Errors
    /// It is not a JSON object.
    pub fn parse(json: &'a [u8]) -> Result<Self, EventError> {
        let mut reader = Reader::new(utf8(json)?);
        if !reader.is_object()? {
            return Err(EventError::NotAnObject);
        }
        let mut root = Node::default();
        root.read(&mut reader, Kind::Object)?;
        reader.end()?;
        Ok(Self { root })
    }

    /// The event that consists of these fields. A field with several values has as many of these.
    pub fn from_fields(fields: impl IntoIterator<Item = (&'a str, Scalar<'a>)>) -> Self {
        let mut root = Node::default();
        for (name, value) in fields {
            root.descend(name).values.push(value);
        }
        Self { root }
    }

    pub(crate) fn root(&self) -> &Node<'a> {
        &self.root
    }
}

/// The text that an event's bytes are.
pub(crate) fn utf8(json: &[u8]) -> Result<&str, EventError> {
    std::str::from_utf8(json).map_err(|error| EventError::NotJson(error.to_string()))
}

impl<'a> Node<'a> {
    /// The values at a path below, or at the node itself, that are in no element of an array.
    pub(crate) fn values_at(&self, path: Option<&str>) -> &[Scalar<'a>] {
        let mut names = path.into_iter().flat_map(|path| path.split('.'));
        let node = names.try_fold(self, |node, name| node.members.get(name));
        node.map_or(&[], |node| &node.values)
    }

    /// The values at a path below, also those in elements of arrays.
    pub(crate) fn all_values(&self, path: &str) -> Vec<&Scalar<'a>> {
        let mut values = Vec::new();
        self.add_values(Some(path), &mut values);
        values
    }

    fn add_values<'n>(&'n self, path: Option<&str>, values: &mut Vec<&'n Scalar<'a>>) {
        match path {
            None => values.extend(&self.values),
            Some(path) => {
                let (name, rest) = first_name(path);
                if let Some(member) = self.members.get(name) {
                    member.add_values(rest, values);
                }
            }
        }
        for element in &self.elements {
            element.add_values(path, values);
        }
    }

    /// Whether there is any value at a path below, or at the node itself.
    pub(crate) fn has_value(&self, path: Option<&str>) -> bool {
        let here = match path {
            None => !self.values.is_empty(),
            Some(path) => {
                let (name, rest) = first_name(path);
                self.members
                    .get(name)
                    .is_some_and(|member| member.has_value(rest))
            }
        };
        here || self.elements.iter().any(|element| element.has_value(path))
    }

    /// The member that a name, which may have dots, leads to.
    fn descend(&mut self, name: &str) -> &mut Self {
        name.split('.')
            .fold(self, |node, name| node.members.entry(name.into()).or_default())
    }

    /// Adds the value that comes next.
    fn read(&mut self, reader: &mut Reader<'a>, kind: Kind) -> Result<(), JsonError> {
        match kind {
            Kind::Object => {
                let mut members = reader.object()?;
                while let Some(name) = reader.member(&mut members)? {
                    let kind = reader.peek()?;
                    self.descend(&name).read(reader, kind)?;
                }
            }
            Kind::Array => {
                let mut elements = reader.array()?;
                while let Some(kind) = reader.element(&mut elements)? {
                    match Scalar::read(reader, kind)? {
                        Some(scalar) => self.values.push(scalar),
                        None => {
                            let mut element = Node::default();
                            element.read(reader, kind)?;
                            self.elements.push(element);
                        }
                    }
                }
            }
            _ => self.values.extend(Scalar::read(reader, kind)?),
        }
        Ok(())
    }
}

/// The first name of a path, and the path from there on.
fn first_name(path: &str) -> (&str, Option<&str>) {
    match path.split_once('.') {
        None => (path, None),
        Some((name, rest)) => (name, Some(rest)),
    }
}
