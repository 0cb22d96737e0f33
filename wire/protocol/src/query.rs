//! Inputs of the AWS query protocol.
//!
//! Parameters such as `Entry.1.MessageAttribute.2.Value.StringValue` are first put into a tree by their dots,
//! which the shapes then pick from. The tree is as large as the request, whatever the indexes in it are.

use std::collections::BTreeMap;

use ninefold_model::{
    ListShape, Map, MapShape, Member, Operation, ServiceModel, ShapeId, ShapeKind, StructureShape, Value,
};
use percent_encoding::percent_decode;

use crate::{DecodeError, scalar};

/// Parameters in one request, far beyond what any operation takes.
const MAX_PARAMETERS: usize = 10_000;
/// Parts between dots in a parameter's name, far beyond any shape's depth.
const MAX_DEPTH: usize = 32;
/// Parts in all names together, which bounds the tree.
const MAX_PARTS: usize = 50_000;

/// The decoded parameters of a form body or query string, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`. Empty parts are skipped.
    pub fn parse(encoded: &[u8]) -> Result<Self, DecodeError> {
        let mut form = Form::default();
        form.append(encoded)?;
        Ok(form)
    }

    /// Reads further parameters behind those already there.
    pub fn append(&mut self, encoded: &[u8]) -> Result<(), DecodeError> {
        for part in encoded
            .split(|byte| *byte == b'&')
            .filter(|part| !part.is_empty())
        {
            if self.0.len() == MAX_PARAMETERS {
                return Err(DecodeError::Limit(format!(
                    "The request has more than {MAX_PARAMETERS} parameters"
                )));
            }
            let (name, value) = match part.iter().position(|byte| *byte == b'=') {
                Some(equals) => (&part[..equals], &part[equals + 1..]),
                None => (part, &part[part.len()..]),
            };
            self.0.push((decoded(name)?, decoded(value)?));
        }
        Ok(())
    }

    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

fn decoded(encoded: &[u8]) -> Result<String, DecodeError> {
    let is_plain = !encoded.iter().any(|byte| matches!(byte, b'+' | b'%'));
    let bytes = match is_plain {
        true => encoded.to_vec(),
        false => percent_decode(&with_spaces(encoded)).collect(),
    };
    String::from_utf8(bytes).map_err(|_| DecodeError::Malformed("A parameter is not valid UTF-8".to_owned()))
}

/// A plus sign stands for a space, but for one that is percent-encoded.
fn with_spaces(encoded: &[u8]) -> Vec<u8> {
    let spaced = encoded
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte });
    spaced.collect()
}

/// Reads an input from a request's parameters by the operation's input shape. Unknown parameters are ignored.
/// Lists and maps are read in their flattened and their wrapped spelling, gaps in indexes are closed.
pub fn decode_query(model: &ServiceModel, operation: &Operation, form: &Form) -> Result<Value, DecodeError> {
    let Some(shape) = operation.input else {
        return Ok(Value::Map(Map::new()));
    };
    let tree = Node::tree(form)?;
    match &model.shape(shape).kind {
        ShapeKind::Structure(structure) => decode_structure(model, structure, &tree),
        _ => Ok(Value::Map(Map::new())),
    }
}

/// What the parameters below one name hold.
#[derive(Debug, Default)]
struct Node<'f> {
    text: Option<&'f str>,
    children: BTreeMap<&'f str, Node<'f>>,
}

impl<'f> Node<'f> {
    fn tree(form: &'f Form) -> Result<Self, DecodeError> {
        let mut root = Node::default();
        let mut parts_of_all = 0;
        for (name, text) in form.iter() {
            let parts = name.split('.').count();
            parts_of_all += parts;
            if parts > MAX_DEPTH || parts_of_all > MAX_PARTS {
                let message = "The names of the parameters have too many parts";
                return Err(DecodeError::Limit(message.to_owned()));
            }
            let node = name
                .split('.')
                .fold(&mut root, |node, part| node.children.entry(part).or_default());
            node.text.get_or_insert(text);
        }
        Ok(root)
    }

