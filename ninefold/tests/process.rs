//! The real binary: how it starts, what it refuses, how it ends.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The longest that anything may take.
const PATIENCE: Duration = Duration::from_secs(20);

fn ninefold(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ninefold"));
    let settings = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("NINEFOLD_"));
    for (name, _) in settings {
        command.env_remove(name);
    }
    command.current_dir(directory).stdin(Stdio::null());
    command
}

fn run(directory: &Path, arguments: &[&str]) -> Output {
    ninefold(directory).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A server that runs until it is dropped or stopped.
struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Running {
    fn start(directory: &Path, arguments: &[&str]) -> Self {
        let mut child = ninefold(directory)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let Some(address) = line
            .strip_prefix("endpoint")
            .map(str::trim)
            .and_then(|url| url.strip_prefix("http://"))
        else {
            let mut errors = String::new();
            child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
            panic!("printed {line:?} first; errors: {errors}");
        };
        Running {
            address: address.to_owned(),
            child,
            output,
        }
    }

    /// Sends bytes on a connection of its own and reads what comes back until it closes.
    fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str) -> String {
        self.exchange(&format!(
            "GET {path} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            self.address
        ))
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &pid])
                .status()
                .unwrap()
                .success()
        );
    }

    fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            // The standard library has no wait with a deadline; the loop ends when the process does.
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server did not end");
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn directory() -> TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn it_starts_without_a_command_says_where_and_ends_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let directory = directory();
        let mut server = Running::start(directory.path(), &["--port", "0"]);
        assert!(server.get("/health/live").starts_with("HTTP/1.1 200 OK"));
        let ready = server.get("/health/ready");
        assert!(ready.ends_with(r#"{"status":"ready"}"#), "{ready}");
        server.signal(signal);
        assert_eq!(server.wait().code(), Some(0), "{signal}");
        let mut rest = String::new();
        server.output.read_to_string(&mut rest).unwrap();
        let data = directory.path().join("ninefold-data");
        assert!(rest.contains(data.to_str().unwrap()), "{rest}");
        assert!(rest.contains("auth        open"), "{rest}");
        assert!(
            rest.contains(&format!("export AWS_ENDPOINT_URL=http://{}", server.address)),
            "{rest}"
        );
        assert!(data.is_dir());
    }
}

#[test]
fn a_data_directory_belongs_to_one_process() {
    let directory = directory();
    let mut first = Running::start(directory.path(), &["serve", "--port", "0", "--data", "here"]);
    let second = run(directory.path(), &["serve", "--port", "0", "--data", "here"]);
    assert_eq!(second.status.code(), Some(1));
    assert!(second.stdout.is_empty(), "it said that it listens");
    let error = text(&second.stderr);
    assert!(
        error.contains(&format!("process {}", first.child.id())),
        "{error}"
    );
    first.signal("-TERM");
    assert_eq!(first.wait().code(), Some(0));
    Running::start(directory.path(), &["serve", "--port", "0", "--data", "here"]);
}

#[test]
fn a_port_in_use_is_refused() {
    let directory = directory();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = run(directory.path(), &["--listen", &address]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains(&format!("cannot listen on {address}")));
}

