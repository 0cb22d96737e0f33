//! The way to be authenticated, step by step.

use bytes::Bytes;
use ninefold_kafka_protocol::messages::sasl_authenticate::{
    SaslAuthenticateRequest, SaslAuthenticateResponse,
};
use ninefold_kafka_protocol::messages::sasl_handshake::SaslHandshakeRequest;
use ninefold_kafka_protocol::sasl::Mechanism;
use ninefold_kafka_protocol::{ApiKey, ErrorCode};

use super::scram_client;
use super::*;
use crate::security::sasl::OutOfTurn;

const LATEST: i16 = 2;
/// A connection.
struct Client {
    authentication: Authentication,
    caller: Caller,
}

impl Client {
    fn new() -> Self {
        Client::with(Mechanism::ALL.to_vec())
    }

    fn with(mechanisms: Vec<Mechanism>) -> Self {
        Client {
            authentication: Authentication::new(mechanisms, vec!["localhost".to_owned()]),
            caller: caller(),
        }
    }

    /// Chooses a mechanism; the code of the answer.
    fn choose(&mut self, mechanism: &str) -> (i16, Fate) {
        let request = SaslHandshakeRequest {
            mechanism: mechanism.into(),
        };
        let (response, fate) = self.authentication.handshake(&request, 1);
        (response.error_code, fate)
    }

    async fn say(&mut self, fixture: &Fixture, message: &str) -> (SaslAuthenticateResponse, Fate) {
        let request = SaslAuthenticateRequest {
            auth_bytes: Bytes::copy_from_slice(message.as_bytes()),
        };
        self.authentication
            .authenticate(&fixture.security, &mut self.caller, &request, LATEST)
            .await
    }

    async fn plain(&mut self, fixture: &Fixture, user: &str, password: &str) -> (i16, Fate) {
        assert_eq!(self.choose("PLAIN"), OK);
        let (response, fate) = self.say(fixture, &format!("\0{user}\0{password}")).await;
        (response.error_code, fate)
    }

    fn check(&self, fixture: &Fixture, api_key: ApiKey) -> Result<(), OutOfTurn> {
        self.authentication.check(api_key, fixture.security.now())
    }
}

const OK: (i16, Fate) = (0, Fate::Stays);

fn ends(code: ErrorCode) -> (i16, Fate) {
    (code.code(), Fate::Ends)
}

async fn with_users() -> Fixture {
    let fixture = fixture();
    let user = |name: &str, password: &str| UserPassword {
        name: name.to_owned(),
        password: password.to_owned(),
    };
    let users = vec![user("alice", "alice-secret"), user("bob", "bob-secret")];
    fixture.security.users.replace(users).await.unwrap();
    fixture
}

#[tokio::test]
async fn only_what_leads_there_is_answered_before() {
    let fixture = with_users().await;
    let mut client = Client::new();
    for api_key in ApiKey::ALL {
        let expected = match api_key {
            ApiKey::ApiVersions | ApiKey::SaslHandshake | ApiKey::SaslAuthenticate => Ok(()),
            _ => Err(OutOfTurn::Unauthenticated),
        };
        assert_eq!(client.check(&fixture, api_key), expected, "{api_key:?}");
    }
    assert!(!client.authentication.is_authenticated());
    assert_eq!(client.plain(&fixture, "alice", "alice-secret").await, OK);
    assert!(client.authentication.is_authenticated());
    assert_eq!(client.check(&fixture, ApiKey::Metadata), Ok(()));
    assert_eq!(client.caller.principal, Principal::User("alice".to_owned()));
}

#[tokio::test]
async fn passwords_are_verified() {
    let fixture = with_users().await;
    for (user, password) in [("alice", "bob-secret"), ("alice", "alice-secre"), ("nobody", "x")] {
        let mut client = Client::new();
        let answer = client.plain(&fixture, user, password).await;
        assert_eq!(
            answer,
            ends(ErrorCode::SaslAuthenticationFailed),
            "{user} {password}"
        );
        assert_eq!(client.caller.principal, Principal::Anonymous);
    }
}

