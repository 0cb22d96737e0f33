//! Branches: a pattern without alternatives between fields.
//!
//! A pattern matches if one of its branches does. `$or` forks, and so does a field that may have a value or be absent, so that
//! in a branch every field is either to have a value that fits or to be absent.

use crate::event::{Event, Node};
use crate::predicate::Predicate;
use crate::scalar::Scalar;
use crate::tree::{Condition, Entry, Tree, ValueTest};
use smallvec::SmallVec;
use std::cmp::Ordering;

/// The names of a field and of the objects it is in, joined by dots.
pub(crate) type Path = Box<str>;

/// The fields that are all to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Branch {
    /// In the order of [`compare_paths`], each path once.
    pub(crate) fields: Box<[(Path, Test)]>,
}

/// What is asked of a field in a branch.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Test {
    /// One of its values fits one of these.
    Any(SmallVec<[Predicate; 1]>),
    /// It has no value.
    Absent,
}

impl Test {
    pub(crate) fn fits(&self, value: &Scalar<'_>) -> bool {
        match self {
            Self::Any(predicates) => predicates.iter().any(|predicate| predicate.fits(value)),
            Self::Absent => false,
        }
    }
}

/// The branches of a tree. There are [`Tree::branch_count`] of them, or fewer if a field occurs more than once.
pub(crate) fn branches(tree: &Tree) -> Vec<Branch> {
    let mut drafts = vec![Draft::new()];
    expand(tree, "", &mut drafts);
    let branch = |fields: Draft| Branch {
        fields: fields.into(),
    };
    drafts.into_iter().map(branch).collect()
}

/// A branch in the making, in order.
type Draft = Vec<(Path, Test)>;

/// Adds what a tree asks to all drafts. `prefix` is the path of the tree, with a dot at its end.
fn expand(tree: &Tree, prefix: &str, drafts: &mut Vec<Draft>) {
    for entry in &tree.entries {
        match entry {
            Entry::Field(name, Condition::Nested(nested)) => {
                expand(nested, &format!("{prefix}{name}."), drafts);
            }
            Entry::Field(name, Condition::Values(tests)) => {
                let path = format!("{prefix}{name}");
                fork(drafts, &alternatives(tests), |test, drafts| {
                    for draft in drafts {
                        put(draft, &path, test.clone());
                    }
                });
            }
            Entry::AnyOf(trees) => fork(drafts, trees, |tree, drafts| expand(tree, prefix, drafts)),
        }
    }
}

/// Replaces the drafts by what becomes of them with each alternative.
fn fork<T>(drafts: &mut Vec<Draft>, alternatives: &[T], mut apply: impl FnMut(&T, &mut Vec<Draft>)) {
    let before = std::mem::take(drafts);
    for alternative in alternatives {
        let mut forked = before.clone();
        apply(alternative, &mut forked);
        drafts.append(&mut forked);
    }
}

/// The tests of which one is to be passed.
fn alternatives(tests: &[ValueTest]) -> Vec<Test> {
    let predicates = tests.iter().filter_map(|test| match test {
        ValueTest::Fits(predicate) => Some(predicate.clone()),
        ValueTest::Absent => None,
    });
    let any = ValueTest::admits_values(tests).then(|| Test::Any(predicates.collect()));
    let absent = tests.contains(&ValueTest::Absent).then_some(Test::Absent);
    any.into_iter().chain(absent).collect()
}

/// Of fields with the same path the last one counts.
fn put(draft: &mut Draft, path: &str, test: Test) {
    match draft.binary_search_by(|(other, _)| compare_paths(other, path)) {
        Ok(index) => draft[index].1 = test,
        Err(index) => draft.insert(index, (path.into(), test)),
    }
}

/// Orders paths by name after name, so that those below one object are together.
fn compare_paths(one: &str, other: &str) -> Ordering {
    one.split('.').cmp(other.split('.'))
}

/// A field that is looked for below a node.
#[derive(Debug, Clone, Copy)]
struct Wanted<'b> {
    /// The names that lead to it from there; `None` if it is the node itself.
    path: Option<&'b str>,
    test: &'b Test,
}

