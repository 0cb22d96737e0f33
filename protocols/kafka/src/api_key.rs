//! What follows from an API and a version: how they are encoded, and which are offered.

use std::ops::RangeInclusive;

use crate::messages::ApiKey;

impl ApiKey {
    /// The version of the header before a request: 2, with tagged fields, in flexible versions and 1 in others.
    pub fn request_header_version(self, version: i16) -> i16 {
        if self.is_flexible(version) { 2 } else { 1 }
    }

    /// The version of the header before a response: 1, with tagged fields, in flexible versions and 0 in others.
    ///
    /// That of `ApiVersions` is 0 always: a client reads it before it knows what the broker can do (KIP-511).
    pub fn response_header_version(self, version: i16) -> i16 {
        i16::from(self != ApiKey::ApiVersions && self.is_flexible(version))
    }

    /// Whether a version is in the flexible encoding of KIP-482.
    pub fn is_flexible(self, version: i16) -> bool {
        self.flexible_since().is_some_and(|since| version >= since)
    }

    /// Whether the API has a version.
    pub fn has_version(self, version: i16) -> bool {
        self.versions().contains(&version)
    }

    /// The versions that a broker offers in its answer to `ApiVersions`.
    ///
    /// Versions that may still change are left out. `Produce` is offered from 0 on, though 0 to 2 are refused: librdkafka
    /// takes a higher minimum for a broker that knows no compression (KAFKA-18659).
    pub fn advertised_versions(self) -> RangeInclusive<i16> {
        let versions = self.versions();
        let lowest = if self == ApiKey::Produce {
            0
        } else {
            *versions.start()
        };
        lowest..=versions.end() - i16::from(self.is_latest_unstable())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_versions_follow_the_flexible_versions() {
        let cases = [
            (ApiKey::Produce, 8, 1, 0),
            (ApiKey::Produce, 9, 2, 1),
            (ApiKey::ApiVersions, 2, 1, 0),
            (ApiKey::ApiVersions, 3, 2, 0),
            (ApiKey::SaslHandshake, 1, 1, 0),
            (ApiKey::OffsetDelete, 0, 1, 0),
            (ApiKey::ConsumerGroupHeartbeat, 0, 2, 1),
        ];
        for (api_key, version, request, response) in cases {
            let name = api_key.name();
            assert_eq!(
                api_key.request_header_version(version),
                request,
                "{name} {version}"
            );
            assert_eq!(
                api_key.response_header_version(version),
                response,
                "{name} {version}"
            );
        }
    }

    #[test]
    fn offers_what_clients_expect() {
        assert_eq!(ApiKey::Produce.advertised_versions(), 0..=13);
        assert_eq!(ApiKey::InitProducerId.advertised_versions(), 0..=5);
        assert_eq!(ApiKey::Fetch.advertised_versions(), 4..=18);
    }

    #[test]
    fn every_api_is_found_by_its_code() {
        for api_key in ApiKey::ALL {
            assert_eq!(ApiKey::from_code(api_key as i16), Some(api_key));
        }
        assert!(ApiKey::ALL.is_sorted());
    }
}
