use std::fs;
use std::path::Path;

use ninefold_policy::{Policy, PolicyKind};
use ninefold_protocol::AccountId;
use serde::Serialize;

use super::{Failure, print, print_json};
use crate::cli::{CreateKeyArguments, KeysCommand, ServerLocation};
use crate::config::{Config, Settings};
use crate::identity::{AccessKey, KeyError, KeyFile, UserName};

/// An access key as it is printed.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown<'a> {
    access_key_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret_access_key: Option<&'a str>,
    account: &'a str,
    user: Option<&'a str>,
}

pub(crate) fn run(command: KeysCommand) -> Result<(), Failure> {
    match command {
        KeysCommand::Create(arguments) => create(arguments),
        KeysCommand::List(location) => list(location),
        KeysCommand::Delete(arguments) => {
            locate(arguments.location)?.0.remove(&arguments.id)?;
            print(&format!("deleted {}", arguments.id))
        }
    }
}

fn create(arguments: CreateKeyArguments) -> Result<(), Failure> {
    let (file, default_account) = locate(arguments.location)?;
    let account = match &arguments.account {
        Some(text) => AccountId::parse(text).map_err(|cause| Failure::usage(&cause))?,
        None => default_account,
    };
    let user = match &arguments.user {
        Some(text) => Some(UserName::parse(text).ok_or_else(|| invalid_user(text))?),
        None => None,
    };
    let policy = arguments.policy.as_deref().map(read_policy).transpose()?;
    let key = AccessKey::generate(account, user, policy).ok_or(KeyError::NoRandomness)?;
    file.add(&key)?;
    print_json(&shown(&key, Some(&key.secret)))
}

fn list(location: ServerLocation) -> Result<(), Failure> {
    let keys = locate(location)?.0.read()?;
    let shown: Vec<_> = keys.iter().map(|key| shown(key, None)).collect();
    print_json(&shown)
}

fn shown<'a>(key: &'a AccessKey, secret: Option<&'a str>) -> Shown<'a> {
    Shown {
        access_key_id: &key.id,
        secret_access_key: secret,
        account: key.account.as_str(),
        user: key.user.as_ref().map(UserName::as_str),
    }
}

/// The keys of the server with this configuration, and its default account.
fn locate(location: ServerLocation) -> Result<(KeyFile, AccountId), Failure> {
    let given = Settings {
        data: location.data,
        ..Settings::default()
    };
    let config = Config::resolve(&given.load(location.config.as_deref())?)?;
    Ok((KeyFile::new(config.data), config.account))
}

fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let text = fs::read_to_string(path).map_err(|cause| unusable_policy(path, &cause))?;
    Policy::parse(&text, PolicyKind::Identity).map_err(|cause| unusable_policy(path, &cause))
}

fn unusable_policy(path: &Path, cause: &impl ToString) -> Failure {
    Failure::usage(&format!(
        "cannot use the policy {}: {}",
        path.display(),
        cause.to_string()
    ))
}

fn invalid_user(text: &str) -> Failure {
    Failure::usage(&format!(
        "{text:?} is not a valid user name: 1 to 64 letters, digits and any of +=,.@_-"
    ))
}
