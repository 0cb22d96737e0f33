use std::str::FromStr;
use std::time::Duration;

/// How a notification is to be delivered. What isn't given is left to the message, then to the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushOptions {
    /// How long the provider keeps trying, in whole seconds; zero tries once. Goes before what the message says.
    pub time_to_live: Option<Duration>,
    /// Of the notifications with the same key only the latest is delivered. APNs takes at most 64 bytes.
    pub collapse_key: Option<String>,
    /// How urgent the notification is. Goes before what the message says.
    pub priority: Option<PushPriority>,
    /// APNs: what the notification is for; without it, alert or background as the message has it.
    pub push_type: Option<ApnsPushType>,
    /// APNs: the topic, if it isn't the app's bundle identifier with what the push type appends to it.
    pub topic: Option<String>,
}

/// How urgent a notification is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PushPriority {
    /// At once: 10 of APNs.
    High,
    /// When it suits the device's battery: 5 of APNs.
    Normal,
    /// Without waking the device: 1 of APNs; FCM has no difference to [`PushPriority::Normal`].
    Low,
}

/// What an APNs notification is for: the values of `apns-push-type` in
/// [Sending notification requests to APNs](https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApnsPushType {
    /// Shows an alert, plays a sound or badges the app's icon.
    Alert,
    /// Wakes the app without the user noticing.
    Background,
    /// Asks for the device's location.
    Location,
    /// Announces a call.
    Voip,
    /// Updates a watch's complication.
    Complication,
    /// Tells a file provider of changes.
    FileProvider,
    /// Asks a managed device to contact its server.
    Mdm,
    /// Updates a live activity.
    LiveActivity,
    /// Starts a push-to-talk session.
    PushToTalk,
}

/// The types with the names that APNs knows them by, and what each appends to the bundle identifier in the topic.
const PUSH_TYPES: [(ApnsPushType, &str, &str); 9] = [
    (ApnsPushType::Alert, "alert", ""),
    (ApnsPushType::Background, "background", ""),
    (ApnsPushType::Location, "location", ".location-query"),
    (ApnsPushType::Voip, "voip", ".voip"),
    (ApnsPushType::Complication, "complication", ".complication"),
    (
        ApnsPushType::FileProvider,
        "fileprovider",
        ".pushkit.fileprovider",
    ),
    (ApnsPushType::Mdm, "mdm", ""),
    (
        ApnsPushType::LiveActivity,
        "liveactivity",
        ".push-type.liveactivity",
    ),
    (ApnsPushType::PushToTalk, "pushtotalk", ".voip-ptt"),
];

impl ApnsPushType {
    fn row(self) -> (ApnsPushType, &'static str, &'static str) {
        PUSH_TYPES[self as usize]
    }

    /// The value of `apns-push-type`.
    pub(crate) fn name(self) -> &'static str {
        self.row().1
    }

    /// What the topic has after the bundle identifier.
    pub(crate) fn topic_suffix(self) -> &'static str {
        self.row().2
    }
}

/// A text that names no APNs push type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such push type")]
pub struct UnknownPushType;

impl FromStr for ApnsPushType {
    type Err = UnknownPushType;

    /// From the value of `apns-push-type`, such as `alert`.
    fn from_str(text: &str) -> Result<Self, UnknownPushType> {
        PUSH_TYPES
            .iter()
            .find(|(_, name, _)| *name == text)
            .map(|(push_type, ..)| *push_type)
            .ok_or(UnknownPushType)
    }
}

/// A notification that the provider has taken over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushReceipt {
    /// What the provider calls it: FCM's message name, APNs' `apns-id`.
    pub provider_message_id: Option<String>,
    /// The status of the provider's answer.
    pub status: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_push_type_has_its_own_row_and_is_read_back() {
        for (push_type, name, suffix) in PUSH_TYPES {
            assert_eq!((push_type.name(), push_type.topic_suffix()), (name, suffix));
            assert_eq!(name.parse(), Ok(push_type));
        }
        assert_eq!("ALERT".parse::<ApnsPushType>(), Err(UnknownPushType));
    }
}
