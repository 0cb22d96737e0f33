//! The examples of the EventBridge user guide, and of the README of event-ruler.

mod support;

use support::{assert_all, matches};

const INSTANCE_TERMINATED: &str = r#"{
    "version": "0", "id": "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "account": "111122223333",
    "time": "2017-12-22T18:43:48Z", "region": "us-west-1",
    "resources": ["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
    "detail": {"instance-id": "i-1234567890abcdef0", "state": "terminated"}
}"#;

const LAUNCH_SUCCESSFUL: &str = r#"{
    "version": "0", "id": "3e3c153a-8339-4e30-8c35-687ebef853fe", "detail-type": "EC2 Instance Launch Successful",
    "source": "aws.autoscaling", "account": "123456789012", "time": "2015-11-11T21:31:47Z", "region": "us-east-1",
    "resources": [], "detail": {"eventVersion": "", "responseElements": null}
}"#;

const MACIE_ALERT: &str = r#"{
    "version": "0", "detail-type": "Macie Alert", "source": "aws.macie", "account": "123456789012",
    "resources": [
        "arn:aws:macie:us-east-1:123456789012:trigger/trigger_id/alert/alert_id",
        "arn:aws:macie:us-east-1:123456789012:trigger/trigger_id"
    ],
    "detail": {
        "notification-type": "ALERT_CREATED", "name": "Scanning bucket policies", "tags": ["Custom_Alert", "Insider"],
        "risk-score": 80, "trigger": {"alert-type": "basic", "created-at": "2017-01-02 19:54:00.644000", "risk": 8}
    }
}"#;

/// The event of event-ruler's README.
const RUNNING: &str = r#"{
    "version": "0", "id": "ddddd4-aaaa-7777-4444-345dd43cc333",
    "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2", "account": "012345679012",
    "time": "2017-10-02T16:24:49Z", "region": "us-east-1",
    "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-000000aaaaaa00000"],
    "detail": {
        "c-count": 5, "d-count": 3, "x-limit": 301.8, "source-ip": "10.0.0.33",
        "instance-id": "i-000000aaaaaa00000", "state": "running"
    }
}"#;

const EMPLOYEES: &str = r#"{"employees": [
    {"firstName": "John", "lastName": "Doe"},
    {"firstName": "Anna", "lastName": "Smith"},
    {"firstName": "Peter", "lastName": "Jones"}
]}"#;

#[test]
fn fields_and_values() {
    assert_all(&[
        (
            r#"{"source": ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"],
                "detail": {"state": ["terminated"]}}"#,
            INSTANCE_TERMINATED,
            true,
        ),
        (
            r#"{"source": ["aws.ec2", "aws.fargate"]}"#,
            INSTANCE_TERMINATED,
            true,
        ),
        (
            r#"{"source": ["aws.ec2", "aws.fargate"]}"#,
            LAUNCH_SUCCESSFUL,
            false,
        ),
        (
            r#"{"source": ["aws.autoscaling"], "detail-type": ["EC2 Instance Launch Successful"],
                "detail": {"responseElements": [null]}}"#,
            LAUNCH_SUCCESSFUL,
            true,
        ),
        (r#"{"detail": {"eventVersion": [""]}}"#, LAUNCH_SUCCESSFUL, true),
        (
            r#"{"source": ["aws.macie"], "detail-type": ["Macie Alert"],
                "detail": {"risk-score": [80], "trigger": {"risk": [8]}}}"#,
            MACIE_ALERT,
            true,
        ),
        (
            r#"{"detail": {"risk-score": [80], "trigger": {"risk": [9]}}}"#,
            MACIE_ALERT,
            false,
        ),
    ]);
}

