//! Where a target is, read from its ARN.

use std::fmt;

use crate::arn::{ArnParts, BusArn};

/// Services that exist in AWS, may be targets there, and can't be here.
const ELSEWHERE: &[&str] = &[
    "automation",
    "batch",
    "codebuild",
    "codepipeline",
    "ec2",
    "ecs",
    "firehose",
    "glue",
    "inspector",
    "redshift",
    "redshift-serverless",
    "sagemaker",
    "ssm",
    "ssm-incidents",
];

/// Where events go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A resource of another door of this server, which knows how to push to it.
    Resource(ResourceArn),
    /// Another bus.
    Bus(BusArn),
    /// An API destination: an HTTP endpoint with a connection.
    Api(ApiDestinationArn),
    /// A log group, which is a file here.
    LogGroup(String),
    /// The archive that the rule was made for.
    Archive,
}

/// A resource of another door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceArn {
    pub(crate) service: String,
    pub(crate) arn: String,
}

/// `arn:aws:events:REGION:ACCOUNT:api-destination/NAME/ID`
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ApiDestinationArn {
    pub(crate) account: ninefold_protocol::AccountId,
    pub(crate) region: ninefold_protocol::Region,
    pub(crate) name: String,
}

/// Why an ARN can't be a target's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoDestination {
    Malformed,
    Elsewhere(String),
}

impl fmt::Display for NoDestination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoDestination::Malformed => formatter.write_str("Provided Arn is not in correct format."),
            NoDestination::Elsewhere(service) => {
                write!(
                    formatter,
                    "Targets of the service {service} do not exist on this server."
                )
            }
        }
    }
}

impl Destination {
    pub(crate) fn read(arn: &str) -> Result<Self, NoDestination> {
        let parts = ArnParts::parse(arn).ok_or(NoDestination::Malformed)?;
        match parts.service {
            "events" => Self::of_events(arn, &parts).ok_or(NoDestination::Malformed),
            "logs" => log_group(&parts)
                .map(Destination::LogGroup)
                .ok_or(NoDestination::Malformed),
            service if ELSEWHERE.contains(&service) => Err(NoDestination::Elsewhere(service.to_owned())),
            service => Ok(Destination::Resource(ResourceArn {
                service: service.to_owned(),
                arn: arn.to_owned(),
            })),
        }
    }

    fn of_events(arn: &str, parts: &ArnParts<'_>) -> Option<Self> {
        if parts.account.is_empty() && parts.resource == ":" {
            return Some(Destination::Archive);
        }
        if let Some((account, region, path)) = parts.of_events("api-destination") {
            let name = path.split_once('/').map_or(path, |(name, _)| name).to_owned();
            return Some(Destination::Api(ApiDestinationArn {
                account,
                region,
                name,
            }));
        }
        BusArn::parse(arn).map(Destination::Bus)
    }
}

/// The name of a log group: `log-group:NAME`, with or without `:*` behind it.
fn log_group(parts: &ArnParts<'_>) -> Option<String> {
    let name = parts.resource.strip_prefix("log-group:")?;
    let name = name.strip_suffix(":*").unwrap_or(name);
    (!name.is_empty() && !name.contains(':')).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_say_where_targets_are() {
        let read = |arn: &str| Destination::read(arn);
        assert!(matches!(
            read("arn:aws:sqs:eu-central-1:123456789012:orders"),
            Ok(Destination::Resource(ResourceArn { service, .. })) if service == "sqs"
        ));
        assert!(matches!(
            read("arn:aws:events:eu-central-1:123456789012:event-bus/orders"),
            Ok(Destination::Bus(bus)) if bus.name == "orders"
        ));
        assert!(matches!(
            read("arn:aws:events:eu-central-1:123456789012:api-destination/shop/0000-11"),
            Ok(Destination::Api(destination)) if destination.name == "shop"
        ));
        for arn in [
            "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/events/all",
            "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/events/all:*",
        ] {
            assert_eq!(read(arn), Ok(Destination::LogGroup("/aws/events/all".to_owned())));
        }
        assert_eq!(read("arn:aws:events:eu-central-1:::"), Ok(Destination::Archive));
        assert_eq!(read("orders"), Err(NoDestination::Malformed));
        assert_eq!(
            read("arn:aws:events:eu-central-1:123456789012:rule/orders"),
            Err(NoDestination::Malformed)
        );
        assert_eq!(
            read("arn:aws:ecs:eu-central-1:123456789012:cluster/one"),
            Err(NoDestination::Elsewhere("ecs".to_owned()))
        );
    }
}