impl<'b> Wanted<'b> {
    /// The first of the names.
    fn name(&self) -> Option<&'b str> {
        self.path.and_then(|path| path.split('.').next())
    }

    /// The same field as it is looked for from the member with that name.
    fn below(&self) -> Self {
        Self {
            path: self
                .path
                .and_then(|path| path.split_once('.'))
                .map(|(_, rest)| rest),
            test: self.test,
        }
    }
}

impl Branch {
    /// Whether an event has all that is asked for. Takes time in proportion to the event and the number of fields.
    pub(crate) fn matches(&self, event: &Event<'_>) -> bool {
        let fields = self.fields.iter().map(|(path, test)| Wanted {
            path: Some(path),
            test,
        });
        holds(event.root(), &fields.collect::<Vec<_>>())
    }
}

/// Whether the wanted fields are found below a node.
///
/// What is in no element of an array is there whatever element is chosen. If all else that is left is to be absent, no
/// element is chosen, and it has to be absent in all of them. Otherwise the rest has to be found among the members or in one element.
fn holds(node: &Node<'_>, wanted: &[Wanted<'_>]) -> bool {
    let mut left = Vec::with_capacity(wanted.len());
    for field in wanted {
        let values = node.values_at(field.path);
        match field.test {
            Test::Absent if !values.is_empty() => return false,
            test if values.iter().any(|value| test.fits(value)) => {}
            _ => left.push(*field),
        }
    }
    if left.iter().all(|field| *field.test == Test::Absent) {
        return left.iter().all(|field| !node.has_value(field.path));
    }
    members_hold(node, &left) || node.elements.iter().any(|element| holds(element, &left))
}

/// Whether the wanted fields are found in a node's members, apart from its elements.
fn members_hold(node: &Node<'_>, wanted: &[Wanted<'_>]) -> bool {
    wanted
        .chunk_by(|one, other| one.name() == other.name())
        .all(|group| {
            let member = group[0].name().and_then(|name| node.members.get(name));
            match member {
                None => group.iter().all(|field| *field.test == Test::Absent),
                Some(member) => holds(member, &group.iter().map(Wanted::below).collect::<Vec<_>>()),
            }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EventPattern;

    fn described(json: &str) -> Vec<String> {
        let pattern = EventPattern::parse(json).unwrap();
        let describe = |branch: &Branch| {
            let fields = branch.fields.iter().map(|(path, test)| match test {
                Test::Any(predicates) => format!("{path}:{}", predicates.len()),
                Test::Absent => format!("{path}:absent"),
            });
            fields.collect::<Vec<_>>().join(" ")
        };
        branches(pattern.tree()).iter().map(describe).collect()
    }

    #[test]
    fn alternatives_fork() {
        for (json, expected) in [
            (r#"{"b": [1, 2], "a": {"c": ["x"]}}"#, &["a.c:1 b:2"][..]),
            (r#"{"a": [1, {"exists": false}, 2]}"#, &["a:2", "a:absent"]),
            (
                r#"{"a": [1], "$or": [{"b": [1]}, {"c": [1], "$or": [{"d": [1]}, {"e": [1]}]}]}"#,
                &["a:1 b:1", "a:1 c:1 d:1", "a:1 c:1 e:1"],
            ),
            (
                r#"{"$or": [{"a": [1]}, {"b": [1]}], "c": {"$or": [{"d": [1]}, {"e": [1, 2]}]}}"#,
                &["a:1 c.d:1", "b:1 c.d:1", "a:1 c.e:2", "b:1 c.e:2"],
            ),
            // The last one counts, whatever way its path is written.
            (r#"{"a": [1], "a": [1, 2]}"#, &["a:2"]),
            (
                r#"{"a": {"b": [1]}, "a.b": [1, 2], "a": {"c": [1]}}"#,
                &["a.b:2 a.c:1"],
            ),
            (
                r#"{"a": [1], "$or": [{"a": [1, 2]}, {"b": [1]}]}"#,
                &["a:2", "a:1 b:1"],
            ),
        ] {
            assert_eq!(described(json), expected, "{json}");
        }
    }

    #[test]
    fn paths_below_one_object_are_together() {
        let mut paths = ["a.c", "a-b", "a", "b", "a.b.d", "a.b"];
        paths.sort_by(|one, other| compare_paths(one, other));
        assert_eq!(paths, ["a", "a.b", "a.b.d", "a.c", "a-b", "b"]);
    }
}