#[tokio::test]
async fn proofs_of_passwords_are_verified() {
    let fixture = with_users().await;
    for (password, is_right) in [("alice-secret", true), ("alice-secre", false)] {
        let mut client = Client::new();
        assert_eq!(client.choose("SCRAM-SHA-512"), OK);
        let first = format!("n,,{}", scram_client::FIRST_BARE);
        let (question, fate) = client.say(&fixture, &first).await;
        assert_eq!((question.error_code, fate), OK);
        assert_eq!(question.session_lifetime_ms, 0);
        let question = String::from_utf8(question.auth_bytes.to_vec()).unwrap();
        let (proof, signature) = scram_client::answer(password, &question);
        let (last, fate) = client.say(&fixture, &proof).await;
        if is_right {
            assert_eq!((last.error_code, fate), OK);
            assert_eq!(last.auth_bytes, signature.as_bytes());
            assert_eq!(last.session_lifetime_ms, 3_600_000);
            assert_eq!(client.caller.principal.name(), "alice");
        } else {
            assert_eq!((last.error_code, fate), ends(ErrorCode::SaslAuthenticationFailed));
            // It isn't said what is wrong.
            let message = last.error_message.unwrap();
            assert!(!message.contains("proof"), "{message}");
        }
    }
}

#[tokio::test]
async fn steps_out_of_turn_end_the_connection() {
    let fixture = with_users().await;
    // No mechanism was chosen.
    let (response, fate) = Client::new().say(&fixture, "\0alice\0alice-secret").await;
    assert_eq!((response.error_code, fate), ends(ErrorCode::IllegalSaslState));
    // Twice.
    let mut client = Client::new();
    assert_eq!(client.choose("PLAIN"), OK);
    assert_eq!(client.choose("PLAIN"), ends(ErrorCode::IllegalSaslState));
    // Not offered, or nowhere.
    let mut client = Client::with(vec![Mechanism::OauthBearer]);
    assert_eq!(client.choose("PLAIN"), ends(ErrorCode::UnsupportedSaslMechanism));
    assert_eq!(
        Client::new().choose("GSSAPI"),
        ends(ErrorCode::UnsupportedSaslMechanism)
    );
    // After a failure everything begins anew, on another connection.
    let mut client = Client::new();
    client.plain(&fixture, "alice", "wrong").await;
    let (response, _) = client.say(&fixture, "\0alice\0alice-secret").await;
    assert_eq!(response.error_code, ErrorCode::IllegalSaslState.code());
}

#[tokio::test]
async fn anonymous_clients_need_not_authenticate() {
    let fixture = fixture();
    let mut client = Client::with(Vec::new());
    assert_eq!(client.check(&fixture, ApiKey::Produce), Ok(()));
    let code = ErrorCode::IllegalSaslState.code();
    assert_eq!(client.choose("PLAIN"), (code, Fate::Stays));
    let (response, fate) = client.say(&fixture, "\0alice\0alice-secret").await;
    assert_eq!((response.error_code, fate), (code, Fate::Stays));
}

#[tokio::test]
async fn sessions_end_and_can_go_on() {
    let fixture = with_users().await;
    let mut client = Client::new();
    assert_eq!(client.plain(&fixture, "alice", "alice-secret").await, OK);
    fixture.clock.advance(Duration::from_secs(3_599));
    assert_eq!(client.check(&fixture, ApiKey::Fetch), Ok(()));
    // It shows again who it is, and is served again when it is through.
    assert_eq!(client.choose("PLAIN"), OK);
    assert_eq!(client.check(&fixture, ApiKey::Fetch), Err(OutOfTurn::UnderWay));
    let (response, _) = client.say(&fixture, "\0alice\0alice-secret").await;
    assert_eq!(response.session_lifetime_ms, 3_600_000);
    fixture.clock.advance(Duration::from_secs(3_599));
    assert_eq!(client.check(&fixture, ApiKey::Fetch), Ok(()));
    fixture.clock.advance(Duration::from_secs(1));
    assert_eq!(client.check(&fixture, ApiKey::Fetch), Err(OutOfTurn::Expired));
    // That is not too late.
    assert_eq!(client.plain(&fixture, "alice", "alice-secret").await, OK);
    assert_eq!(client.check(&fixture, ApiKey::Fetch), Ok(()));
}

#[tokio::test]
async fn a_session_stays_with_who_began_it() {
    let fixture = with_users().await;
    let mut client = Client::new();
    assert_eq!(client.plain(&fixture, "alice", "alice-secret").await, OK);
    let other = client.plain(&fixture, "bob", "bob-secret").await;
    assert_eq!(other, ends(ErrorCode::SaslAuthenticationFailed));
    assert_eq!(client.caller.principal.name(), "alice");
    let mut client = Client::new();
    assert_eq!(client.plain(&fixture, "alice", "alice-secret").await, OK);
    assert_eq!(
        client.choose("SCRAM-SHA-512"),
        ends(ErrorCode::UnsupportedSaslMechanism)
    );
}

