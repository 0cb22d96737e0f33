use crate::predicate::Predicate;

/// A pattern as it is written: the members of one object, in their order. All of them are to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tree {
    /// Never empty.
    pub(crate) entries: Vec<Entry>,
}

/// A member of a pattern's object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// What is asked of the field with this name.
    Field(Box<str>, Condition),
    /// `$or`: one of several objects is to hold.
    AnyOf(Vec<Tree>),
}

/// What is asked of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Things of its own fields.
    Nested(Tree),
    /// That one of its values passes one of these tests. Never empty.
    Values(Vec<ValueTest>),
}

/// One of the tests of which a field has to pass one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueTest {
    /// There is a value that fits.
    Fits(Predicate),
    /// `exists` with `false`: there is no value.
    Absent,
}

impl Tree {
    /// The members of the object.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many [branches](crate::branch) the tree has.
    pub(crate) fn branch_count(&self) -> usize {
        self.entries.iter().fold(1, |count: usize, entry| {
            count.saturating_mul(match entry {
                Entry::Field(_, Condition::Nested(tree)) => tree.branch_count(),
                Entry::Field(_, Condition::Values(tests)) => {
                    usize::from(ValueTest::admits_values(tests))
                        + usize::from(tests.contains(&ValueTest::Absent))
                }
                Entry::AnyOf(trees) => trees
                    .iter()
                    .fold(0, |sum, tree| sum.saturating_add(tree.branch_count())),
            })
        })
    }
}

impl ValueTest {
    /// Whether a field that is there may pass.
    pub(crate) fn admits_values(tests: &[Self]) -> bool {
        tests.iter().any(|test| matches!(test, Self::Fits(_)))
    }
}
