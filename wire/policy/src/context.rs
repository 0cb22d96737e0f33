use crate::Principal;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// What is known about a request: the values of its condition keys, such as `aws:SourceIp` or `aws:SourceArn`.
///
/// Keys are compared without regard to case. The keys that follow from the principal (`aws:username`,
/// `aws:userid`, `aws:PrincipalArn`, `aws:PrincipalAccount`, `aws:PrincipalType`, `aws:PrincipalIsAWSService`,
/// `aws:PrincipalServiceName`) need not be given and can't be overridden.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context(BTreeMap<String, Vec<String>>);

impl Context {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a key to a value.
    pub fn insert(&mut self, key: &str, value: impl Into<String>) {
        self.0.insert(key.to_ascii_lowercase(), vec![value.into()]);
    }

    /// Sets a key that has several values, such as `aws:TagKeys`.
    pub fn insert_all(&mut self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) {
        self.0.insert(
            key.to_ascii_lowercase(),
            values.into_iter().map(Into::into).collect(),
        );
    }
}

/// All keys of a request: those given and those that follow from the principal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keys<'a> {
    context: &'a Context,
    principal: &'a Principal,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(context: &'a Context, principal: &'a Principal) -> Self {
        Self { context, principal }
    }

    /// The values of a key, which is in lower case; `None` if there is none.
    pub(crate) fn get(&self, key: &str) -> Option<Vec<Cow<'a, str>>> {
        if let Some(value) = self.principal.condition_key(key) {
            return value.map(|value| vec![value]);
        }
        let values = self.context.0.get(key).filter(|values| !values.is_empty())?;
        Some(values.iter().map(|value| Cow::Borrowed(value.as_str())).collect())
    }
}