#[test]
fn arrays() {
    let scaling = r#"{"resources": [
        "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:eb56d16b:autoScalingGroupName/ASGTerminate",
        "arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f"
    ]}"#;
    assert_all(&[
        (
            r#"{"resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-b188560f",
                "arn:aws:ec2:us-east-1:111122223333:instance/i-b188560f",
                "arn:aws:ec2:us-east-1:444455556666:instance/i-b188560f"]}"#,
            scaling,
            true,
        ),
        (
            r#"{"resources": ["arn:aws:ec2:us-east-1:111122223333:instance/i-b188560f"]}"#,
            scaling,
            false,
        ),
        // An empty array has no values, not even null.
        (r#"{"resources": [null]}"#, LAUNCH_SUCCESSFUL, false),
        (r#"{"resources": [{"exists": true}]}"#, LAUNCH_SUCCESSFUL, false),
        (r#"{"resources": [{"exists": false}]}"#, LAUNCH_SUCCESSFUL, true),
        (r#"{"employees": {"firstName": ["Anna"]}}"#, EMPLOYEES, true),
        (
            r#"{"employees": {"firstName": ["Anna"], "lastName": ["Smith"]}}"#,
            EMPLOYEES,
            true,
        ),
        (
            r#"{"employees": {"firstName": ["Anna"], "lastName": ["Jones"]}}"#,
            EMPLOYEES,
            false,
        ),
    ]);
    let groups = r#"{"employees": [
        [{"firstName": "John", "lastName": "Doe"}, {"firstName": "Anna", "lastName": "Smith"}],
        [{"firstName": "Peter", "lastName": "Jones"}]
    ]}"#;
    assert!(matches(r#"{"employees": {"firstName": ["Anna"]}}"#, groups));
    assert!(!matches(
        r#"{"employees": {"firstName": ["Anna"], "lastName": ["Jones"]}}"#,
        groups
    ));
    assert!(!matches(
        r#"{"employees": {"firstName": ["Anna"], "lastName": ["Doe"]}}"#,
        groups
    ));
}

#[test]
fn operators() {
    let filed = r#"{"FileName": "image.png", "FilePath": "usr/lib/x", "service": "EventBridge", "Region": "us-east-1"}"#;
    assert_all(&[
        (r#"{"time": [{"prefix": "2017-10-02"}]}"#, RUNNING, true),
        (r#"{"time": [{"prefix": "2017-10-03"}]}"#, RUNNING, false),
        (
            r#"{"service": [{"prefix": {"equals-ignore-case": "EventB"}}]}"#,
            filed,
            true,
        ),
        (r#"{"service": [{"prefix": "eventb"}]}"#, filed, false),
        (r#"{"FileName": [{"suffix": ".png"}]}"#, filed, true),
        (
            r#"{"service": [{"suffix": {"equals-ignore-case": "TBRIDGE"}}]}"#,
            filed,
            true,
        ),
        (r#"{"source": [{"suffix": "ec2"}]}"#, RUNNING, true),
        (
            r#"{"source": [{"equals-ignore-case": "AWS.EC2"}]}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail-type": [{"equals-ignore-case": "ec2 instance state-change notification"}]}"#,
            RUNNING,
            true,
        ),
        (r#"{"source": [{"equals-ignore-case": "EC2"}]}"#, RUNNING, false),
        (
            r#"{"detail": {"state": [{"anything-but": "initializing"}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": ["stopped", "overloaded"]}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": ["stopped", "running"]}]}}"#,
            RUNNING,
            false,
        ),
        (
            r#"{"detail": {"x-limit": [{"anything-but": 123}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail": {"x-limit": [{"anything-but": [100, 200, 300]}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": {"prefix": "init"}}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": {"prefix": ["init", "run"]}}]}}"#,
            RUNNING,
            false,
        ),
        (
            r#"{"Region": [{"anything-but": {"prefix": "us-"}}]}"#,
            filed,
            false,
        ),
        (
            r#"{"FileName": [{"anything-but": {"suffix": ".txt"}}]}"#,
            filed,
            true,
        ),
        (
            r#"{"FileName": [{"anything-but": {"suffix": [".txt", ".png"]}}]}"#,
            filed,
            false,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": {"equals-ignore-case": "Running"}}]}}"#,
            RUNNING,
            false,
        ),
        (
            r#"{"detail": {"state": [{"anything-but": {"equals-ignore-case": ["INITIALIZING", "Stopped"]}}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"FilePath": [{"anything-but": {"wildcard": "*/lib/*"}}]}"#,
            filed,
            false,
        ),
        (
            r#"{"FilePath": [{"anything-but": {"wildcard": ["*/bin/*", "*/dev/*"]}}]}"#,
            filed,
            true,
        ),
        (
            r#"{"source": [{"wildcard": "Simple*Service"}]}"#,
            r#"{"source": "SimpleQueueService"}"#,
            true,
        ),
        (
            r#"{"EventBusArn": [{"wildcard": "*:us-east-1:*:event-bus/*"}]}"#,
            r#"{"EventBusArn": "arn:aws:events:us-east-1:123456789012:event-bus/myEventBus"}"#,
            true,
        ),
        (
            r#"{"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}],
                "x-limit": [{"numeric": ["=", 3.018e2]}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail": {"source-ip": [{"cidr": "10.0.0.0/24"}]}}"#,
            RUNNING,
            true,
        ),
        (
            r#"{"detail": {"source-ip": [{"cidr": "10.0.1.0/24"}]}}"#,
            RUNNING,
            false,
        ),
        (
            r#"{"time": [{"prefix": "2017-10-02"}], "detail": {"state": [{"anything-but": "initializing"}],
                "c-count": [{"numeric": [">", 0, "<=", 5]}], "d-count": [{"numeric": ["<", 10]}],
                "x-limit": [{"anything-but": [100, 200, 300]}], "source-ip": [{"cidr": "10.0.0.0/8"}]}}"#,
            RUNNING,
            true,
        ),
        (r#"{"detail": {"c-count": [{"exists": true}]}}"#, RUNNING, true),
        (r#"{"detail": {"c-count": [{"exists": false}]}}"#, RUNNING, false),
        (
            r#"{"detail": {"c-count": [{"exists": false}]}}"#,
            r#"{"detail": {"state": ["initializing", "running"]}}"#,
            true,
        ),
        // Only leaves exist.
        (
            r#"{"detail": {"c-count": [{"exists": false}]}}"#,
            r#"{"detail": {"state": "running", "c-count": {"c1": 100}}}"#,
            true,
        ),
    ]);
}

#[test]
fn any_of_several_objects() {
    let counted = r#"{"detail": {
        "$or": [
            {"c-count": [{"numeric": [">", 0, "<=", 5]}]},
            {"d-count": [{"numeric": ["<", 10]}]},
            {"x-limit": [{"numeric": ["=", 3.018e2]}]}
        ]
    }}"#;
    let monitored = r#"{
        "source": ["aws.cloudwatch"],
        "$or": [
            {"metricName": ["CPUUtilization", "ReadLatency"]},
            {"metricType": ["MetricType"], "namespace": ["AWS/EC2", "AWS/ES"],
                "$or": [{"metricId": [1234]}, {"spaceId": [1000]}]},
            {"scope": ["Service"]}
        ]
    }"#;
    let parallel = r#"{
        "$or": [{"metricName": ["CPUUtilization", "ReadLatency"]}, {"namespace": ["AWS/EC2", "AWS/ES"]}],
        "detail": {"$or": [{"source": ["aws.cloudwatch"]}, {"detail-type": ["CloudWatch Alarm State Change"]}]}
    }"#;
    assert_all(&[
        (counted, RUNNING, true),
        (
            counted,
            r#"{"detail": {"c-count": 6, "d-count": 10, "x-limit": 301.8}}"#,
            true,
        ),
        (
            counted,
            r#"{"detail": {"c-count": 6, "d-count": 10, "x-limit": 301}}"#,
            false,
        ),
        (
            monitored,
            r#"{"source": "aws.cloudwatch", "metricName": "ReadLatency"}"#,
            true,
        ),
        (
            monitored,
            r#"{"source": "aws.cloudwatch", "scope": "Service"}"#,
            true,
        ),
        (monitored, r#"{"source": "aws.other", "scope": "Service"}"#, false),
        (
            monitored,
            r#"{"source": "aws.cloudwatch", "metricType": "MetricType", "namespace": "AWS/ES", "spaceId": 1000}"#,
            true,
        ),
        (
            monitored,
            r#"{"source": "aws.cloudwatch", "metricType": "MetricType", "namespace": "AWS/ES", "spaceId": 1}"#,
            false,
        ),
        (
            parallel,
            r#"{"metricName": "ReadLatency", "detail": {"source": "aws.cloudwatch"}}"#,
            true,
        ),
        (
            parallel,
            r#"{"namespace": "AWS/ES", "detail": {"detail-type": "CloudWatch Alarm State Change"}}"#,
            true,
        ),
        (
            parallel,
            r#"{"namespace": "AWS/ES", "detail": {"source": "aws.other"}}"#,
            false,
        ),
        (parallel, r#"{"detail": {"source": "aws.cloudwatch"}}"#, false),
    ]);
}

#[test]
fn dots_separate_as_nesting_does() {
    let nested = r#"{"detail": {"state": {"status": "running"}}}"#;
    let dotted = r#"{"detail": {"state.status": "running"}}"#;
    for pattern in [
        r#"{"detail": {"state": {"status": ["running"]}}}"#,
        r#"{"detail": {"state.status": ["running"]}}"#,
        r#"{"detail.state.status": ["running"]}"#,
    ] {
        assert!(matches(pattern, nested), "{pattern}");
        assert!(matches(pattern, dotted), "{pattern}");
        assert!(
            !matches(pattern, r#"{"detail": {"state.status": {"status": "running"}}}"#),
            "{pattern}"
        );
    }
    assert!(!matches(
        r#"{"detail": {"state.status": {"status": ["running"]}}}"#,
        nested
    ));
}