#[test]
fn listening_for_others_needs_authentication() {
    let directory = directory();
    let refused = run(directory.path(), &["--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status.code(), Some(2));
    let error = text(&refused.stderr);
    assert!(
        error.contains("refusing to listen on 0.0.0.0:0 with auth = open"),
        "{error}"
    );
    assert!(
        !directory.path().join("ninefold-data").exists(),
        "it went further than it should"
    );
}

#[test]
fn what_a_configuration_file_says_counts_and_typing_errors_do_not_pass() {
    let directory = directory();
    let write = |text: &str| std::fs::write(directory.path().join("ninefold.toml"), text).unwrap();
    write("prot = 4566\n");
    let refused = run(directory.path(), &["check-config"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        text(&refused.stderr).contains("unknown field `prot`"),
        "{}",
        text(&refused.stderr)
    );

    write("port = 5001\nregion = \"eu-west-1\"\nlog_level = \"warn\"\n");
    let mut check = ninefold(directory.path());
    check
        .env("NINEFOLD_REGION", "eu-west-2")
        .env("NINEFOLD_LOG_LEVEL", "error");
    let printed = check
        .args(["check-config", "--log-level", "debug"])
        .output()
        .unwrap();
    let printed = text(&printed.stdout);
    for expected in [
        "port = 5001",
        "region = \"eu-west-2\"",
        "log_level = \"debug\"",
        "account = \"000000000000\"",
    ] {
        assert!(
            printed.lines().any(|line| line == expected),
            "{expected} in {printed}"
        );
    }
    let missing = run(directory.path(), &["check-config", "--config", "other.toml"]);
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("other.toml"));
}

#[test]
fn the_configuration_is_printed_without_its_secrets() {
    let directory = directory();
    let file = "mail_sender = \"a@example.com\"\nmail_relay = \"smtps://orders:hush:of@us@mail.example.com:4650\"\n\
                s3_endpoint = \"http://store:9000\"\ns3_access_key_id = \"AKIA\"\n";
    std::fs::write(directory.path().join("ninefold.toml"), file).unwrap();
    let mut check = ninefold(directory.path());
    check.env("NINEFOLD_S3_SECRET_ACCESS_KEY", "hush");
    let printed = check.arg("check-config").output().unwrap();
    let printed = text(&printed.stdout);
    for expected in [
        "mail_relay = \"smtps://orders:***@mail.example.com:4650\"",
        "s3_access_key_id = \"AKIA\"",
        "s3_secret_access_key = \"***\"",
    ] {
        assert!(
            printed.lines().any(|line| line == expected),
            "{expected} in {printed}"
        );
    }
    assert!(!printed.contains("hush"), "{printed}");
}

#[test]
fn an_argument_for_the_port_beats_an_address_from_the_environment() {
    let directory = directory();
    let mut check = ninefold(directory.path());
    check.env("NINEFOLD_LISTEN", "127.0.0.1:7000");
    let printed = check.args(["check-config", "--port", "7001"]).output().unwrap();
    assert!(
        text(&printed.stdout).contains("port = 7001"),
        "{}",
        text(&printed.stderr)
    );
    assert!(!text(&printed.stdout).contains("listen"));
    let both = run(
        directory.path(),
        &["check-config", "--port", "1", "--listen", "127.0.0.1:2"],
    );
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn keys_are_created_listed_and_deleted() {
    let directory = directory();
    let create = |arguments: &[&str]| {
        run(
            directory.path(),
            &[&["keys", "create", "--data", "d"], arguments].concat(),
        )
    };
    let list = || text(&run(directory.path(), &["keys", "list", "--data", "d"]).stdout).to_owned();
    assert_eq!(list().trim(), "[]");

    let policy = directory.path().join("policy.json");
    std::fs::write(&policy, "{}").unwrap();
    let refused = create(&["--user", "alice", "--policy", "policy.json"]);
    assert_eq!(
        refused.status.code(),
        Some(2),
        "a policy that says nothing was accepted"
    );
    let allow =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*"}]}"#;
    std::fs::write(&policy, allow).unwrap();

    let created = create(&[
        "--account",
        "123456789012",
        "--user",
        "alice",
        "--policy",
        "policy.json",
    ]);
    let created: serde_json::Value = serde_json::from_slice(&created.stdout).unwrap();
    assert_eq!(
        (&created["Account"], &created["User"]),
        (&"123456789012".into(), &"alice".into())
    );
    assert_eq!(created["SecretAccessKey"].as_str().unwrap().len(), 40);
    let id = created["AccessKeyId"].as_str().unwrap();
    assert!(list().contains(id));
    assert!(!list().contains("Secret"));

    let gone = run(directory.path(), &["keys", "delete", "--data", "d", id]);
    assert!(gone.status.success());
    assert_eq!(list().trim(), "[]");
    let again = run(directory.path(), &["keys", "delete", "--data", "d", id]);
    assert_eq!(again.status.code(), Some(1));
    for wrong in [["--account", "12"], ["--user", "a b"]] {
        assert_eq!(create(&wrong).status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn keys_and_store_share_a_directory_whichever_comes_first() {
    let directory = directory();
    let create = || run(directory.path(), &["keys", "create", "--data", "d"]);
    assert!(create().status.success());
    let server = Running::start(
        directory.path(),
        &["--port", "0", "--data", "d", "--auth", "enforce"],
    );
    let while_it_runs = create();
    assert!(while_it_runs.status.success(), "{}", text(&while_it_runs.stderr));
    drop(server);
    Running::start(
        directory.path(),
        &["--port", "0", "--data", "d", "--auth", "enforce"],
    );
}

#[test]
fn it_says_its_version_and_its_operations() {
    let directory = directory();
    let version = run(directory.path(), &["version"]);
    assert_eq!(
        text(&version.stdout),
        concat!("ninefold ", env!("CARGO_PKG_VERSION"), "\n")
    );
    let api = run(directory.path(), &["api"]);
    assert!(
        text(&api.stdout).lines().any(|line| line == "sqs SendMessage"),
        "{}",
        text(&api.stdout)
    );
    let missing = run(directory.path(), &["api", "--missing"]);
    let missing = text(&missing.stdout);
    assert!(missing.lines().any(|line| line == "sts AssumeRole"), "{missing}");
    assert!(!missing.contains("sqs "), "{missing}");
    for help in [
        &["--help"][..],
        &["serve", "--help"],
        &["keys", "--help"],
        &["keys", "create", "--help"],
    ] {
        let help = run(directory.path(), help);
        assert!(help.status.success());
        assert!(text(&help.stdout).contains("Usage: ninefold"));
    }
    assert_eq!(run(directory.path(), &["nonsense"]).status.code(), Some(2));
}

#[test]
fn figures_are_there_for_prometheus() {
    let directory = directory();
    let server = Running::start(directory.path(), &["--port", "0"]);
    let refused = server.exchange(&format!(
        "POST / HTTP/1.1\r\nhost: {}\r\nx-amz-target: Nobody.Knows\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{{}}",
        server.address
    ));
    assert!(refused.starts_with("HTTP/1.1 400 "), "{refused}");
    let figures = server.get("/metrics");
    assert!(
        figures.contains("content-type: application/openmetrics-text"),
        "{figures}"
    );
    for line in [
        r#"ninefold_requests_total{service="unknown",operation="unknown",result="UnknownOperationException"} 1"#,
        "ninefold_store_failed_batches_total 0",
        "# TYPE ninefold_store_sync_seconds histogram",
        "# TYPE ninefold_queue_messages gauge",
        "# EOF",
    ] {
        assert!(figures.contains(line), "{line} in {figures}");
    }
    // A connection is forgotten a moment after its client has seen the end of it.
    let deadline = Instant::now() + PATIENCE;
    while !server.get("/metrics").contains("ninefold_connections 1.0\n") {
        assert!(Instant::now() < deadline, "{}", server.get("/metrics"));
    }
}

#[test]
fn logs_can_be_json() {
    let directory = directory();
    let mut server = Running::start(directory.path(), &["--port", "0", "--log-format", "json"]);
    server.signal("-TERM");
    assert_eq!(server.wait().code(), Some(0));
    let mut log = String::new();
    server
        .child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut log)
        .unwrap();
    let events: Vec<serde_json::Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert!(events.iter().any(|event| event["message"] == "stopped"), "{log}");
}