    fn child(&self, names: &[Option<&'f str>]) -> Option<&Node<'f>> {
        names.iter().flatten().find_map(|name| self.children.get(name))
    }

    /// Elements of a list or entries of a map: the children with an index, or those below one of the wrapping
    /// names, in the order of their indexes.
    fn indexed(&self, wrappers: &[Option<&'f str>]) -> Vec<&Node<'f>> {
        let numbered = |node: &'_ Node<'f>| node.children.keys().any(|key| index(key).is_some());
        let holder = if numbered(self) {
            self
        } else {
            self.child(wrappers).unwrap_or(self)
        };
        let mut elements: Vec<(u64, &Node<'f>)> = holder
            .children
            .iter()
            .filter_map(|(key, node)| index(key).map(|index| (index, node)))
            .collect();
        elements.sort_by_key(|(index, _)| *index);
        elements.into_iter().map(|(_, node)| node).collect()
    }
}

fn index(key: &str) -> Option<u64> {
    if key.bytes().all(|byte| byte.is_ascii_digit()) {
        key.parse().ok()
    } else {
        None
    }
}

fn decode_structure(
    model: &ServiceModel,
    structure: &StructureShape,
    node: &Node<'_>,
) -> Result<Value, DecodeError> {
    let mut map = Map::new();
    for member in &structure.members {
        let names = [
            flattened_name(model, member),
            member.query_name,
            Some(member.name),
        ];
        if let Some(child) = node.child(&names) {
            let value = decode(model, member.shape, child)?;
            if !value.is_null() {
                map.insert(member.name, value);
            }
        }
    }
    Ok(Value::Map(map))
}

/// A flattened list goes by the name of its elements.
fn flattened_name(model: &ServiceModel, member: &Member) -> Option<&'static str> {
    match &model.shape(member.shape).kind {
        ShapeKind::List(list) if list.flattened || member.flattened => list.member.query_name,
        _ => None,
    }
}

fn decode(model: &ServiceModel, shape: ShapeId, node: &Node<'_>) -> Result<Value, DecodeError> {
    let shape = model.shape(shape);
    match &shape.kind {
        ShapeKind::Structure(structure) => decode_structure(model, structure, node),
        ShapeKind::List(list) => decode_list(model, list, node),
        ShapeKind::Map(map) => decode_map(model, map, node),
        _ => node
            .text
            .map_or(Ok(Value::Null), |text| scalar::parse(shape, text)),
    }
}

fn decode_list(model: &ServiceModel, list: &ListShape, node: &Node<'_>) -> Result<Value, DecodeError> {
    let elements = node.indexed(&[list.member.query_name, Some("member")]);
    if elements.is_empty() {
        // `Name=` is an empty list; `Name=value` is taken for a list of one.
        let single = node.text.filter(|text| !text.is_empty());
        let elements = single
            .map(|_| decode(model, list.member.shape, node))
            .transpose()?;
        return Ok(Value::List(elements.into_iter().collect()));
    }
    let elements = elements
        .into_iter()
        .map(|element| decode(model, list.member.shape, element));
    Ok(Value::List(elements.collect::<Result<_, _>>()?))
}

fn decode_map(model: &ServiceModel, map: &MapShape, node: &Node<'_>) -> Result<Value, DecodeError> {
    let key_names = [map.key.query_name, Some("key")];
    let value_names = [map.value.query_name, Some("value")];
    let mut entries = node.indexed(&[Some("entry")]);
    if entries.is_empty() && node.child(&key_names).is_some() {
        // `Attribute.Name=...&Attribute.Value=...`, without an index, is a map of one entry.
        entries.push(node);
    }
    let mut decoded = Map::new();
    for entry in entries {
        let Some(key) = entry.child(&key_names).and_then(|key| key.text) else {
            return Err(DecodeError::Malformed("An entry of a map has no name".to_owned()));
        };
        match entry
            .child(&value_names)
            .map(|value| decode(model, map.value.shape, value))
            .transpose()?
        {
            None | Some(Value::Null) => {
                return Err(DecodeError::Malformed(format!(
                    "The entry {key} of a map has no value"
                )));
            }
            Some(value) => drop(decoded.insert(key.to_owned(), value)),
        }
    }
    Ok(Value::Map(decoded))
}
