//! The entries of a cluster against a reading of them one by one.

use super::acl::{Acl, EVERYONE, OperationPattern, PatternType, Permission, ResourcePattern, Rule, WILDCARD};
use super::set::{AclSet, Asked, Verdict};
use crate::security::resource::{Operation, Resource, ResourceType};

/// Random choices that are the same every time.
struct Choices(u64);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }

    /// Short names of few letters, so that they are prefixes of one another.
    fn name(&mut self) -> String {
        let letters = ["a", "b", "é", "-"];
        (0..=self.below(3)).map(|_| *self.of(&letters)).collect()
    }

    fn acl(&mut self) -> Acl {
        let name = if self.below(5) == 0 {
            WILDCARD.to_owned()
        } else {
            self.name()
        };
        let operation = match self.below(5) {
            0 => OperationPattern::All,
            _ => OperationPattern::One(*self.of(&Operation::ALL)),
        };
        Acl {
            resources: ResourcePattern {
                kind: *self.of(&[ResourceType::Topic, ResourceType::Group]),
                pattern: *self.of(&[PatternType::Literal, PatternType::Prefixed]),
                name,
            },
            rule: Rule {
                principal: (*self.of(&["User:alice", "User:bob", EVERYONE])).to_owned(),
                host: (*self.of(&["10.0.0.1", WILDCARD])).to_owned(),
                operation,
                permission: *self.of(&[Permission::Deny, Permission::Allow, Permission::Allow]),
            },
        }
    }
}

/// What the documentation of Kafka says, word for word, without looking for anything quickly.
fn naive(acls: &[Acl], asked: &Asked<'_>, resource: Resource<'_>) -> Verdict {
    let about: Vec<&Acl> = acls
        .iter()
        .filter(|acl| acl.resources.kind == resource.kind)
        .filter(|acl| match acl.resources.pattern {
            PatternType::Literal => acl.resources.name == resource.name || acl.resources.name == WILDCARD,
            PatternType::Prefixed => resource.name.starts_with(&acl.resources.name),
        })
        .collect();
    if about.is_empty() {
        return Verdict::NoAcl;
    }
    let is_about_caller = |acl: &&&Acl| {
        (acl.rule.principal == asked.principal || acl.rule.principal == EVERYONE)
            && (acl.rule.host == asked.host || acl.rule.host == WILDCARD)
    };
    let denied = about.iter().filter(is_about_caller).any(|acl| {
        acl.rule.permission == Permission::Deny
            && (acl.rule.operation == OperationPattern::All
                || acl.rule.operation == OperationPattern::One(asked.operation))
    });
    use Operation::{Alter, AlterConfigs, Delete, Describe, DescribeConfigs, Read, Write};
    let allowed = about.iter().filter(is_about_caller).any(|acl| {
        let allows = match acl.rule.operation {
            OperationPattern::All => true,
            OperationPattern::One(own) if asked.operation == Describe => {
                [Describe, Read, Write, Delete, Alter].contains(&own)
            }
            OperationPattern::One(own) if asked.operation == DescribeConfigs => {
                [DescribeConfigs, AlterConfigs].contains(&own)
            }
            OperationPattern::One(own) => own == asked.operation,
        };
        acl.rule.permission == Permission::Allow && allows
    });
    if !denied && allowed {
        Verdict::Allowed
    } else {
        Verdict::Denied
    }
}

#[test]
fn decides_as_the_entries_say() {
    let mut choices = Choices(1);
    let mut seen = [0_u32; 3];
    for _ in 0..400 {
        let acls: Vec<Acl> = (0..choices.below(12)).map(|_| choices.acl()).collect();
        let set = AclSet::of(&acls);
        for _ in 0..50 {
            let name = choices.name();
            let resource = match choices.below(2) {
                0 => Resource::topic(&name),
                _ => Resource::group(&name),
            };
            let asked = Asked {
                principal: choices.of::<&str>(&["User:alice", "User:bob", "User:carol"]),
                host: choices.of::<&str>(&["10.0.0.1", "10.0.0.2"]),
                operation: *choices.of(&Operation::ALL),
            };
            let expected = naive(&acls, &asked, resource);
            assert_eq!(
                set.decide(&asked, resource),
                expected,
                "{asked:?} {resource:?} {acls:#?}"
            );
            seen[expected as usize] += 1;
        }
    }
    assert!(seen.iter().all(|count| *count > 500), "{seen:?}");
}

/// Whatever is allowed for some name has to be found; and nothing is found where all names are denied.
#[test]
fn knows_whether_anything_is_allowed() {
    let mut choices = Choices(2);
    let names: Vec<String> = ["a", "b", "é", "-", "aa", "ab", "ba", "aab", "é-", "zzz"]
        .iter()
        .map(|name| (*name).to_owned())
        .collect();
    let mut found = 0_u32;
    for _ in 0..2_000 {
        let acls: Vec<Acl> = (0..choices.below(6)).map(|_| choices.acl()).collect();
        let set = AclSet::of(&acls);
        let asked = Asked {
            principal: "User:alice",
            host: "10.0.0.1",
            operation: Operation::Write,
        };
        let any = set.allows_any(&asked, ResourceType::Topic);
        let of_a_name = names
            .iter()
            .chain(acls.iter().map(|acl| &acl.resources.name))
            .any(|name| naive(&acls, &asked, Resource::topic(name)) == Verdict::Allowed);
        if of_a_name {
            assert!(any, "{acls:#?}");
            found += 1;
        }
        let allows = |acl: &Acl| acl.rule.permission == Permission::Allow;
        if any {
            assert!(acls.iter().any(allows));
        }
    }
    assert!(found > 100, "{found}");
}
