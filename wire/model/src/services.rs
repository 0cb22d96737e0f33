//! The services whose models are built in, each parsed once on first use.

use std::sync::LazyLock;

use crate::ServiceModel;

macro_rules! service {
    ($(#[$documentation:meta])* $name:ident, $file:literal) => {
        $(#[$documentation])*
        pub fn $name() -> &'static ServiceModel {
            static MODEL: LazyLock<ServiceModel> = LazyLock::new(|| {
                ServiceModel::parse(stringify!($name), include_str!($file)).expect("a built-in model parses")
            });
            &MODEL
        }
    };
}

service!(
    /// Amazon EventBridge, API version 2015-10-07.
    events,
    "../models/events.json"
);
service!(
    /// Amazon MSK, API version 2018-11-14.
    kafka,
    "../models/kafka.json"
);
service!(
    /// Amazon Kinesis Data Streams, API version 2013-12-02.
    kinesis,
    "../models/kinesis.json"
);
service!(
    /// Amazon SNS, API version 2010-03-31.
    sns,
    "../models/sns.json"
);
service!(
    /// Amazon SQS, API version 2012-11-05.
    sqs,
    "../models/sqs.json"
);
service!(
    /// AWS STS, API version 2011-06-15.
    sts,
    "../models/sts.json"
);
