//! DescribeUserScramCredentials and AlterUserScramCredentials (KIP-554).

use std::collections::{BTreeMap, BTreeSet};

use bytestring::ByteString;
use ninefold_kafka_protocol::ErrorCode;
use ninefold_kafka_protocol::messages::alter_user_scram_credentials::{
    AlterUserScramCredentialsRequest, AlterUserScramCredentialsResponse, AlterUserScramCredentialsResult,
    ScramCredentialUpsertion,
};
use ninefold_kafka_protocol::messages::describe_user_scram_credentials::{
    CredentialInfo, DescribeUserScramCredentialsRequest, DescribeUserScramCredentialsResponse,
    DescribeUserScramCredentialsResult,
};
use ninefold_kafka_protocol::sasl::scram::{ITERATIONS, ScramCredential, ScramHash};

use super::{UserError, Users};
use crate::cluster::Cluster;
use crate::errors::Refusal;
use crate::security::CLUSTER_REFUSED;
use crate::security::resource::{Operation, Resource};
use crate::session::Caller;

/// The name of a user and the salt of a password have so many bytes at most.
const TEXT_BYTES: usize = 4 << 10;

/// The mechanisms by their numbers.
const HASHES: [(i8, ScramHash); 2] = [(1, ScramHash::Sha256), (2, ScramHash::Sha512)];

/// What becomes of one credential.
enum Alteration {
    Delete(ScramHash),
    Set(ScramCredential),
}

/// DescribeUserScramCredentials.
pub(crate) fn describe(
    cluster: &Cluster,
    caller: &Caller,
    request: &DescribeUserScramCredentialsRequest,
) -> DescribeUserScramCredentialsResponse {
    if !cluster
        .security
        .allows(caller, Operation::Describe, Resource::CLUSTER)
    {
        return DescribeUserScramCredentialsResponse {
            error_code: ErrorCode::ClusterAuthorizationFailed.code(),
            error_message: Some(CLUSTER_REFUSED.into()),
            ..DescribeUserScramCredentialsResponse::default()
        };
    }
    let users = &cluster.security.users;
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for user in request.users.iter().flatten() {
        *counts.entry(user.name.to_string()).or_default() += 1;
    }
    if counts.is_empty() {
        counts.extend(users.names().into_iter().map(|name| (name, 1)));
    }
    let results = counts.into_iter().map(|(name, count)| {
        let described = match count {
            1 => described(users, &name),
            _ => Err(Refusal::new(
                ErrorCode::DuplicateResource,
                format!(
                    "Cannot describe SCRAM credentials for the same user twice in a single request: {name}"
                ),
            )),
        };
        let (error_code, error_message, credential_infos) = match described {
            Ok(infos) => (0, None, infos),
            Err(refusal) => (refusal.code.code(), Some(refusal.message.into()), Vec::new()),
        };
        DescribeUserScramCredentialsResult {
            user: name.into(),
            error_code,
            error_message,
            credential_infos,
        }
    });
    DescribeUserScramCredentialsResponse {
        error_message: None,
        results: results.collect(),
        ..DescribeUserScramCredentialsResponse::default()
    }
}

fn described(users: &Users, name: &str) -> Result<Vec<CredentialInfo>, Refusal> {
    let iterations = users.iterations(name).ok_or_else(|| {
        let message = format!("Attempt to describe a user credential that does not exist: {name}");
        Refusal::new(ErrorCode::ResourceNotFound, message)
    })?;
    let infos = iterations.into_iter().filter_map(|(hash, iterations)| {
        let (mechanism, _) = HASHES.into_iter().find(|(_, known)| *known == hash)?;
        Some(CredentialInfo {
            mechanism,
            iterations: i32::try_from(iterations).ok()?,
        })
    });
    Ok(infos.collect())
}

