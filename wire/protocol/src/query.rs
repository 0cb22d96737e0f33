//! Inputs of the AWS query protocol.

use ninefold_model::{Operation, ServiceModel, Value};

use crate::DecodeError;

/// The decoded parameters of a form body or query string, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn parse(encoded: &[u8]) -> Result<Self, DecodeError> {
        let _ = encoded;
        Ok(Form::default())
    }

    /// The first value of that name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// Reads an input from a request's parameters.
pub fn decode_query(model: &ServiceModel, operation: &Operation, form: &Form) -> Result<Value, DecodeError> {
    let _ = (model, operation, form);
    Err(DecodeError::Malformed(String::new()))
}
