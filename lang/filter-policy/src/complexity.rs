//! The limits of filter policies, as the page on [constraints] states them.
//!
//! [constraints]: https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html

use crate::error::FilterPolicyError;
use ninefold_event_pattern::{Condition, Entry, Excluded, Predicate, Tree, ValueTest, Wildcard};
use std::collections::HashSet;

/// The longest text of a policy: 256 KB.
pub const MAXIMUM_POLICY_BYTES: usize = 256 * 1_024;
/// The most keys of a policy. Only keys that have values count, not those of objects.
pub const MAXIMUM_KEYS: usize = 5;
/// The most combinations of values.
pub const MAXIMUM_COMBINATIONS: usize = 150;
/// The most asterisks in one wildcard.
pub const MAXIMUM_ASTERISKS: usize = 3;
/// The most points for all wildcards of a policy: one for each that has one asterisk, three for each that has more.
pub const MAXIMUM_WILDCARD_POINTS: usize = 100;

/// Makes sure that a policy is within the limits.
pub(crate) fn check(tree: &Tree) -> Result<(), FilterPolicyError> {
    let mut keys = HashSet::new();
    collect_keys(tree, "", &mut keys);
    if keys.len() > MAXIMUM_KEYS {
        return Err(FilterPolicyError::TooManyKeys);
    }
    if combinations(tree, 1) > MAXIMUM_COMBINATIONS {
        return Err(FilterPolicyError::TooComplex);
    }
    let mut points = 0;
    for asterisks in wildcards(tree).iter().map(|wildcard| wildcard.asterisks()) {
        if asterisks > MAXIMUM_ASTERISKS {
            return Err(FilterPolicyError::TooComplex);
        }
        points += match asterisks {
            0 => 0,
            1 => 1,
            _ => 3,
        };
    }
    if points > MAXIMUM_WILDCARD_POINTS {
        return Err(FilterPolicyError::TooComplex);
    }
    Ok(())
}

/// Whether some key has an object.
pub(crate) fn is_nested(tree: &Tree) -> bool {
    tree.entries().iter().any(|entry| match entry {
        Entry::Field(_, condition) => matches!(condition, Condition::Nested(_)),
        Entry::AnyOf(trees) => trees.iter().any(is_nested),
    })
}

/// The paths of the keys that have values; a key that is in several objects of an `$or` is one.
fn collect_keys(tree: &Tree, prefix: &str, keys: &mut HashSet<String>) {
    for entry in tree.entries() {
        match entry {
            Entry::Field(name, Condition::Values(_)) => {
                keys.insert(format!("{prefix}{name}"));
            }
            Entry::Field(name, Condition::Nested(nested)) => {
                collect_keys(nested, &format!("{prefix}{name}."), keys);
            }
            Entry::AnyOf(trees) => {
                for tree in trees {
                    collect_keys(tree, prefix, keys);
                }
            }
        }
    }
}

/// The product, over all keys, of the number of values and the level of nesting; the sum over the objects of an `$or`.
fn combinations(tree: &Tree, level: usize) -> usize {
    tree.entries().iter().fold(1, |product: usize, entry| {
        product.saturating_mul(match entry {
            Entry::Field(_, Condition::Values(tests)) => tests.len().saturating_mul(level),
            Entry::Field(_, Condition::Nested(nested)) => combinations(nested, level + 1),
            Entry::AnyOf(trees) => trees
                .iter()
                .fold(0, |sum, tree| sum.saturating_add(combinations(tree, level))),
        })
    })
}

fn wildcards(tree: &Tree) -> Vec<&Wildcard> {
    let mut found = Vec::new();
    for entry in tree.entries() {
        match entry {
            Entry::Field(_, Condition::Nested(nested)) => found.extend(wildcards(nested)),
            Entry::Field(_, Condition::Values(tests)) => {
                for test in tests {
                    match test {
                        ValueTest::Fits(Predicate::Wildcard(wildcard)) => found.push(wildcard),
                        ValueTest::Fits(Predicate::AnythingBut(Excluded::Wildcards(wildcards))) => {
                            found.extend(wildcards);
                        }
                        _ => {}
                    }
                }
            }
            Entry::AnyOf(trees) => found.extend(trees.iter().flat_map(wildcards)),
        }
    }
    found
}
