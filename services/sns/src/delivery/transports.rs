//! What goes out of the server.

use std::sync::Arc;

use http::Uri;
use ninefold_outbound_http::HttpClient;
use ninefold_outbound_mail::MailRelay;
use ninefold_outbound_push::FcmEndpoints;
use ninefold_outbound_sms::SmsProvider;
use ninefold_protocol::LogGroups;

use crate::Outbox;

/// The clients that deliveries go through.
pub struct Transports {
    /// To subscribers' own addresses, within the rules of egress.
    pub http: HttpClient,
    /// To push services, which are configured and not chosen by strangers.
    pub providers_http: HttpClient,
    /// Where Firebase Cloud Messaging is.
    pub fcm: FcmEndpoints,
    /// Where the Apple Push Notification service is, if not at Apple's.
    pub apns: Option<Uri>,
    /// To mailboxes.
    pub mail: Option<MailRelay>,
    /// To telephones.
    pub sms: Option<Arc<dyn SmsProvider>>,
    /// Whether text messages go to verified numbers only.
    pub sms_sandbox: bool,
    /// What a part of a text message costs, in the currency of `MonthlySpendLimit`.
    pub sms_price_per_part: f64,
    /// Keeps the logs that AWS keeps in log groups.
    pub log_groups: Option<Arc<dyn LogGroups>>,
    /// Shows mails and text messages to whoever looks; for development.
    pub outbox: Option<Arc<Outbox>>,
    /// Whether envelopes for queues carry a signature as those for web endpoints do. Nearly no consumer of a queue
    /// checks it, and making it takes longer than everything else about publishing.
    pub signs_queue_messages: bool,
}
