//! XML answers of the AWS query protocol.

use bytes::Bytes;
use ninefold_model::{Operation, ServiceModel, Value};

use crate::{RequestId, ServiceError};

/// Writes an output as a response body.
pub fn encode_query_xml(
    model: &ServiceModel,
    operation: &Operation,
    output: &Value,
    request_id: RequestId,
) -> Bytes {
    let _ = (model, operation, output, request_id);
    Bytes::new()
}

/// Writes an error as a response body; `xml_namespace` is the service's, if one is known.
pub fn encode_query_error(xml_namespace: Option<&str>, error: &ServiceError, request_id: RequestId) -> Bytes {
    let _ = (xml_namespace, error, request_id);
    Bytes::new()
}
