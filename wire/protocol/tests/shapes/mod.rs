//! Any value of any shape of some services.

use bytes::Bytes;
use ninefold_model::{Map, ServiceModel, ShapeId, ShapeKind, Timestamp, Value};
use proptest::prelude::*;
use proptest::sample::select;

const MODELS: [(&str, &str); 3] = [
    ("kinesis", include_str!("../../../model/models/kinesis.json")),
    ("sqs", include_str!("../../../model/models/sqs.json")),
    ("sts", include_str!("../../../model/models/sts.json")),
];

/// A model of the same shapes whose operations give back what they take, one for every structure.
fn mirrored((name, text): (&'static str, &str)) -> &'static ServiceModel {
    let mut model: serde_json::Value = serde_json::from_str(text).unwrap();
    let shapes = model["shapes"].as_object().unwrap().clone();
    let structures = shapes.iter().filter(|(_, shape)| shape["type"] == "structure");
    let mirror =
        |name: &str| serde_json::json!({"method": "POST", "uri": "/", "input": name, "output": name});
    model["operations"] = structures.map(|(name, _)| (name.clone(), mirror(name))).collect();
    let text: &'static str = model.to_string().leak();
    Box::leak(Box::new(ServiceModel::parse(name, text).unwrap()))
}

/// Any value of a shape, whether its constraints hold or not.
fn any_value(model: &'static ServiceModel, shape: ShapeId, depth: usize) -> BoxedStrategy<Value> {
    let length = if depth == 0 { 0..1 } else { 0..4 };
    match &model.shape(shape).kind {
        ShapeKind::Structure(structure) => {
            let members = structure.members.iter().filter(|_| depth > 0).map(|member| {
                let value = any_value(model, member.shape, depth - 1);
                prop::option::of(value).prop_map(|value| value.map(|value| (member.name, value)))
            });
            members
                .collect::<Vec<_>>()
                .prop_map(|members| Value::Map(members.into_iter().flatten().collect()))
                .boxed()
        }
        ShapeKind::List(list) => {
            let elements = any_value(model, list.member.shape, depth.saturating_sub(1));
            prop::collection::vec(elements, length)
                .prop_map(Value::List)
                .boxed()
        }
        ShapeKind::Map(map) => {
            let entries = (
                any::<String>(),
                any_value(model, map.value.shape, depth.saturating_sub(1)),
            );
            prop::collection::vec(entries, length)
                .prop_map(|entries| Value::Map(Map::from_iter(entries)))
                .boxed()
        }
        ShapeKind::String(_) => any::<String>().prop_map(Value::String).boxed(),
        ShapeKind::Blob(_) => prop::collection::vec(any::<u8>(), 0..16)
            .prop_map(|bytes| Value::Blob(Bytes::from(bytes)))
            .boxed(),
        ShapeKind::Boolean => any::<bool>().prop_map(Value::Bool).boxed(),
        ShapeKind::Integer(_) => any::<i32>()
            .prop_map(|number| Value::Integer(number.into()))
            .boxed(),
        ShapeKind::Long(_) => any::<i64>().prop_map(Value::Integer).boxed(),
        ShapeKind::Float(_) => any::<f64>().prop_map(Value::Float).boxed(),
        ShapeKind::Timestamp(_) => (0..4_000_000_000_000i64)
            .prop_map(|at| Value::Timestamp(Timestamp::from_milliseconds(at)))
            .boxed(),
    }
}

/// An operation of a mirrored model, with an input of it.
pub(crate) fn any_input() -> impl Strategy<Value = (&'static ServiceModel, &'static str, Value)> {
    let operations: Vec<(&'static ServiceModel, &'static str)> = MODELS
        .map(mirrored)
        .into_iter()
        .flat_map(|model| {
            model
                .operations()
                .iter()
                .map(move |operation| (model, operation.name))
        })
        .collect();
    select(operations).prop_flat_map(|(model, name)| {
        let shape = model.operation(name).unwrap().input.unwrap();
        any_value(model, shape, 4).prop_map(move |value| (model, name, value))
    })
}
