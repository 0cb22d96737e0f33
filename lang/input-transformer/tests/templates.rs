//! Templates: the guide's examples, what was recorded from the service, and what follows from its rules.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use ninefold_input_transformer::{InputTransformer, Reserved};

const RESERVED: Reserved<'_> = Reserved {
    rule_arn: "arn:aws:events:us-east-2:123456789012:rule/example",
    rule_name: "example",
    ingestion_time: "2015-11-11T21:29:55Z",
};

fn transform(paths: &[(&str, &str)], template: &str, event: &str) -> String {
    let transformer = InputTransformer::parse(paths.iter().copied(), template).unwrap();
    transformer.transform(event.as_bytes(), &RESERVED).unwrap()
}

/// The event and paths of the guide, and its table of templates and outputs, minified.
#[test]
fn examples_of_the_guide() {
    let event = r#"{"version":"0","id":"7bf73129-1428-4cd3-a780-95db273d1602","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2","account":"123456789012","time":"2015-11-11T21:29:54Z","region":"us-east-1","resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],"detail":{"instance-id":"i-0123456789","state":"RUNNING"}}"#;
    let paths = [
        ("timestamp", "$.time"),
        ("instance", "$.detail.instance-id"),
        ("state", "$.detail.state"),
        ("resource", "$.resources[0]"),
    ];
    let without_detail = r#"{"version":"0","id":"7bf73129-1428-4cd3-a780-95db273d1602","source":"aws.ec2","account":"123456789012","time":"2015-11-11T21:29:54Z","region":"us-east-1","resources":["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],"detailType":"EC2 Instance State-change Notification"}"#;
    let reserved = format!(
        r#"{{"instance":"i-0123456789","state":"RUNNING","ruleArn":"arn:aws:events:us-east-2:123456789012:rule/example","ruleName":"example","originalEvent":{event}}}"#
    );
    let original = format!(r#"{{"originalEvent":{without_detail}}}"#);
    for (template, expected) in [
        (
            r#""instance <instance> is in <state>""#,
            r#""instance i-0123456789 is in RUNNING""#,
        ),
        (
            r#""instance \"<instance>\" is in <state>""#,
            r#""instance \"i-0123456789\" is in RUNNING""#,
        ),
        (
            "{\n  \"instance\" : <instance>,\n  \"state\": <state>\n}",
            r#"{"instance":"i-0123456789","state":"RUNNING"}"#,
        ),
        (
            "{\n \"instance\" : <instance>,\n \"state\": \"<state>\",\n \"instanceStatus\": \"instance \\\"<instance>\\\" is in <state>\"\n}",
            r#"{"instance":"i-0123456789","state":"RUNNING","instanceStatus":"instance \"i-0123456789\" is in RUNNING"}"#,
        ),
        (
            "{\n  \"instance\" : <instance>,\n  \"state\": [ 9, <state>, true ],\n  \"Transformed\" : \"Yes\"\n}\n",
            r#"{"instance":"i-0123456789","state":[9,"RUNNING",true],"Transformed":"Yes"}"#,
        ),
        (
            "{\n  \"instance\" : <instance>,\n  \"state\": <state>,\n  \"ruleArn\" : <aws.events.rule-arn>,\n  \"ruleName\" : <aws.events.rule-name>,\n  \"originalEvent\" : <aws.events.event.json>\n}",
            reserved.as_str(),
        ),
        (r#"{"originalEvent" : <aws.events.event>}"#, original.as_str()),
        (r#""<aws.events.rule-name> triggered""#, r#""example triggered""#),
        (
            r#"{"timestamp" : <timestamp>, "message": "instance \"<instance>\" is in <state>"}"#,
            r#"{"timestamp":"2015-11-11T21:29:54Z","message":"instance \"i-0123456789\" is in RUNNING"}"#,
        ),
        (
            r#"{"at": <aws.events.event.ingestion-time>}"#,
            r#"{"at":"2015-11-11T21:29:55Z"}"#,
        ),
        (
            r#"{"id": <resource>}"#,
            r#"{"id":"arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"}"#,
        ),
    ] {
        assert_eq!(transform(&paths, template, event), expected, "{template}");
    }
}

/// The cases of LocalStack's `test_events_inputs.py` whose results were recorded from the service.
#[test]
fn recorded_from_the_service() {
    let event = r#"{"version":"0","id":"1","detail-type":"core.update-account-command","source":"core.update-account-command","account":"111111111111","time":"2024-05-13T12:27:07Z","region":"us-east-1","resources":[],"detail":{"command":"update-account","payload":{"acc_id":"0a787ecb-4015","sf_id":"baz"}}}"#;
    let all = [
        ("detail-type", "$.detail-type"),
        ("timestamp", "$.time"),
        ("command", "$.detail.command"),
    ];
    let missing = [
        ("detail-type", "$.detail-type"),
        ("timestamp", "$.time"),
        ("command", "$.detail.notinmessage"),
    ];
    let text = r#""Event of <detail-type> type, at time <timestamp>, info extracted from detail <command>""#;
    assert_eq!(
        transform(&all, text, event),
        r#""Event of core.update-account-command type, at time 2024-05-13T12:27:07Z, info extracted from detail update-account""#
    );
    assert_eq!(
        transform(&missing, text, event),
        r#""Event of core.update-account-command type, at time 2024-05-13T12:27:07Z, info extracted from detail ""#
    );
    let special = r#""{[/Check with special starting characters for event of <detail-type> type""#;
    assert_eq!(
        transform(&all, special, event),
        r#""{[/Check with special starting characters for event of core.update-account-command type""#
    );
    let object = r#"{"detailType": <detail-type>,  "time": <timestamp>, "command": <command>}"#;
    assert_eq!(
        transform(&all, object, event),
        r#"{"detailType":"core.update-account-command","time":"2024-05-13T12:27:07Z","command":"update-account"}"#
    );
    assert_eq!(
        transform(&missing, object, event),
        r#"{"detailType":"core.update-account-command","time":"2024-05-13T12:27:07Z","command":""}"#
    );
    let reserved = r#""Message containing all pre defined variables <aws.events.rule-arn> <aws.events.rule-name> <aws.events.event.ingestion-time>""#;
    assert_eq!(
        transform(&[], reserved, event),
        r#""Message containing all pre defined variables arn:aws:events:us-east-2:123456789012:rule/example example 2015-11-11T21:29:55Z""#
    );
    let events = r#"{"originalEvent": <aws.events.event>, "originalEventJson": <aws.events.event.json>}"#;
    let without_detail = r#"{"version":"0","id":"1","source":"core.update-account-command","account":"111111111111","time":"2024-05-13T12:27:07Z","region":"us-east-1","resources":[],"detailType":"core.update-account-command"}"#;
    assert_eq!(
        transform(&[], events, event),
        format!(r#"{{"originalEvent":{without_detail},"originalEventJson":{event}}}"#)
    );
}

/// Every kind of value, as a value and in a string.
#[test]
fn kinds_of_values() {
    let cases = [
        (r#""text""#, r#""text""#, "text"),
        (r#""""#, r#""""#, ""),
        (
            r#""say \"hi\" \\ \n \u00e9 é""#,
            r#""say \"hi\" \\ \n \u00e9 é""#,
            r#"say \"hi\" \\ \n \u00e9 é"#,
        ),
        (
            r#""<v> <aws.events.rule-name>""#,
            r#""<v> <aws.events.rule-name>""#,
            "<v> <aws.events.rule-name>",
        ),
        ("1.10", "1.10", "1.10"),
        ("-0", "-0", "-0"),
        ("1e400", "1e400", "1e400"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("true", "true", "true"),
        ("false", "false", "false"),
        ("null", "null", "null"),
        ("[]", "[]", "[]"),
        ("{}", "{}", "{}"),
        (r#"["a",1]"#, r#"["a",1]"#, "[a,1]"),
        (
            r#"{"a":"b c","d":[1,{"e":null}]}"#,
            r#"{"a":"b c","d":[1,{"e":null}]}"#,
            "{a:b c,d:[1,{e:null}]}",
        ),
        ("{\"a\" :\n\t1 }", "{\"a\" :\n\t1 }", "{a:1}"),
        (
            r#"{"a":"say \"hi\" \\ \\\" \u0022"}"#,
            r#"{"a":"say \"hi\" \\ \\\" \u0022"}"#,
            r#"{a:say hi \\ \\ \u0022}"#,
        ),
    ];
    for (value, as_value, in_string) in cases {
        let event = format!(r#"{{"detail":{{"v":{value}}}}}"#);
        let paths = [("v", "$.detail.v")];
        for (template, expected) in [
            (r#"{"v": <v>}"#, format!(r#"{{"v":{as_value}}}"#)),
            (
                r#"{"v": [<v>, "<v>"]}"#,
                format!(r#"{{"v":[{as_value},"{in_string}"]}}"#),
            ),
            (r#""<v>""#, format!(r#""{in_string}""#)),
            (r#""a <v>b<v>""#, format!(r#""a {in_string}b{in_string}""#)),
            ("<v>", as_value.to_owned()),
            ("[<v>]", format!("[{as_value}]")),
        ] {
            assert_eq!(
                transform(&paths, template, &event),
                expected,
                "{template} of {value}"
            );
        }
    }
}

#[test]
fn what_is_missing_is_an_empty_string() {
    let paths = [("v", "$.detail.v"), ("all", "$.detail[*].v")];
    for (template, expected) in [
        (r#"{"v": <v>}"#, r#"{"v":""}"#),
        (r#"{"v": "<v>"}"#, r#"{"v":""}"#),
        (r#""[<v>]""#, r#""[]""#),
        (r#"{"v": <all>}"#, r#"{"v":[]}"#),
    ] {
        assert_eq!(
            transform(&paths, template, r#"{"detail":{}}"#),
            expected,
            "{template}"
        );
    }
}

#[test]
fn several_strings_stay_on_their_lines() {
    let paths = [("name", "$.detail.name"), ("state", "$.detail.state")];
    let event = r#"{"detail":{"name":"daily","state":"FAILED"}}"#;
    let template = "\"Job <name> has just been run.\"\n  \"Job finished in the following state: <state>.\"\n";
    assert_eq!(
        transform(&paths, template, event),
        "\"Job daily has just been run.\"\n  \"Job finished in the following state: FAILED.\"\n"
    );
}

#[test]
fn what_is_no_placeholder_is_text() {
    for template in [
        r#""1 < 2 and 3 > 2""#,
        r#""<>""#,
        r#""<a b>""#,
        r#""</b>""#,
        r#""<a=1>""#,
        r#""<é>""#,
        r#""<<""#,
        r#""a>b""#,
        r#"{"<":">"}"#,
        r#"{"a b":"c  d","e":{}}"#,
        r#"{"escaped \" quote":"\\"}"#,
        r#""\u003cv\u003e""#,
    ] {
        assert_eq!(transform(&[("v", "$.v")], template, "{}"), template);
    }
}

#[test]
fn a_placeholder_can_touch_anything_in_a_string() {
    let paths = [("v", "$.v")];
    for (template, expected) in [
        (r#""<<v>>""#, r#""<1>""#),
        (r#""<v><v>""#, r#""11""#),
        (r#""\\<v>\"<v>""#, r#""\\1\"1""#),
        (r#"{"a":"<v>","b":"<v>"}"#, r#"{"a":"1","b":"1"}"#),
        (r#"{"a":{"b":"<v>:<v>"}}"#, r#"{"a":{"b":"1:1"}}"#),
        (r#"{"k":"<v>", "l" : 2}"#, r#"{"k":"1","l":2}"#),
    ] {
        assert_eq!(transform(&paths, template, r#"{"v":1}"#), expected, "{template}");
    }
}

#[test]
fn events_in_strings_lose_their_quotes() {
    let event = r#"{"detail-type":"t","detail":{"a":"b"}}"#;
    assert_eq!(
        transform(&[], r#"{"e":"<aws.events.event.json>"}"#, event),
        r#"{"e":"{detail-type:t,detail:{a:b}}"}"#
    );
    assert_eq!(
        transform(&[], r#""<aws.events.event>""#, event),
        r#""{detailType:t}""#
    );
}

#[test]
fn reserved_texts_are_escaped() {
    let transformer =
        InputTransformer::parse([], r#"{"n":<aws.events.rule-name>,"s":"<aws.events.rule-arn>"}"#).unwrap();
    let reserved = Reserved {
        rule_arn: "a\nb",
        rule_name: "\"",
        ingestion_time: "",
    };
    assert_eq!(
        transformer.transform(b"{}", &reserved).unwrap(),
        r#"{"n":"\"","s":"a\nb"}"#
    );
}

#[test]
fn variables_with_the_same_path_or_beginning() {
    let paths = [
        ("a", "$.detail.x"),
        ("b", "$.detail.x"),
        ("c", "$.detail"),
        ("d", "$.detail.x.y"),
        ("e", "$"),
    ];
    assert_eq!(
        transform(
            &paths,
            r#"{"a":<a>,"b":<b>,"c":<c>,"d":<d>,"e":<e>,"a2":<a>}"#,
            r#"{"detail":{"x":{"y":1}}}"#
        ),
        r#"{"a":{"y":1},"b":{"y":1},"c":{"x":{"y":1}},"d":1,"e":{"detail":{"x":{"y":1}}},"a2":{"y":1}}"#
    );
}
