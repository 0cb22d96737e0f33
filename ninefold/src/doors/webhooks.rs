//! Whose webhooks are taken, as a file says.

use std::fs;
use std::path::Path;

use ninefold_events::WebhookSource;
use ninefold_protocol::{AccountId, Region};
use ninefold_webhook::{Scheme, Secret, Secrets};
use serde::Deserialize;

use crate::command::Failure;
use crate::config::Config;

/// The file: a table `webhook` for each source.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhooksFile {
    #[serde(default, rename = "webhook")]
    webhooks: Vec<WebhookTable>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookTable {
    /// The partner event source.
    source: String,
    account: Option<String>,
    region: Option<String>,
    secret: String,
    /// The secret before this one, while senders change over.
    previous_secret: Option<String>,
    /// `scheme = "github"`, or a table for `hmac`.
    scheme: SchemeEntry,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SchemeEntry {
    Named(String),
    Table(serde_json::Map<String, serde_json::Value>),
}

/// The sources of webhooks that the configuration names.
pub(super) fn sources(config: &Config) -> Result<Vec<WebhookSource>, Failure> {
    let Some(path) = &config.webhooks else {
        return Ok(Vec::new());
    };
    let text = fs::read_to_string(path).map_err(|cause| wrong(path, &cause))?;
    let file: WebhooksFile = toml::from_str(&text).map_err(|cause| wrong(path, &cause))?;
    file.webhooks
        .into_iter()
        .map(|table| source(table, config).map_err(|reason| wrong(path, &reason)))
        .collect()
}

fn wrong(path: &Path, cause: &dyn std::fmt::Display) -> Failure {
    Failure::usage(&format!("{}: {cause}", path.display()))
}

fn source(table: WebhookTable, config: &Config) -> Result<WebhookSource, String> {
    let name = table.source;
    let in_source = |reason: &dyn std::fmt::Display| format!("webhook {name}: {reason}");
    if !is_source_name(&name) {
        return Err(in_source(
            &"the source must be aws.partner/ and at least two more parts of letters, digits, `.`, `-` and `_`",
        ));
    }
    let secret = |text: &str| Secret::parse(text).map_err(|error| in_source(&error));
    let secrets = match &table.previous_secret {
        Some(previous) => Secrets::rotating(secret(&table.secret)?, secret(previous)?),
        None => Secrets::new(secret(&table.secret)?),
    };
    let scheme = match table.scheme {
        SchemeEntry::Named(scheme) => serde_json::json!({ "scheme": scheme }),
        SchemeEntry::Table(mut members) => {
            members.entry("scheme").or_insert_with(|| "hmac".into());
            members.into()
        }
    };
    Ok(WebhookSource {
        account: match &table.account {
            Some(account) => AccountId::parse(account).map_err(|error| in_source(&error))?,
            None => config.account,
        },
        region: match &table.region {
            Some(region) => Region::parse(region).map_err(|error| in_source(&error))?,
            None => config.region.clone(),
        },
        scheme: Scheme::parse(&scheme.to_string()).map_err(|error| in_source(&error))?,
        secrets,
        name,
    })
}

/// The model's pattern of partner event sources.
fn is_source_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_part = |part: &str| !part.is_empty() && part.bytes().all(allowed);
    let mut parts = name.split('/');
    parts.next() == Some("aws.partner") && parts.clone().count() >= 2 && parts.all(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(toml: &str) -> Vec<WebhookTable> {
        toml::from_str::<WebhooksFile>(toml).unwrap().webhooks
    }

    #[test]
    fn names_of_sources_have_three_parts() {
        for (name, expected) in [
            ("aws.partner/github.com/acme", true),
            ("aws.partner/github.com/acme/shop-1", true),
            ("aws.partner/github.com", false),
            ("aws.partner//acme", false),
            ("partner/github.com/acme", false),
            ("aws.partner/git hub/acme", false),
        ] {
            assert_eq!(is_source_name(name), expected, "{name}");
        }
    }

    #[test]
    fn schemes_are_named_or_described() {
        let tables = read(
            "[[webhook]]\nsource = 'aws.partner/github.com/acme'\nsecret = 's'\nscheme = 'github'\n\
             [[webhook]]\nsource = 'aws.partner/shop.example/one'\nsecret = 's'\nprevious_secret = 't'\n\
             scheme = { signature_header = 'X-Signature', encoding = 'base64' }\n",
        );
        let config = Config::resolve(&crate::config::Settings::default()).unwrap();
        let sources: Result<Vec<_>, _> = tables.into_iter().map(|table| source(table, &config)).collect();
        let sources = sources.unwrap();
        assert_eq!(sources[0].scheme, Scheme::GitHub);
        assert!(matches!(&sources[1].scheme, Scheme::Hmac(hmac) if hmac.signature_header == "x-signature"));
        assert_eq!(sources[0].account, config.account);
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (toml, expected) in [
            (
                "source = 'github'\nsecret = 's'\nscheme = 'github'",
                "aws.partner/",
            ),
            (
                "source = 'aws.partner/a/b'\nsecret = ''\nscheme = 'github'",
                "webhook aws.partner/a/b",
            ),
            (
                "source = 'aws.partner/a/b'\nsecret = 's'\nscheme = 'gitlab'",
                "gitlab",
            ),
        ] {
            let config = Config::resolve(&crate::config::Settings::default()).unwrap();
            let table = read(&format!("[[webhook]]\n{toml}")).remove(0);
            let error = source(table, &config).unwrap_err();
            assert!(error.contains(expected), "{error}");
        }
    }
}
