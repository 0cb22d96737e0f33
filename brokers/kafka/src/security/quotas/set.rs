//! Which quota holds for whom.

use std::collections::{HashMap, HashSet};

use super::account::Account;
use super::entity::{Entity, Limits, Name, Quota};

/// Who uses something.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spender<'a> {
    pub(super) user: &'a str,
    pub(super) client_id: &'a str,
}

/// All quotas of a cluster.
#[derive(Debug, Default)]
pub(super) struct QuotaSet {
    entities: HashMap<Entity, Limits>,
    /// What anybody has a quota of.
    limited: HashSet<Quota>,
}

impl QuotaSet {
    pub(super) fn new(entities: impl Iterator<Item = (Entity, Limits)>) -> Self {
        let entities: HashMap<Entity, Limits> = entities.collect();
        QuotaSet {
            limited: entities
                .values()
                .flat_map(|limits| limits.keys().copied())
                .collect(),
            entities,
        }
    }

    /// Whether anybody has a quota of this. Asked for every request, so that nobody else pays for quotas.
    pub(super) fn has(&self, quota: Quota) -> bool {
        self.limited.contains(&quota)
    }

    fn limit(&self, entity: &Entity, quota: Quota) -> Option<f64> {
        self.entities.get(entity)?.get(&quota).copied()
    }

    /// The quota that holds for a client, and with whom it shares that: the most special one there is (KIP-55). Those for all who have
    /// none of their own are for each of them.
    pub(super) fn of_client(&self, quota: Quota, spender: Spender<'_>) -> Option<(Account, f64)> {
        let Spender { user, client_id } = spender;
        let named = |name: &str| Some(Name::Named(name.to_owned()));
        let entities = [
            (named(user), named(client_id)),
            (named(user), Some(Name::Default)),
            (named(user), None),
            (Some(Name::Default), named(client_id)),
            (Some(Name::Default), Some(Name::Default)),
            (Some(Name::Default), None),
            (None, named(client_id)),
            (None, Some(Name::Default)),
        ];
        entities.into_iter().find_map(|(for_user, for_client)| {
            let account = Account {
                quota,
                user: for_user.as_ref().map(|_| user.to_owned()),
                client_id: for_client.as_ref().map(|_| client_id.to_owned()),
                address: None,
            };
            let entity = Entity::Client {
                user: for_user,
                client_id: for_client,
            };
            Some((account, self.limit(&entity, quota)?))
        })
    }

    /// The quota that holds for new connections of an address.
    pub(super) fn of_address(&self, address: &str) -> Option<(Account, f64)> {
        let quota = Quota::ConnectionCreationRate;
        let names = [Name::Named(address.to_owned()), Name::Default];
        let limit = names
            .into_iter()
            .find_map(|name| self.limit(&Entity::Address(name), quota))?;
        let account = Account {
            quota,
            user: None,
            client_id: None,
            address: Some(address.to_owned()),
        };
        Some((account, limit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota::ProducerByteRate;

    fn name(text: &str) -> Option<Name> {
        match text {
            "" => None,
            "*" => Some(Name::Default),
            text => Some(Name::Named(text.to_owned())),
        }
    }

    /// From the most special to the most general, what holds is the first that is there; and so is who shares it.
    #[test]
    fn the_most_special_quota_holds() {
        let levels = [
            ("alice", "app", (true, true)),
            ("alice", "*", (true, true)),
            ("alice", "", (true, false)),
            ("*", "app", (true, true)),
            ("*", "*", (true, true)),
            ("*", "", (true, false)),
            ("", "app", (false, true)),
            ("", "*", (false, true)),
        ];
        for first in 0..levels.len() {
            let entities = levels.iter().enumerate().skip(first);
            let set = QuotaSet::new(entities.map(|(place, (user, client_id, _))| {
                let entity = Entity::Client {
                    user: name(user),
                    client_id: name(client_id),
                };
                (entity, Limits::from([(QUOTA, place as f64 + 1.0)]))
            }));
            let spender = Spender {
                user: "alice",
                client_id: "app",
            };
            let (account, limit) = set.of_client(QUOTA, spender).unwrap();
            assert_eq!(limit, first as f64 + 1.0);
            let (_, _, (by_user, by_client)) = levels[first];
            assert_eq!(account.user.is_some(), by_user, "{first}");
            assert_eq!(account.client_id.is_some(), by_client, "{first}");
            // Others have the quotas of all.
            let spender = Spender {
                user: "bob",
                client_id: "other",
            };
            let limit = set.of_client(QUOTA, spender).map(|(_, limit)| limit);
            assert_eq!(limit, Some([5.0, 5.0, 5.0, 5.0, 5.0, 6.0, 8.0, 8.0][first]));
        }
    }

    #[test]
    fn a_quota_of_something_else_does_not_count() {
        let entity = Entity::Client {
            user: name("alice"),
            client_id: None,
        };
        let for_all = Entity::Client {
            user: name("*"),
            client_id: None,
        };
        let set = QuotaSet::new(
            [
                (entity, Limits::from([(Quota::ConsumerByteRate, 1.0)])),
                (for_all, Limits::from([(QUOTA, 2.0)])),
            ]
            .into_iter(),
        );
        let spender = Spender {
            user: "alice",
            client_id: "",
        };
        assert_eq!(set.of_client(QUOTA, spender).map(|(_, limit)| limit), Some(2.0));
        assert_eq!(set.of_address("127.0.0.1"), None);
        assert!(set.has(QUOTA) && !set.has(Quota::RequestPercentage));
    }

    #[test]
    fn addresses_have_quotas_of_their_own() {
        let limits = |rate| Limits::from([(Quota::ConnectionCreationRate, rate)]);
        let one = Entity::Address(Name::Named("10.0.0.1".to_owned()));
        let set =
            QuotaSet::new([(one, limits(1.0)), (Entity::Address(Name::Default), limits(2.0))].into_iter());
        let limit = |address| set.of_address(address).map(|(_, limit)| limit);
        assert_eq!(limit("10.0.0.1"), Some(1.0));
        assert_eq!(limit("10.0.0.2"), Some(2.0));
    }
}
