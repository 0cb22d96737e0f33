//! ConfirmSubscription, and the tokens it takes.
//!
//! Source: [ConfirmSubscription](https://docs.aws.amazon.com/sns/latest/api/API_ConfirmSubscription.html).

use ninefold_protocol::{CallContext, PrincipalKind, ServiceError};
use ring::rand::{SecureRandom, SystemRandom};
use serde::Deserialize;
use uuid::Uuid;

use crate::SnsDoor;
use crate::arn::{SubscriptionArn, TopicArn};
use crate::errors;
use crate::limits::TOKEN_SECONDS;
use crate::operations::subscriptions::SubscriptionOutput;
use crate::record::Standing;

/// Random bytes of a token.
const SECRET_BYTES: usize = 32;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct ConfirmSubscriptionInput {
    topic_arn: String,
    token: String,
    authenticate_on_unsubscribe: Option<String>,
}

/// A subscription that waits for its confirmation by a fresh token, which names it and can't be guessed.
pub(crate) fn new_token(arn: &SubscriptionArn, now_seconds: u64) -> Result<Standing, ServiceError> {
    let mut secret = [0; SECRET_BYTES];
    SystemRandom::new()
        .fill(&mut secret)
        .map_err(|_| ServiceError::internal("The system has no random numbers."))?;
    let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Standing::Pending {
        token: format!("{}{secret}", arn.id.simple()),
        until_seconds: now_seconds + TOKEN_SECONDS,
    })
}

pub(crate) async fn confirm(
    door: &SnsDoor,
    context: &CallContext,
    input: ConfirmSubscriptionInput,
) -> Result<SubscriptionOutput, ServiceError> {
    let arn = TopicArn::read(&input.topic_arn, "TopicArn")?;
    let topic = door.topics.get(&arn).ok_or_else(errors::topic_does_not_exist)?;
    let invalid = || errors::invalid_parameter("Token");
    let id = input.token.get(..32).and_then(|id| Uuid::try_parse(id).ok());
    let id = id.ok_or_else(invalid)?;
    let is_anonymous = context.principal.kind == PrincipalKind::Anonymous;
    let wants_authentication = input
        .authenticate_on_unsubscribe
        .is_some_and(|flag| flag.eq_ignore_ascii_case("true"));
    if wants_authentication && is_anonymous {
        let message = "AuthenticateOnUnsubscribe can be set by authenticated callers only";
        return Err(errors::modelled("AuthorizationErrorException", message));
    }
    let subscriber = topic.subscribers.read().get(id).ok_or_else(invalid)?;
    let now = door.now_seconds();
    let subscriber = door
        .change_subscription(&topic, &subscriber.arn, |record| {
            match &record.standing {
                Standing::Pending { token, until_seconds }
                    if *token == input.token && now < *until_seconds =>
                {
                    record.standing = Standing::Confirmed {
                        authenticated: !is_anonymous,
                        authenticate_on_unsubscribe: wants_authentication,
                        token: Some(input.token.clone()),
                    };
                    Ok(())
                }
                // Links are followed twice, by people and by their mail programs.
                Standing::Confirmed { token, .. } if token.as_deref() == Some(&input.token) => Ok(()),
                _ => Err(invalid()),
            }
        })
        .await?;
    Ok(SubscriptionOutput {
        subscription_arn: subscriber.arn.to_string(),
    })
}

impl SnsDoor {
    /// Removes subscriptions that nobody has confirmed in time.
    pub(crate) async fn expire_pending(&self) -> Result<(), ServiceError> {
        let now = self.now_seconds();
        for topic in self.topics.all() {
            let expired: Vec<_> = topic
                .subscribers
                .read()
                .all()
                .filter(|subscriber| match &subscriber.record.standing {
                    Standing::Pending { until_seconds, .. } => *until_seconds <= now,
                    Standing::Confirmed { .. } => false,
                })
                .cloned()
                .collect();
            for subscriber in expired {
                self.remove_subscription(&topic, &subscriber).await?;
            }
        }
        Ok(())
    }
}
