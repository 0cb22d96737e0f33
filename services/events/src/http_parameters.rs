//! What a target adds to the request of an API destination: its `HttpParameters`.
//!
//! Source: [HttpParameters](https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_HttpParameters.html), and
//! [Path parameters](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html).

use ninefold_input_transformer::InputPath;
use ninefold_outbound_authorization::TargetParameters;

use crate::record::HttpParameters;

/// What a value begins with that is taken from the event.
const PATH_START: &str = "$.";

/// The parameters of a target, ready for use.
#[derive(Debug, Default)]
pub(crate) struct ParameterValues {
    path: Vec<ParameterValue>,
    headers: Vec<(String, ParameterValue)>,
    query: Vec<(String, ParameterValue)>,
}

#[derive(Debug)]
enum ParameterValue {
    Fixed(String),
    FromEvent(InputPath),
}

impl ParameterValue {
    fn read(text: &str) -> Result<Self, String> {
        match text.starts_with(PATH_START) {
            true => InputPath::parse(text)
                .map(ParameterValue::FromEvent)
                .map_err(|error| format!("{text} is no valid path: {error}")),
            false => Ok(ParameterValue::Fixed(text.to_owned())),
        }
    }

    /// The value for an event; none if the event doesn't have it. What is no string is written as JSON.
    fn of(&self, event: &str) -> Result<Option<String>, String> {
        let path = match self {
            ParameterValue::Fixed(text) => return Ok(Some(text.clone())),
            ParameterValue::FromEvent(path) => path,
        };
        let found = path.select(event.as_bytes()).map_err(|error| error.to_string())?;
        match found.as_deref() {
            None | Some("null") => Ok(None),
            Some(json) if json.starts_with('"') => serde_json::from_str(json)
                .map(Some)
                .map_err(|error| error.to_string()),
            Some(json) => Ok(Some(json.to_owned())),
        }
    }
}

impl ParameterValues {
    /// Reads what a target says of them.
    ///
    /// # Errors
    ///
    /// What can't be a part of a request.
    pub(crate) fn read(record: Option<&HttpParameters>) -> Result<Self, String> {
        let Some(record) = record else {
            return Ok(ParameterValues::default());
        };
        let named = |(name, text): (&String, &String)| Ok((name.clone(), ParameterValue::read(text)?));
        let path = record.path_parameter_values.iter();
        let values = ParameterValues {
            path: path
                .map(|text| ParameterValue::read(text))
                .collect::<Result<_, String>>()?,
            headers: record
                .header_parameters
                .iter()
                .map(named)
                .collect::<Result<_, String>>()?,
            query: record
                .query_string_parameters
                .iter()
                .map(named)
                .collect::<Result<_, String>>()?,
        };
        values.check()?;
        Ok(values)
    }

    /// Whether what is fixed can be a part of a request.
    fn check(&self) -> Result<(), String> {
        let mut parameters = TargetParameters::default();
        for (name, value) in &self.headers {
            let fixed = match value {
                ParameterValue::Fixed(text) => text,
                ParameterValue::FromEvent(_) => "",
            };
            parameters
                .add_header(name, fixed)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    /// The parameters for an event. Headers and query parameters that the event has nothing for are left out.
    ///
    /// # Errors
    ///
    /// If the event has nothing for a path parameter, or something that can't be a part of a request.
    pub(crate) fn of(&self, event: &str) -> Result<TargetParameters, String> {
        let mut parameters = TargetParameters::default();
        for (position, value) in self.path.iter().enumerate() {
            let value = value.of(event)?;
            let value = value.ok_or_else(|| {
                let number = position + 1;
                format!("the event has nothing for path parameter {number}")
            })?;
            let added = parameters.add_path_value(&value);
            added.map_err(|error| error.to_string())?;
        }
        for (name, value) in &self.headers {
            if let Some(value) = value.of(event)? {
                let added = parameters.add_header(name, &value);
                added.map_err(|error| error.to_string())?;
            }
        }
        for (name, value) in &self.query {
            if let Some(value) = value.of(event)? {
                let added = parameters.add_query(name, &value);
                added.map_err(|error| error.to_string())?;
            }
        }
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(json: &str) -> HttpParameters {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn values_are_fixed_or_come_from_the_event() {
        let event = r#"{"detail": {"id": "a/b \"c\"", "n": 1.50, "none": null, "list": [1, 2]}}"#;
        for (text, expected) in [
            ("fixed", Some("fixed")),
            ("$5", Some("$5")),
            ("$.detail.id", Some("a/b \"c\"")),
            ("$.detail.n", Some("1.50")),
            ("$.detail.none", None),
            ("$.detail.absent", None),
            ("$.detail.list[1]", Some("2")),
        ] {
            let value = ParameterValue::read(text).unwrap();
            assert_eq!(value.of(event).unwrap().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn what_no_request_can_have_is_refused() {
        for json in [
            r#"{"PathParameterValues": ["$.detail["]}"#,
            r#"{"HeaderParameters": {"a b": "c"}}"#,
            r#"{"HeaderParameters": {"a": "c\nd: e"}}"#,
            r#"{"QueryStringParameters": {"a": "$.a["}}"#,
        ] {
            assert!(ParameterValues::read(Some(&record(json))).is_err(), "{json}");
        }
        let values = ParameterValues::read(Some(&record(
            r#"{"PathParameterValues": ["$.detail.id"], "HeaderParameters": {"X-A": "$.detail.a"}}"#,
        )))
        .unwrap();
        assert!(values.of(r#"{"detail": {"id": "1", "a": "b"}}"#).is_ok());
        assert!(values.of(r#"{"detail": {"id": "1"}}"#).is_ok());
        let missing = values.of(r#"{"detail": {}}"#).unwrap_err();
        assert_eq!(missing, "the event has nothing for path parameter 1");
        assert!(values.of(r#"{"detail": {"id": "1", "a": "b\nc"}}"#).is_err());
    }
}
