use std::fmt;

/// A named, ordered set of keys within every partition. Engines declare theirs as constants:
///
/// ```
/// # use ninefold_store::Table;
/// pub const MESSAGES: Table = Table::new(1, "queue.messages");
/// ```
///
/// Both the number and the name are unique in the whole server and never change, since both are on disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Table {
    id: u8,
    name: &'static str,
}

impl Table {
    /// Declares a table.
    ///
    /// # Panics
    ///
    /// If the name is empty or longer than 255 bytes.
    pub const fn new(id: u8, name: &'static str) -> Self {
        assert!(
            !name.is_empty() && name.len() <= 255,
            "a table's name has 1 to 255 bytes"
        );
        Table { id, name }
    }

    /// The table's number.
    pub const fn id(self) -> u8 {
        self.id
    }

    /// The table's name.
    pub const fn name(self) -> &'static str {
        self.name
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Table({} {})", self.id, self.name)
    }
}
