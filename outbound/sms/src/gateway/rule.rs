use std::ops::RangeInclusive;

use http::StatusCode;
use serde_json::Value;

use crate::SmsError;

/// The longest identifier of a provider that is kept, in characters.
const MAXIMUM_PROVIDER_ID_CHARACTERS: usize = 256;

/// How to tell from an answer that the gateway has accepted the message.
#[derive(Clone, Debug, PartialEq)]
pub struct SuccessRule {
    /// The statuses that mean it, usually 200 to 299.
    pub statuses: RangeInclusive<u16>,
    /// What the answer has to say besides.
    pub answer: Option<AnswerRule>,
    /// Where in the answer, which is JSON, the gateway's identifier stands: a JSON pointer (RFC 6901). An answer without it is
    /// a success even so.
    pub message_id_pointer: Option<String>,
}

/// For gateways that tell of failures with a status of success: what their answer, which is JSON, has to say.
#[derive(Clone, Debug, PartialEq)]
pub struct AnswerRule {
    /// Where to look: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// The values that mean that the message was accepted.
    pub accepted: Vec<Value>,
    /// The values that mean that the message may be accepted later. Any other is permanent, and so is an answer
    /// that can't be read: trying again might send, and cost, the message many times.
    pub transient: Vec<Value>,
}

impl Default for SuccessRule {
    /// Any status of success.
    fn default() -> Self {
        SuccessRule {
            statuses: 200..=299,
            answer: None,
            message_id_pointer: None,
        }
    }
}

impl SuccessRule {
    /// The JSON pointers.
    pub(super) fn pointers(&self) -> impl Iterator<Item = &str> {
        let answer = self.answer.as_ref().map(|rule| &*rule.pointer);
        answer.into_iter().chain(self.message_id_pointer.as_deref())
    }

    pub(super) fn has_status(&self, status: StatusCode) -> bool {
        self.statuses.contains(&status.as_u16())
    }

    /// The gateway's identifier, if the answer is a success.
    pub(super) fn read_answer(&self, body: &[u8]) -> Result<Option<String>, SmsError> {
        let answer: Option<Value> = serde_json::from_slice(body).ok();
        if let Some(rule) = &self.answer {
            rule.check(answer.as_ref())?;
        }
        let pointer = self.message_id_pointer.as_deref();
        Ok(pointer
            .zip(answer.as_ref())
            .and_then(|(pointer, answer)| answer.pointer(pointer))
            .and_then(identifier))
    }
}

impl AnswerRule {
    fn check(&self, answer: Option<&Value>) -> Result<(), SmsError> {
        let Some(value) = answer.and_then(|answer| answer.pointer(&self.pointer)) else {
            return Err(SmsError::permanent(format!(
                "the gateway's answer has nothing at {:?}",
                self.pointer
            )));
        };
        if self.accepted.contains(value) {
            return Ok(());
        }
        let shown: String = value
            .to_string()
            .chars()
            .take(MAXIMUM_PROVIDER_ID_CHARACTERS)
            .collect();
        let reason = format!("the gateway's answer says {shown} at {:?}", self.pointer);
        match self.transient.contains(value) {
            true => Err(SmsError::transient(reason)),
            false => Err(SmsError::permanent(reason)),
        }
    }
}

fn identifier(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text.chars().take(MAXIMUM_PROVIDER_ID_CHARACTERS).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::SmsErrorKind;

    fn rule() -> SuccessRule {
        SuccessRule {
            answer: Some(AnswerRule {
                pointer: "/messages/0/status".to_owned(),
                accepted: vec![json!("0"), json!(0)],
                transient: vec![json!("1")],
            }),
            message_id_pointer: Some("/messages/0/id".to_owned()),
            ..SuccessRule::default()
        }
    }

    #[test]
    fn an_answer_is_a_success_or_says_why_not() {
        use SmsErrorKind::{Permanent, Transient};
        for (body, expected) in [
            (r#"{"messages":[{"status":"0","id":"A1"}]}"#, Ok(Some("A1"))),
            (r#"{"messages":[{"status":0,"id":42}]}"#, Ok(Some("42"))),
            (r#"{"messages":[{"status":"0"}]}"#, Ok(None)),
            (r#"{"messages":[{"status":"0","id":[]}]}"#, Ok(None)),
            (r#"{"messages":[{"status":"1","id":"A1"}]}"#, Err(Transient)),
            (r#"{"messages":[{"status":"9","id":"A1"}]}"#, Err(Permanent)),
            (r#"{"messages":[]}"#, Err(Permanent)),
            (r#"{"messages":[{"status":"0","#, Err(Permanent)),
            ("OK", Err(Permanent)),
            ("", Err(Permanent)),
        ] {
            let result = rule().read_answer(body.as_bytes());
            let result = result.as_ref().map(Option::as_deref).map_err(|error| error.kind);
            assert_eq!(result, expected, "{body}");
        }
    }

    #[test]
    fn without_a_rule_any_answer_will_do() {
        let rule = SuccessRule {
            message_id_pointer: Some("/id".to_owned()),
            ..SuccessRule::default()
        };
        assert_eq!(rule.read_answer(b"queued"), Ok(None));
        assert_eq!(rule.read_answer(br#"{"id":"7"}"#), Ok(Some("7".to_owned())));
        let long = json!({ "id": "x".repeat(1_000) }).to_string();
        assert_eq!(rule.read_answer(long.as_bytes()).unwrap().unwrap().len(), 256);
    }

    #[test]
    fn deep_answers_are_no_answers() {
        let deep = "[".repeat(60_000);
        assert!(rule().read_answer(deep.as_bytes()).is_err());
    }
}
