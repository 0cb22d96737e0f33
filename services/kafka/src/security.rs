//! How clients may connect to a provisioned cluster: which combinations of authentication and encryption there are, and which
//! listeners follow from them.
//!
//! Sources: [Updating a cluster's security settings](https://docs.aws.amazon.com/msk/latest/developerguide/msk-update-security.html) and
//! [`Sasl`](https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html#clusters-model-sasl).

use ninefold_protocol::ServiceError;

use crate::errors;
use crate::host::ListenerKind;
use crate::record::{ClientAuthentication, ClientBroker, EncryptionInTransit, EncryptionInfo};

/// Fills in what was left open: encryption within the cluster is on, and clients may do without encryption where they may do without
/// authentication.
pub(crate) fn complete(authentication: &ClientAuthentication, encryption: &mut EncryptionInfo) {
    let default = match authentication.unauthenticated() {
        true => ClientBroker::TlsPlaintext,
        false => ClientBroker::Tls,
    };
    let in_transit = encryption
        .encryption_in_transit
        .get_or_insert_with(EncryptionInTransit::default);
    in_transit.client_broker.get_or_insert(default);
    in_transit.in_cluster.get_or_insert(true);
}

/// The listeners of a cluster with these settings, which are complete.
///
/// # Errors
///
/// If they don't go together, or nobody could connect.
pub(crate) fn listeners(
    authentication: &ClientAuthentication,
    encryption: &EncryptionInfo,
) -> Result<Vec<ListenerKind>, ServiceError> {
    check(authentication, encryption)?;
    let client_broker = client_broker(encryption);
    let unauthenticated = authentication.unauthenticated();
    let possible = [
        (
            ListenerKind::Plaintext,
            unauthenticated && client_broker != ClientBroker::Tls,
        ),
        (
            ListenerKind::Tls,
            unauthenticated && client_broker != ClientBroker::Plaintext,
        ),
        (ListenerKind::SaslScram, authentication.scram()),
        (ListenerKind::SaslIam, authentication.iam()),
    ];
    let listeners: Vec<ListenerKind> = possible
        .into_iter()
        .filter_map(|(kind, is_on)| is_on.then_some(kind))
        .collect();
    match listeners.is_empty() {
        true => Err(errors::invalid(
            "clientAuthentication",
            "At least one way for clients to connect must be turned on.",
        )),
        false => Ok(listeners),
    }
}

fn check(authentication: &ClientAuthentication, encryption: &EncryptionInfo) -> Result<(), ServiceError> {
    if authentication.mutual_tls() {
        return Err(errors::not_here(
            "Mutual TLS can't be turned on: the certificate authorities of AWS Private CA, which clients' certificates would be \
             checked with, do not exist on this server. Clients can authenticate with SASL/SCRAM or SASL/IAM.",
        ));
    }
    if !authentication.any() {
        return Ok(());
    }
    let in_transit = encryption.encryption_in_transit.as_ref();
    if in_transit.and_then(|in_transit| in_transit.in_cluster) == Some(false) {
        return Err(errors::invalid(
            "encryptionInTransit",
            "To turn on client authentication, you must also turn on encryption within the cluster.",
        ));
    }
    match client_broker(encryption) {
        ClientBroker::Tls => Ok(()),
        ClientBroker::TlsPlaintext if authentication.unauthenticated() => Ok(()),
        ClientBroker::TlsPlaintext => Err(errors::invalid(
            "clientBroker",
            "If you choose TLS_PLAINTEXT, then you must also set unauthenticated to true.",
        )),
        ClientBroker::Plaintext => Err(errors::invalid(
            "clientBroker",
            "To turn on client authentication, you must set clientBroker to either TLS or TLS_PLAINTEXT.",
        )),
    }
}

fn client_broker(encryption: &EncryptionInfo) -> ClientBroker {
    let in_transit = encryption.encryption_in_transit.as_ref();
    in_transit
        .and_then(|in_transit| in_transit.client_broker)
        .unwrap_or(ClientBroker::Tls)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn found(authentication: Value, in_transit: Value) -> Result<Vec<ListenerKind>, String> {
        let authentication: ClientAuthentication = serde_json::from_value(authentication).unwrap();
        let encryption = json!({ "EncryptionInTransit": in_transit });
        let mut encryption: EncryptionInfo = serde_json::from_value(encryption).unwrap();
        complete(&authentication, &mut encryption);
        listeners(&authentication, &encryption).map_err(|error| error.message)
    }

    #[test]
    fn listeners_follow_from_authentication_and_encryption() {
        use ListenerKind::{Plaintext, SaslIam, SaslScram, Tls};
        let on = json!({ "Enabled": true });
        let iam = json!({ "Sasl": { "Iam": on } });
        let both = json!({ "Sasl": { "Iam": on, "Scram": on }, "Unauthenticated": on });
        let scram = json!({ "Sasl": { "Iam": { "Enabled": false }, "Scram": on } });
        for (authentication, in_transit, expected) in [
            (json!({}), json!(null), vec![Plaintext, Tls]),
            (json!({}), json!({ "ClientBroker": "TLS" }), vec![Tls]),
            (
                json!({}),
                json!({ "ClientBroker": "PLAINTEXT", "InCluster": false }),
                vec![Plaintext],
            ),
            (iam.clone(), json!(null), vec![SaslIam]),
            (scram, json!(null), vec![SaslScram]),
            (
                both,
                json!({ "ClientBroker": "TLS_PLAINTEXT" }),
                vec![Plaintext, Tls, SaslScram, SaslIam],
            ),
            (
                json!({ "Tls": { "CertificateAuthorityArnList": [] } }),
                json!(null),
                vec![Plaintext, Tls],
            ),
        ] {
            assert_eq!(
                found(authentication.clone(), in_transit),
                Ok(expected),
                "{authentication}"
            );
        }
        for (authentication, in_transit, expected) in [
            (
                iam.clone(),
                json!({ "InCluster": false }),
                "encryption within the cluster",
            ),
            (
                iam.clone(),
                json!({ "ClientBroker": "PLAINTEXT" }),
                "either TLS or TLS_PLAINTEXT",
            ),
            (
                iam,
                json!({ "ClientBroker": "TLS_PLAINTEXT" }),
                "unauthenticated to true",
            ),
            (
                json!({ "Tls": { "Enabled": true } }),
                json!(null),
                "AWS Private CA",
            ),
            (
                json!({ "Unauthenticated": { "Enabled": false } }),
                json!(null),
                "At least one way",
            ),
        ] {
            let refused = found(authentication.clone(), in_transit).unwrap_err();
            assert!(refused.contains(expected), "{authentication}: {refused}");
        }
    }
}
