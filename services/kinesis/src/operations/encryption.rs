//! StartStreamEncryption and StopStreamEncryption. What is said of a record is whether its stream was encrypted when it came;
//! nothing is encrypted.
//!
//! Source: [StartStreamEncryption](https://docs.aws.amazon.com/kinesis/latest/APIReference/API_StartStreamEncryption.html).

use ninefold_protocol::{CallContext, ServiceError};
use serde::Deserialize;

use crate::KinesisDoor;
use crate::errors;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct EncryptionInput {
    stream_name: Option<String>,
    #[serde(rename = "StreamARN")]
    stream_arn: Option<String>,
    encryption_type: EncryptionType,
    key_id: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum EncryptionType {
    None,
    Kms,
}

impl EncryptionInput {
    fn check_type(&self) -> Result<(), ServiceError> {
        match self.encryption_type {
            EncryptionType::Kms => Ok(()),
            EncryptionType::None => Err(errors::breaks_constraint(
                "'NONE'",
                "encryptionType",
                "Member must satisfy enum value set: [KMS]",
            )),
        }
    }
}

pub(crate) async fn start(
    door: &KinesisDoor,
    context: &CallContext,
    input: EncryptionInput,
) -> Result<(), ServiceError> {
    input.check_type()?;
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:StartStreamEncryption")?;
    door.change_settings(&view.arn, |settings| {
        settings.encryption_key = Some(input.key_id);
        Ok(())
    })
    .await
}

pub(crate) async fn stop(
    door: &KinesisDoor,
    context: &CallContext,
    input: EncryptionInput,
) -> Result<(), ServiceError> {
    input.check_type()?;
    let (name, arn) = (input.stream_name.as_deref(), input.stream_arn.as_deref());
    let view = door.stream(context, name, arn, "kinesis:StopStreamEncryption")?;
    door.change_settings(&view.arn, |settings| {
        settings.encryption_key = None;
        Ok(())
    })
    .await
}
