//! Names of buses, rules and targets, as ARNs and as keys of the catalog.

use std::fmt;

use bytes::Bytes;
use ninefold_delivery::TargetKey;
use ninefold_protocol::{AccountId, CallContext, Region};

/// The bus that every account has in every region.
pub(crate) const DEFAULT_BUS: &str = "default";
/// Between a bus and what belongs to it, in keys: nothing that is in a name.
const SEPARATOR: char = '\0';

/// Which bus: `arn:aws:events:REGION:ACCOUNT:event-bus/NAME`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BusArn {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
    pub(crate) name: String,
}

/// Which rule: `arn:aws:events:REGION:ACCOUNT:rule/NAME` on the default bus, `…:rule/BUS/NAME` on any other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RuleArn {
    pub(crate) bus: BusArn,
    pub(crate) name: String,
}

/// Which target of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TargetName {
    pub(crate) rule: RuleArn,
    pub(crate) id: String,
}

/// The parts of `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE`, of which none need be filled.
pub(crate) struct ArnParts<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) account: &'a str,
    pub(crate) resource: &'a str,
}

impl<'a> ArnParts<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, ':');
        let head = (parts.next()?, parts.next()?);
        if head.0 != "arn" || !head.1.starts_with("aws") {
            return None;
        }
        Some(ArnParts {
            service: parts.next().filter(|service| !service.is_empty())?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }

    /// Where a resource of this service is: account and region, and its name behind `kind/`.
    pub(crate) fn of_events(&self, kind: &str) -> Option<(AccountId, Region, &'a str)> {
        let name = self.resource.strip_prefix(kind)?.strip_prefix('/')?;
        if self.service != "events" || name.is_empty() {
            return None;
        }
        Some((
            AccountId::parse(self.account).ok()?,
            Region::parse(self.region).ok()?,
            name,
        ))
    }
}

impl BusArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (account, region, name) = ArnParts::parse(text)?.of_events("event-bus")?;
        Some(BusArn {
            account,
            region,
            name: name.to_owned(),
        })
    }

    /// The bus that a caller means: by its name, by its ARN, or the default one.
    pub(crate) fn meant(context: &CallContext, name_or_arn: Option<&str>) -> Self {
        let name = name_or_arn.unwrap_or(DEFAULT_BUS);
        BusArn::parse(name).unwrap_or_else(|| BusArn {
            account: context.principal.account,
            region: context.region.clone(),
            name: name.to_owned(),
        })
    }

    pub(crate) fn is_default(&self) -> bool {
        self.name == DEFAULT_BUS
    }

    /// The bus's key in the catalog.
    pub(crate) fn key(&self) -> String {
        [self.account.as_str(), "/", self.region.as_str(), "/", &self.name].concat()
    }

    /// What the keys of an account's buses in a region begin with.
    pub(crate) fn key_prefix(account: AccountId, region: &Region) -> String {
        format!("{account}/{region}/")
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let mut parts = std::str::from_utf8(key).ok()?.splitn(3, '/');
        Some(BusArn {
            account: AccountId::parse(parts.next()?).ok()?,
            region: Region::parse(parts.next()?).ok()?,
            name: parts.next()?.to_owned(),
        })
    }

    /// What the keys of the bus's rules begin with.
    pub(crate) fn rules_prefix(&self) -> String {
        let mut key = self.key();
        key.push(SEPARATOR);
        key
    }

    pub(crate) fn rule(&self, name: &str) -> RuleArn {
        RuleArn {
            bus: self.clone(),
            name: name.to_owned(),
        }
    }
}

impl fmt::Display for BusArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let BusArn {
            account,
            region,
            name,
        } = self;
        write!(formatter, "arn:aws:events:{region}:{account}:event-bus/{name}")
    }
}

impl RuleArn {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (account, region, path) = ArnParts::parse(text)?.of_events("rule")?;
        let (bus, name) = path.rsplit_once('/').unwrap_or((DEFAULT_BUS, path));
        Some(RuleArn {
            bus: BusArn {
                account,
                region,
                name: bus.to_owned(),
            },
            name: name.to_owned(),
        })
    }

    /// The rule's key in the catalog: behind its bus's.
    pub(crate) fn key(&self) -> String {
        let mut key = self.bus.rules_prefix();
        key.push_str(&self.name);
        key
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &[u8]) -> Option<Self> {
        let (bus, name) = std::str::from_utf8(key).ok()?.split_once(SEPARATOR)?;
        Some(RuleArn {
            bus: BusArn::from_key(bus.as_bytes())?,
            name: name.to_owned(),
        })
    }
}

impl fmt::Display for RuleArn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuleArn {
            bus:
                BusArn {
                    account,
                    region,
                    name: bus,
                },
            name,
        } = self;
        write!(formatter, "arn:aws:events:{region}:{account}:rule/")?;
        match self.bus.is_default() {
            true => formatter.write_str(name),
            false => write!(formatter, "{bus}/{name}"),
        }
    }
}

impl TargetName {
    /// What the delivery engine knows the target by.
    pub(crate) fn key(&self) -> TargetKey {
        let mut key = self.rule.key();
        key.push(SEPARATOR);
        key.push_str(&self.id);
        TargetKey(Bytes::from(key))
    }

    /// Reads a key back.
    pub(crate) fn from_key(key: &TargetKey) -> Option<Self> {
        let place = key.0.iter().rposition(|byte| *byte == SEPARATOR as u8)?;
        Some(TargetName {
            rule: RuleArn::from_key(&key.0[..place])?,
            id: std::str::from_utf8(&key.0[place + 1..]).ok()?.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_and_keys_read_back() {
        for text in [
            "arn:aws:events:eu-central-1:123456789012:rule/orders",
            "arn:aws:events:eu-central-1:123456789012:rule/shop/orders",
            "arn:aws:events:eu-central-1:123456789012:rule/aws.partner/shop.example/one/orders",
        ] {
            let rule = RuleArn::parse(text).unwrap();
            assert_eq!((rule.to_string(), &*rule.name), (text.to_owned(), "orders"));
            assert_eq!(RuleArn::from_key(rule.key().as_bytes()), Some(rule.clone()));
            assert_eq!(BusArn::parse(&rule.bus.to_string()), Some(rule.bus.clone()));
            let target = TargetName {
                rule,
                id: "queue".to_owned(),
            };
            assert_eq!(TargetName::from_key(&target.key()), Some(target));
        }
    }

    #[test]
    fn what_is_something_else_is_no_bus() {
        for text in [
            "orders",
            "arn:aws:events:eu-central-1:123456789012:rule/orders",
            "arn:aws:events:eu-central-1:123456789012:event-bus/",
            "arn:aws:events:eu-central-1:12:event-bus/orders",
            "arn:aws:sqs:eu-central-1:123456789012:orders",
        ] {
            assert_eq!(BusArn::parse(text), None, "{text}");
        }
    }
}
