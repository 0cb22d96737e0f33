//! The AWS API models as data: operations, shapes, constraints, bindings and error codes of each service,
//! the dynamic [`Value`] that inputs and outputs are carried in, and validation by the model.
//!
//! The compact model files in `models/` are written by `tools/models/reduce.py` from the public botocore
//! models; nobody writes by hand what a model states.

mod parse;
mod pattern;
mod schema;
mod services;
mod timestamp;
mod validation;
mod value;

pub use parse::ModelError;
pub use pattern::Pattern;
pub use schema::{
    ErrorTraits, Fault, ListShape, Location, MapShape, Member, NumberRange, Operation, ServiceModel, Shape,
    ShapeId, ShapeKind, StringShape, StructureShape, TimestampFormat,
};
pub use services::{events, kafka, kinesis, sns, sqs, sts};
pub use timestamp::{Timestamp, TimestampError};
pub use validation::{Constraint, Violation, describe, validate};
pub use value::{Map, Value, ValueError, to_value};
