//! What has a configuration that clients change.

use std::collections::BTreeMap;

use super::Definition;

/// The values of the keys of something: those that were configured, and the defaults of the others.
pub(crate) trait Configurable: Sized {
    /// Every key, in the order of names.
    const KEYS: &'static [Definition];

    /// What was configured, by name.
    fn configured(&self) -> &BTreeMap<String, String>;

    /// Configures a key; says why not in Kafka's words.
    fn set(&mut self, name: &str, value: &str) -> Result<(), String>;

    /// Lets a key be as the default says.
    fn unset(&mut self, name: &str) -> Result<(), String>;

    /// The definition of a key.
    fn definition(name: &str) -> Option<&'static Definition> {
        Self::KEYS.iter().find(|definition| definition.name == name)
    }

    /// The value of a key.
    fn get(&self, definition: &'static Definition) -> &str {
        let configured = self.configured().get(definition.name);
        configured.map_or(definition.default, String::as_str)
    }

    /// The value of a key by its name.
    fn text(&self, name: &str) -> &str {
        Self::definition(name).map_or("", |definition| self.get(definition))
    }
}
