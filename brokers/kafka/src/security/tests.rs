//! The security of a cluster, without connections.

mod authentication;
mod identities;
mod scram_client;

use std::sync::Arc;
use std::time::Duration;

use ninefold_catalog::Store;
use ninefold_policy::{AccountId, Context, Policy, PolicyKind};
use ninefold_store::MemoryStore;
use ninefold_time::ManualClock;
use parking_lot::Mutex;

use super::*;
use crate::session::Endpoint;

const CLUSTER_ARN: &str = "arn:aws:kafka:eu-west-1:123456789012:cluster/demo/0a1b-2";
const ALICE_ARN: &str = "arn:aws:iam::123456789012:user/alice";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// Seals by saying for whom.
struct Labels;

impl Sealer for Labels {
    fn seal(&self, owner: &str, text: &str) -> Option<String> {
        Some(format!("{owner}|{text}"))
    }

    fn open(&self, owner: &str, sealed: &str) -> Option<String> {
        let text = sealed.strip_prefix(owner)?.strip_prefix('|')?;
        Some(text.to_owned())
    }
}

/// Alice, with a policy that can be changed.
struct Alice {
    policy: Mutex<String>,
}

impl IamAuthority for Alice {
    fn access_key(&self, id: &str, session_token: Option<&str>) -> Option<IamAccessKey> {
        (id == "AKIDEXAMPLE" && session_token.is_none()).then(|| IamAccessKey {
            secret: Some(SECRET.to_owned()),
            principal_arn: ALICE_ARN.to_owned(),
        })
    }

    fn is_allowed(&self, request: &IamRequest<'_>) -> bool {
        let account = AccountId::new("123456789012").unwrap();
        let principal = ninefold_policy::Principal::User {
            account: account.clone(),
            arn: request.principal_arn.to_owned(),
            user_id: "AIDAEXAMPLE".to_owned(),
            name: "alice".to_owned(),
        };
        let identity = Policy::parse(&self.policy.lock(), PolicyKind::Identity).unwrap();
        let cluster = request
            .cluster_policy
            .map(|text| Policy::parse(text, PolicyKind::Resource).unwrap());
        let mut context = Context::new();
        context.insert("aws:SourceIp", request.source_ip.to_string());
        context.insert("aws:SecureTransport", request.is_encrypted.to_string());
        let asked = ninefold_policy::Request {
            principal: &principal,
            action: request.action,
            resource: request.resource_arn,
            resource_account: &account,
            context: &context,
        };
        ninefold_policy::evaluate(&asked, &[&identity], cluster.as_ref()).is_allowed()
    }
}

struct Fixture {
    security: Security,
    clock: ManualClock,
    alice: Arc<Alice>,
}

/// A cluster whose clients have to authenticate again after an hour, with Alice in IAM.
fn fixture() -> Fixture {
    let store: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let records = SecurityRecords::open(&store, Arc::new(Labels)).unwrap();
    let alice = Arc::new(Alice {
        policy: Mutex::new(statement("*", "*")),
    });
    let clock = ManualClock::default();
    let options = SecurityOptions {
        session_lifetime: Some(Duration::from_secs(3_600)),
        accepts_unsecured_tokens: true,
        iam: Some(IamOptions {
            authority: Arc::clone(&alice) as Arc<dyn IamAuthority>,
            cluster_arn: ClusterArn::parse(CLUSTER_ARN).unwrap(),
            cluster_policy: None,
        }),
        ..SecurityOptions::open(Arc::new(records))
    };
    Fixture {
        security: Security::new(options, "test", Arc::new(clock.clone())),
        clock,
        alice,
    }
}

/// A policy that allows an action on a resource.
fn statement(action: &str, resource: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"{resource}"}}]}}"#
    )
}

fn caller() -> Caller {
    Caller {
        principal: Principal::Anonymous,
        peer: ([127, 0, 0, 1], 40_000).into(),
        is_encrypted: false,
        reached_at: Endpoint {
            host: "127.0.0.1".to_owned(),
            port: 9_092,
        },
    }
}
