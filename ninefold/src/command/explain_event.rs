use std::fmt::Write;
use std::time::Duration;

use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use ninefold_outbound_http::{EgressRules, HttpClient, HttpClientOptions, OutboundRequest};
use serde_json::Value;
use tokio::runtime::Builder;

use super::{Failure, print, print_json};
use crate::cli::ExplainEventArguments;
use crate::config::{Config, Settings};
use crate::identity::OperatorToken;

/// How long the server may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// As much is read of what it says.
const ANSWER_BYTES: usize = 16 << 20;

/// Asks a running server what became of an event.
pub(crate) fn run(arguments: ExplainEventArguments) -> Result<(), Failure> {
    let settings = Settings {
        data: arguments.location.data,
        ..Settings::default()
    };
    let config = Config::resolve(&settings.load(arguments.location.config.as_deref())?)?;
    let endpoint = arguments
        .endpoint
        .unwrap_or_else(|| format!("http://{}", config.listen));
    let uri: Uri = format!(
        "{}{}?id={}",
        endpoint.trim_end_matches('/'),
        ninefold_events::EXPLANATION_PATH,
        arguments.id
    )
    .parse()
    .map_err(|cause| Failure::usage(&format!("{endpoint} is not a URL: {cause}")))?;
    let mut headers = HeaderMap::new();
    // Without authentication there may be no token, and none is needed.
    if let Ok(token) = OperatorToken::read(&config.data)
        && let Ok(value) = HeaderValue::from_str(&token.header())
    {
        headers.insert(http::header::AUTHORIZATION, value);
    }
    let (status, body) = ask(uri, headers)?;
    match status {
        StatusCode::OK if arguments.json => print_json(&body),
        StatusCode::OK => print(written(&body).trim_end()),
        StatusCode::NOT_FOUND => Err(Failure::of(&format!(
            "nothing is known of the event {}: the server remembers the last ones only",
            arguments.id
        ))),
        StatusCode::FORBIDDEN => Err(Failure::of(&format!(
            "the server doesn't tell: name its data directory with --data, so that {} can be read",
            config.data.join("operator.secret").display()
        ))),
        status => Err(Failure::of(&format!("the server answers {status}"))),
    }
}

fn ask(uri: Uri, headers: HeaderMap) -> Result<(StatusCode, Value), Failure> {
    let client = HttpClient::new(HttpClientOptions {
        egress: EgressRules::everything(),
        ..HttpClientOptions::default()
    })
    .map_err(|error| Failure::of(&error))?;
    let request = OutboundRequest {
        method: Method::GET,
        uri,
        headers,
        body: bytes::Bytes::new(),
        timeout: TIMEOUT,
        response_limit_bytes: ANSWER_BYTES,
    };
    let runtime = Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|cause| Failure::of(&cause))?;
    let response = runtime
        .block_on(client.send(request))
        .map_err(|error| Failure::of(&error))?;
    let body = serde_json::from_slice(&response.body).unwrap_or(Value::Null);
    Ok((response.status, body))
}

/// An explanation as text.
fn written(explanation: &Value) -> String {
    let mut text = format!("event {}\n", string(&explanation["id"]));
    let mut line = |depth: usize, line: String| {
        // Writing to a string never fails.
        let _ = writeln!(text, "{:width$}{line}", "", width = depth * 2);
    };
    for bus in list(&explanation["buses"]) {
        line(0, format!("on {} at {}", string(&bus["bus"]), string(&bus["at"])));
        for rule in list(&bus["rules"]) {
            line(1, format!("taken by {}", string(&rule["rule"])));
            for target in list(&rule["targets"]) {
                let standing = string(&target["standing"]);
                line(
                    2,
                    format!(
                        "{} ({}): {standing}",
                        string(&target["target"]),
                        string(&target["arn"])
                    ),
                );
                for attempt in list(&target["attempts"]) {
                    line(3, attempt_line(attempt));
                }
            }
        }
        for rule in list(&bus["nearMisses"]) {
            line(1, format!("not taken by {}", string(&rule["rule"])));
            for field in list(&rule["fields"]) {
                line(2, string(field).to_owned());
            }
        }
    }
    if list(&explanation["buses"]).is_empty() {
        for attempt in list(&explanation["attempts"]) {
            line(1, format!("{}: {}", attempt["target"], attempt_line(attempt)));
        }
    }
    text
}

fn attempt_line(attempt: &Value) -> String {
    let mut line = format!("attempt {} at {}", attempt["attempt"], string(&attempt["at"]));
    if let Some(code) = attempt["code"].as_u64() {
        let _ = write!(line, ": {code}");
    }
    match string(&attempt["answer"]) {
        "" => {}
        answer => {
            let _ = write!(line, " {answer}");
        }
    }
    if let Some(retry) = attempt["retryAt"].as_str() {
        let _ = write!(line, ", again at {retry}");
    }
    line
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}