/// AlterUserScramCredentials: what is wrong with one change of a user keeps all of them from being made.
pub(crate) async fn alter(
    cluster: &Cluster,
    caller: &Caller,
    request: AlterUserScramCredentialsRequest,
) -> AlterUserScramCredentialsResponse {
    let may = cluster
        .security
        .allows(caller, Operation::Alter, Resource::CLUSTER);
    let mut results = Vec::new();
    for (name, alterations) in wanted(&request) {
        let outcome = match alterations {
            _ if !may => Err(Refusal::new(
                ErrorCode::ClusterAuthorizationFailed,
                CLUSTER_REFUSED,
            )),
            Ok(alterations) => apply(&cluster.security.users, &name, alterations).await,
            Err(refusal) => Err(refusal),
        };
        results.push(AlterUserScramCredentialsResult {
            user: name,
            error_code: outcome.as_ref().err().map_or(0, |refusal| refusal.code.code()),
            error_message: outcome.err().map(|refusal| refusal.message.into()),
        });
    }
    AlterUserScramCredentialsResponse {
        results,
        ..AlterUserScramCredentialsResponse::default()
    }
}

/// What a request wants of each user; or what is wrong with that.
fn wanted(
    request: &AlterUserScramCredentialsRequest,
) -> BTreeMap<ByteString, Result<Vec<Alteration>, Refusal>> {
    let mut wanted: BTreeMap<ByteString, Result<Vec<Alteration>, Refusal>> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let deletions = request.deletions.iter().map(|deletion| {
        let name = &deletion.name;
        let hash = checked_name(name).and_then(|()| hash_of(deletion.mechanism));
        (name, deletion.mechanism, hash.map(Alteration::Delete))
    });
    let upsertions = request.upsertions.iter().map(|upsertion| {
        let credential = credential_of(upsertion);
        (
            &upsertion.name,
            upsertion.mechanism,
            credential.map(Alteration::Set),
        )
    });
    for (name, mechanism, alteration) in deletions.chain(upsertions) {
        let alteration = if seen.insert((name.clone(), mechanism)) {
            alteration
        } else {
            let message = "A user credential cannot be altered twice in the same request";
            Err(Refusal::new(ErrorCode::DuplicateResource, message))
        };
        let all = wanted.entry(name.clone()).or_insert_with(|| Ok(Vec::new()));
        match (&mut *all, alteration) {
            (Ok(all), Ok(alteration)) => all.push(alteration),
            (Ok(_), Err(refusal)) => *all = Err(refusal),
            (Err(_), _) => {}
        }
    }
    wanted
}

fn checked_name(name: &str) -> Result<(), Refusal> {
    let message = match name.len() {
        0 => "Username must not be empty",
        length if length > TEXT_BYTES => "Username is too long",
        _ => return Ok(()),
    };
    Err(Refusal::new(ErrorCode::UnacceptableCredential, message))
}

fn hash_of(mechanism: i8) -> Result<ScramHash, Refusal> {
    let found = HASHES.into_iter().find(|(number, _)| *number == mechanism);
    found
        .map(|(_, hash)| hash)
        .ok_or_else(|| Refusal::new(ErrorCode::UnsupportedSaslMechanism, "Unknown SCRAM mechanism"))
}

fn credential_of(upsertion: &ScramCredentialUpsertion) -> Result<ScramCredential, Refusal> {
    checked_name(&upsertion.name)?;
    let hash = hash_of(upsertion.mechanism)?;
    let unacceptable = |message| Err(Refusal::new(ErrorCode::UnacceptableCredential, message));
    let iterations = u32::try_from(upsertion.iterations).unwrap_or(0);
    if iterations < *ITERATIONS.start() {
        return unacceptable("Too few iterations");
    }
    if iterations > *ITERATIONS.end() {
        return unacceptable("Too many iterations");
    }
    if upsertion.salt.is_empty() || upsertion.salt.len() > TEXT_BYTES {
        return unacceptable("The salt is empty or too long");
    }
    Ok(ScramCredential::from_salted_password(
        hash,
        &upsertion.salted_password,
        &upsertion.salt,
        iterations,
    ))
}

async fn apply(users: &Users, name: &str, alterations: Vec<Alteration>) -> Result<(), Refusal> {
    for alteration in alterations {
        match alteration {
            Alteration::Delete(hash) => users.remove(name, hash).await?,
            Alteration::Set(credential) => users.set(name, &credential).await?,
        }
    }
    Ok(())
}

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        let code = match error {
            UserError::NotFound => ErrorCode::ResourceNotFound,
            UserError::TooMany => ErrorCode::UnacceptableCredential,
            UserError::NoRandomness => ErrorCode::UnknownServerError,
            UserError::Catalog(error) => return Refusal::from(error),
        };
        Refusal::new(code, error.to_string())
    }
}
