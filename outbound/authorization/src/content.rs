//! Body parameters: members that a connection adds to a JSON object.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::InvocationError;

/// The members of an object, with their values as they were written: numbers and the order of members survive.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// The body with the connection's parameters, which win over members of the same name. An empty body counts as an
/// object without members. Without parameters the body stays as it is, whatever it is.
pub(crate) fn with_parameters(
    body: &Bytes,
    parameters: &[(String, String)],
) -> Result<Bytes, InvocationError> {
    if parameters.is_empty() {
        return Ok(body.clone());
    }
    let Members(members) = match &**body {
        b"" => Members(Vec::new()),
        text => serde_json::from_slice(text).map_err(|error| InvocationError::Body {
            reason: error.to_string(),
        })?,
    };
    let kept = members
        .iter()
        .filter(|(name, _)| !parameters.iter().any(|(parameter, _)| parameter == name))
        .map(|(name, value)| format!("{}:{}", quoted(name), value.get()));
    let added = parameters
        .iter()
        .map(|(name, value)| format!("{}:{}", quoted(name), quoted(value)));
    let merged: Vec<String> = kept.chain(added).collect();
    Ok(Bytes::from(format!("{{{}}}", merged.join(","))))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    use super::*;

    fn merged(body: &str, parameters: &[(&str, &str)]) -> Result<String, InvocationError> {
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let body = with_parameters(&Bytes::copy_from_slice(body.as_bytes()), &parameters)?;
        Ok(String::from_utf8(body.to_vec()).unwrap())
    }

    #[test]
    fn members_are_added_and_replaced_and_the_rest_stays_as_it_was() {
        for (body, parameters, expected) in [
            ("", &[("a", "1")][..], r#"{"a":"1"}"#),
            ("{}", &[("a", "1")], r#"{"a":"1"}"#),
            (
                r#" {"z": 1.00, "big":123456789012345678901234567890 , "a":{ "x":[1, 2]}} "#,
                &[("k", "v")],
                r#"{"z":1.00,"big":123456789012345678901234567890,"a":{ "x":[1, 2]},"k":"v"}"#,
            ),
            (r#"{"a":1,"b":2,"a":3}"#, &[("a", "new")], r#"{"b":2,"a":"new"}"#),
            (r#"{"\u0061":1}"#, &[("a", "\"\n")], r#"{"a":"\"\n"}"#),
        ] {
            assert_eq!(merged(body, parameters).as_deref(), Ok(expected), "{body}");
        }
    }

    #[test]
    fn only_objects_take_parameters() {
        for body in ["[]", "text", "\"text\"", "{", "{}{}", "null", "\u{feff}{}"] {
            let error = merged(body, &[("a", "1")]).unwrap_err();
            assert!(matches!(error, InvocationError::Body { .. }), "{body}: {error:?}");
            assert_eq!(
                merged(body, &[]).as_deref(),
                Ok(body),
                "nothing to add, nothing to change"
            );
        }
    }

    proptest! {
        /// The oracle reads everything into a map.
        #[test]
        fn it_is_what_a_map_would_be(
            members in proptest::collection::btree_map(".{0,3}", -5_i64..5, 0..6),
            parameters in proptest::collection::btree_map(".{0,3}", ".{0,5}", 0..4),
        ) {
            let mut expected: Map<String, Value> =
                members.into_iter().map(|(name, value)| (name, value.into())).collect();
            let body = Bytes::from(Value::Object(expected.clone()).to_string());
            let parameters: Vec<_> = parameters.into_iter().collect();
            let merged = with_parameters(&body, &parameters).unwrap();
            expected.extend(parameters.into_iter().map(|(name, value)| (name, value.into())));
            prop_assert_eq!(serde_json::from_slice::<Value>(&merged).unwrap(), Value::Object(expected));
        }
    }
}
