/// Whose messages a statement is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PrincipalSet {
    anyone: bool,
    /// ARNs of users, roles and sessions.
    arns: Vec<String>,
    /// Account ids: their `:root` is named, which means everyone in them.
    accounts: Vec<String>,
}

impl PrincipalSet {
    /// Reads the list of a statement: `*`, and ARNs of principals.
    pub(crate) fn parse(principals: &[String]) -> Result<Self, String> {
        if principals.is_empty() {
            return Err("Principal is empty".to_owned());
        }
        let mut set = Self {
            anyone: false,
            arns: Vec::new(),
            accounts: Vec::new(),
        };
        for principal in principals {
            match Arn::parse(principal) {
                _ if principal == "*" => set.anyone = true,
                Some(Arn {
                    account,
                    resource: "root",
                }) => set.accounts.push(account.to_owned()),
                Some(_) => set.arns.push(principal.clone()),
                None => {
                    return Err(format!(
                        "Principal '{principal}' is neither '*' nor the ARN of a principal"
                    ));
                }
            }
        }
        Ok(set)
    }

    /// Whether a principal, given by its ARN, is in the set.
    pub(crate) fn contains(&self, principal: &str) -> bool {
        self.anyone
            || self.arns.iter().any(|arn| arn == principal)
            || Arn::parse(principal)
                .is_some_and(|arn| self.accounts.iter().any(|account| account == arn.account))
    }
}

/// `arn:aws:iam::ACCOUNT:RESOURCE`, or the same of `sts`.
struct Arn<'a> {
    account: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.strip_prefix("arn:aws")?.splitn(5, ':');
        let partition = parts.next()?;
        let service = parts.next()?;
        let region = parts.next()?;
        let account = parts.next()?;
        let resource = parts.next()?;
        let is_principal = (partition.is_empty() || partition.starts_with('-'))
            && matches!(service, "iam" | "sts")
            && region.is_empty()
            && account.len() == 12
            && account.bytes().all(|byte| byte.is_ascii_digit())
            && !resource.is_empty()
            && !resource.contains(['*', '?']);
        is_principal.then_some(Self { account, resource })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(principals: &[&str]) -> Result<PrincipalSet, String> {
        PrincipalSet::parse(&principals.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn principals_are_told_apart() {
        let user = "arn:aws:iam::123456789012:user/alice";
        let session = "arn:aws:sts::123456789012:assumed-role/Publisher/session";
        let stranger = "arn:aws:iam::210987654321:user/alice";
        let table: [(&[&str], [bool; 3]); 5] = [
            (&["*"], [true, true, true]),
            (&[user], [true, false, false]),
            (&[session, stranger], [false, true, true]),
            (&["arn:aws:iam::123456789012:root"], [true, true, false]),
            (
                &["arn:aws:iam::123456789012:role/Publisher"],
                [false, false, false],
            ),
        ];
        for (principals, expected) in table {
            let set = set(principals).unwrap();
            assert_eq!(
                [user, session, stranger].map(|principal| set.contains(principal)),
                expected,
                "{principals:?}"
            );
        }
    }

    #[test]
    fn what_is_no_principal_is_refused() {
        for principal in [
            "",
            "alice",
            "123456789012",
            "arn:aws:iam::123456789012:",
            "arn:aws:iam::123456789012:user/*",
            "arn:aws:iam::12345678901:user/alice",
            "arn:aws:iam:us-east-1:123456789012:user/alice",
            "arn:aws:sns::123456789012:topic",
            "arn:awsome:iam::123456789012:user/alice",
        ] {
            assert!(set(&[principal]).is_err(), "{principal:?}");
        }
        assert!(set(&[]).is_err());
    }
}
