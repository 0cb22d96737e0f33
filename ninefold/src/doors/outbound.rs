//! What goes out of the server, as it is configured.

use std::fs;

use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions, certificates_from_pem};
use ninefold_sns::Transports;

use crate::command::Failure;
use crate::config::{Config, Egress};

pub(super) fn transports(config: &Config) -> Result<Transports, Failure> {
    let egress = match &config.egress {
        Egress::Everywhere => EgressRules::everything(),
        Egress::PublicAnd(ranges) => EgressRules::guarded(ranges.clone()),
    };
    let additional_roots = match &config.trusted_certificates {
        Some(file) => {
            let pem = fs::read(file)
                .map_err(|cause| Failure::usage(&format!("cannot read {}: {cause}", file.display())))?;
            certificates_from_pem(&pem)
                .map_err(|cause| Failure::usage(&format!("{}: {cause}", file.display())))?
        }
        None => Vec::new(),
    };
    let http = HttpClient::new(HttpClientOptions {
        egress,
        additional_roots,
        ..HttpClientOptions::default()
    });
    Ok(Transports {
        http: http.map_err(|error| Failure::of(&error))?,
        signs_queue_messages: config.sign_queue_messages,
    })
}
