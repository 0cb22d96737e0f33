//! The relay that sends mail, as one URL.

use ninefold_outbound_mail::{MailCredentials, MailSecurity, Mailbox};

use super::{ConfigError, invalid};

/// Secrets may have any character, users no colon, and hosts no @: so it is the first colon that counts, and the last @.
const BEFORE_SECRET: char = ':';
const BEFORE_HOST: char = '@';

/// A relay and whom mail is from.
#[derive(Clone, Debug)]
pub(crate) struct MailConfig {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) security: MailSecurity,
    pub(crate) credentials: Option<MailCredentials>,
    pub(crate) sender: Mailbox,
}

impl MailConfig {
    /// Reads `mail_relay` and `mail_sender`, which belong together.
    pub(super) fn read(relay: Option<&str>, sender: Option<&str>) -> Result<Option<Self>, ConfigError> {
        let (relay, sender) = match (relay, sender) {
            (None, None) => return Ok(None),
            (Some(relay), Some(sender)) => (relay, sender),
            (Some(_), None) => return Err(invalid("mail_sender", &"mail_relay needs it")),
            (None, Some(_)) => return Err(invalid("mail_relay", &"mail_sender needs it")),
        };
        let sender: Mailbox = sender.parse().map_err(|cause| invalid("mail_sender", &cause))?;
        let expected = "it must be smtp://, smtp+starttls:// or smtps://, perhaps user:secret@, a host and perhaps a port";
        Self::of(relay, sender)
            .map(Some)
            .ok_or_else(|| invalid("mail_relay", &expected))
    }

    fn of(relay: &str, sender: Mailbox) -> Option<Self> {
        let (scheme, rest) = relay.split_once("://")?;
        let (security, usual_port) = match scheme {
            "smtp" => (MailSecurity::Plain, 25),
            "smtp+starttls" => (MailSecurity::StartTls, 587),
            "smtps" => (MailSecurity::ImplicitTls, 465),
            _ => return None,
        };
        let (credentials, place) = match rest.rsplit_once(BEFORE_HOST) {
            Some((credentials, place)) => {
                let (user, secret) = credentials.split_once(BEFORE_SECRET)?;
                let credentials = MailCredentials {
                    user: user.to_owned(),
                    secret: secret.to_owned(),
                };
                (Some(credentials), place)
            }
            None => (None, rest),
        };
        let (host, port) = match place.trim_end_matches('/').rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()?),
            None => (place.trim_end_matches('/'), usual_port),
        };
        (!host.is_empty()).then(|| MailConfig {
            host: host.to_owned(),
            port,
            security,
            credentials,
            sender,
        })
    }
}

/// The URL of a relay with something else in place of its secret.
pub(super) fn with_hidden_secret(relay: &str, hidden: &str) -> String {
    let (scheme, rest) = relay.split_once("://").unwrap_or(("", relay));
    let parts = rest
        .rsplit_once(BEFORE_HOST)
        .and_then(|(credentials, place)| Some((credentials.split_once(BEFORE_SECRET)?.0, place)));
    match parts {
        Some((user, place)) => format!("{scheme}://{user}{BEFORE_SECRET}{hidden}{BEFORE_HOST}{place}"),
        None => relay.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_relay_is_one_url() {
        let read = |relay| MailConfig::read(Some(relay), Some("Orders <orders@example.com>"));
        let config = read("smtp+starttls://user:p@ss:word@mail.example.com:2525")
            .unwrap()
            .unwrap();
        let credentials = config.credentials.unwrap();
        assert_eq!((&*config.host, config.port), ("mail.example.com", 2525));
        assert_eq!((&*credentials.user, &*credentials.secret), ("user", "p@ss:word"));
        assert_eq!(config.security, MailSecurity::StartTls);
        let config = read("smtps://mail.example.com").unwrap().unwrap();
        assert_eq!((config.port, config.credentials.is_none()), (465, true));
        for wrong in [
            "mail.example.com",
            "http://a",
            "smtp://",
            "smtp://user@host",
            "smtp://a:b",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(MailConfig::read(Some("smtp://a"), None).is_err());
        assert!(MailConfig::read(None, None).unwrap().is_none());
    }

    #[test]
    fn the_secret_of_a_relay_can_be_hidden() {
        for (relay, shown) in [
            (
                "smtps://user:p@ss:word@a.example:465",
                "smtps://user:***@a.example:465",
            ),
            ("smtp://mail.example.com", "smtp://mail.example.com"),
        ] {
            assert_eq!(with_hidden_secret(relay, "***"), shown);
        }
    }
}
