use serde_json::{Value, json};

/// The statement that `AddPermission` adds to a resource's policy: it lets principals (their ARNs) do actions. A single value
/// stands by itself, several stand in a list, as AWS writes them.
///
/// Source: the policies that [AddPermission] of SQS and of SNS leave.
///
/// [AddPermission]: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html
pub fn permission(
    sid: &str,
    principals: impl IntoIterator<Item = String>,
    actions: impl IntoIterator<Item = String>,
    resource: &str,
) -> Value {
    json!({
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": one_or_list(principals)},
        "Action": one_or_list(actions),
        "Resource": resource,
    })
}

fn one_or_list(values: impl IntoIterator<Item = String>) -> Value {
    let mut values: Vec<String> = values.into_iter().collect();
    match values.len() {
        1 => Value::String(values.remove(0)),
        _ => Value::from(values),
    }
}