#[tokio::test]
async fn old_clients_speak_without_headers() {
    let fixture = with_users().await;
    let mut client = Client::new();
    let request = SaslHandshakeRequest {
        mechanism: "PLAIN".into(),
    };
    let (response, _) = client.authentication.handshake(&request, 0);
    assert_eq!(response.error_code, 0);
    assert!(client.authentication.expects_bare_message());
    let Client {
        authentication,
        caller,
    } = &mut client;
    let message = b"\0alice\0alice-secret";
    let answer = authentication
        .bare_message(&fixture.security, caller, message)
        .await;
    assert_eq!(answer, Some(Bytes::new()));
    assert!(!client.authentication.expects_bare_message());
    assert_eq!(client.check(&fixture, ApiKey::Fetch), Ok(()));
}

#[tokio::test]
async fn tokens_say_how_long_they_are_good() {
    let fixture = fixture();
    let mut client = Client::new();
    assert_eq!(client.choose("OAUTHBEARER"), OK);
    let token = unsecured_token(r#"{"sub":"carol","exp":1767227400}"#);
    let (response, _) = client
        .say(&fixture, &format!("n,,\x01auth=Bearer {token}\x01\x01"))
        .await;
    assert_eq!(response.error_code, 0, "{:?}", response.error_message);
    // Half an hour, which is less than the cluster's hour.
    assert_eq!(response.session_lifetime_ms, 1_800_000);
    assert_eq!(client.caller.principal.name(), "carol");
}

#[tokio::test]
async fn a_bad_token_is_explained_before_the_end() {
    let fixture = fixture();
    let mut client = Client::new();
    assert_eq!(client.choose("OAUTHBEARER"), OK);
    let token = unsecured_token(r#"{"sub":"carol","exp":1}"#);
    let (response, fate) = client
        .say(&fixture, &format!("n,,\x01auth=Bearer {token}\x01\x01"))
        .await;
    assert_eq!((response.error_code, fate), OK);
    assert_eq!(response.auth_bytes, &br#"{"status":"invalid_token"}"#[..]);
    assert!(!client.authentication.is_authenticated());
    let (response, fate) = client.say(&fixture, "\x01").await;
    assert_eq!(
        (response.error_code, fate),
        ends(ErrorCode::SaslAuthenticationFailed)
    );
    assert_eq!(response.error_message.as_deref(), Some("the token has expired"));
}

/// A token that nobody has signed.
fn unsecured_token(claims: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.", encode(r#"{"alg":"none"}"#), encode(claims))
}

#[tokio::test]
async fn users_are_those_and_nobody_else() {
    let fixture = with_users().await;
    let carol = UserPassword {
        name: "carol".to_owned(),
        password: "carol-secret".to_owned(),
    };
    let alice = UserPassword {
        name: "alice".to_owned(),
        password: "another".to_owned(),
    };
    fixture.security.users.replace(vec![carol, alice]).await.unwrap();
    let expected = [
        ("alice", "alice-secret", false),
        ("alice", "another", true),
        ("bob", "bob-secret", false),
        ("carol", "carol-secret", true),
    ];
    for (user, password, is_right) in expected {
        let (code, _) = Client::new().plain(&fixture, user, password).await;
        assert_eq!(code == 0, is_right, "{user} {password}");
    }
}

#[tokio::test]
async fn users_are_kept_until_their_cluster_is_removed() {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let open = || Arc::new(SecurityRecords::open(&store, Arc::new(Labels)).unwrap());
    let users = |records: Arc<SecurityRecords>, namespace: &str| {
        let clock = Arc::new(ManualClock::default());
        Security::new(SecurityOptions::open(records), namespace, clock).users
    };
    let alice = UserPassword {
        name: "alice".to_owned(),
        password: "alice-secret".to_owned(),
    };
    let replaced = users(open(), "one").replace(vec![alice.clone()]).await;
    replaced.unwrap();
    assert!(
        users(open(), "one")
            .verify_password("alice", "alice-secret")
            .await
    );
    // Those of another cluster are others, even if its name begins so.
    let others = users(open(), "one-more");
    assert!(!others.verify_password("alice", "alice-secret").await);
    others.replace(vec![alice]).await.unwrap();
    open().remove("one").await.unwrap();
    assert!(
        !users(open(), "one")
            .verify_password("alice", "alice-secret")
            .await
    );
    assert!(
        users(open(), "one-more")
            .verify_password("alice", "alice-secret")
            .await
    );
}
