//! Many paths, looked up together: the event is gone through once for every level that a path goes down.

use std::borrow::Cow;
use std::fmt;

use indexmap::IndexMap;
use serde::Deserializer as _;
use serde::de::{IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::event::{Key, Kind};
use crate::{ApplyError, MAXIMUM_OUTPUT_BYTES};

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// `.name`: of an object.
    Member(String),
    /// `[0]`: of an array.
    Element(usize),
    /// `.*` or `[*]`: all of an object or array.
    Every,
}

/// Paths, joined where they begin alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Selection {
    root: Node,
    path_count: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Node {
    /// The paths that end here.
    paths: Vec<usize>,
    next: Vec<(Step, Node)>,
}

/// What was found of all paths so far.
struct Findings<'e> {
    of_paths: Vec<Found<'e>>,
    /// How much the values of paths with wildcards take; one path can select a value that another selects too.
    many_bytes: usize,
}

enum Found<'e> {
    Nothing,
    One(&'e str),
    /// Of a path with a wildcard, from the moment the wildcard is reached.
    Many(Vec<&'e str>),
}

impl Selection {
    pub(crate) fn of<'p>(paths: impl IntoIterator<Item = &'p [Step]>) -> Self {
        let mut selection = Selection {
            root: Node::default(),
            path_count: 0,
        };
        for path in paths {
            selection.root.add(path, selection.path_count);
            selection.path_count += 1;
        }
        selection
    }

    /// What each path selects, in the order of the paths.
    pub(crate) fn select<'e>(&self, event: &'e RawValue) -> Result<Vec<Option<Cow<'e, str>>>, ApplyError> {
        let mut findings = Findings {
            of_paths: (0..self.path_count).map(|_| Found::Nothing).collect(),
            many_bytes: 0,
        };
        self.root.visit(event, &mut findings)?;
        let found = findings.of_paths.into_iter();
        Ok(found.map(Found::into_json).collect())
    }
}

impl Node {
    fn add(&mut self, path: &[Step], number: usize) {
        let Some((step, rest)) = path.split_first() else {
            self.paths.push(number);
            return;
        };
        let position = self.next.iter().position(|(known, _)| known == step);
        let position = position.unwrap_or_else(|| {
            self.next.push((step.clone(), Node::default()));
            self.next.len() - 1
        });
        self.next[position].1.add(rest, number);
    }

    fn visit<'e>(&self, value: &'e RawValue, findings: &mut Findings<'e>) -> Result<(), ApplyError> {
        for path in &self.paths {
            findings.add(*path, value.get())?;
        }
        if self.next.is_empty() {
            return Ok(());
        }
        for (step, node) in &self.next {
            if *step == Step::Every {
                node.expect_many(findings);
            }
        }
        let mut json = serde_json::Deserializer::from_str(value.get());
        let parts = match Kind::of(value.get()) {
            Kind::Object => json.deserialize_map(Parts(&self.next))?,
            Kind::Array => json.deserialize_seq(Parts(&self.next))?,
            Kind::String | Kind::Scalar => Vec::new(),
        };
        for (node, part) in parts {
            node.visit(part, findings)?;
        }
        Ok(())
    }

    /// All paths that go through here may find more than one value.
    fn expect_many(&self, findings: &mut Findings<'_>) {
        for path in &self.paths {
            let found = &mut findings.of_paths[*path];
            if matches!(found, Found::Nothing) {
                *found = Found::Many(Vec::new());
            }
        }
        for (_, node) in &self.next {
            node.expect_many(findings);
        }
    }
}

impl<'e> Findings<'e> {
    fn add(&mut self, path: usize, json: &'e str) -> Result<(), ApplyError> {
        match &mut self.of_paths[path] {
            Found::Many(values) => {
                const COMMA: usize = 1;
                self.many_bytes += json.len() + COMMA;
                if self.many_bytes > MAXIMUM_OUTPUT_BYTES {
                    return Err(ApplyError::TooLarge {
                        maximum: MAXIMUM_OUTPUT_BYTES,
                    });
                }
                values.push(json);
            }
            found => *found = Found::One(json),
        }
        Ok(())
    }
}

impl<'e> Found<'e> {
    fn into_json(self) -> Option<Cow<'e, str>> {
        match self {
            Found::Nothing => None,
            Found::One(json) => Some(Cow::Borrowed(json)),
            Found::Many(values) => Some(Cow::Owned(format!("[{}]", values.join(",")))),
        }
    }
}

/// Takes from an object or array what the next steps lead to.
struct Parts<'n>(&'n [(Step, Node)]);

impl<'n> Parts<'n> {
    fn wanted(&self, is_meant: impl Fn(&Step) -> bool) -> impl Iterator<Item = &'n Node> {
        self.0
            .iter()
            .filter(move |(step, _)| *step == Step::Every || is_meant(step))
            .map(|(_, node)| node)
    }
}

impl<'de, 'n> Visitor<'de> for Parts<'n> {
    type Value = Vec<(&'n Node, &'de RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or array")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // Of a name that occurs more than once, the last value counts.
        let mut members: IndexMap<Key<'de>, &'de RawValue> = IndexMap::new();
        while let Some(key) = map.next_key::<Key<'de>>()? {
            if self.wanted(|step| is_member(step, &key)).next().is_some() {
                members.insert(key, map.next_value()?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        let mut parts = Vec::with_capacity(members.len());
        for (key, value) in members {
            let nodes = self.wanted(|step| is_member(step, &key));
            parts.extend(nodes.map(|node| (node, value)));
        }
        Ok(parts)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::new();
        let mut index = 0;
        while let Some(value) = elements.next_element::<&'de RawValue>()? {
            let nodes = self.wanted(|step| *step == Step::Element(index));
            parts.extend(nodes.map(|node| (node, value)));
            index += 1;
        }
        Ok(parts)
    }
}

fn is_member(step: &Step, key: &Key<'_>) -> bool {
    matches!(step, Step::Member(name) if name.as_bytes() == &*key.0)
}
