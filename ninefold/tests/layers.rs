//! Arrows point down only: reads every crate's manifest and fails where one points up or sideways.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// Where a crate lives says what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Binary,
    Service,
    Wire,
    Language,
    /// What goes out of the server: clients of other systems.
    Outbound,
    Engine,
    Store,
    Time,
    /// The load generator and the server it is compared with: nothing depends on it.
    Bench,
}

impl Layer {
    fn of(folder: &Path) -> Self {
        match folder.to_str().unwrap() {
            "ninefold" => Layer::Binary,
            "bench" => Layer::Bench,
            other if other.starts_with("bench/") => Layer::Bench,
            "engine/time" => Layer::Time,
            "engine/journal" | "engine/store" => Layer::Store,
            other if other.starts_with("engine/") => Layer::Engine,
            other if other.starts_with("wire/") || other.starts_with("protocols/") => Layer::Wire,
            other if other.starts_with("lang/") => Layer::Language,
            other if other.starts_with("outbound/") => Layer::Outbound,
            other if other.starts_with("services/") || other.starts_with("brokers/") => Layer::Service,
            other => panic!("{other} belongs to no layer: give it one here and in ARCHITECTURE.md"),
        }
    }

    fn may_use(self, below: Layer) -> bool {
        use Layer::{Bench, Binary, Engine, Language, Outbound, Service, Store, Time, Wire};
        match self {
            Binary => !matches!(below, Binary | Bench),
            Service => matches!(below, Wire | Language | Outbound | Engine | Time),
            Wire => matches!(below, Wire | Time),
            Language => below == Language,
            Outbound => matches!(below, Outbound | Time),
            Engine => matches!(below, Engine | Store | Time),
            Store => matches!(below, Store | Time),
            Time => false,
            Bench => matches!(below, Wire | Language | Time),
        }
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn manifest(folder: &Path) -> Table {
    fs::read_to_string(root().join(folder).join("Cargo.toml"))
        .unwrap()
        .parse()
        .unwrap()
}

/// The folder of every crate of the workspace.
fn crates() -> Vec<PathBuf> {
    let workspace = manifest(Path::new(""));
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let mut crates = Vec::new();
    for member in members.iter().map(|member| member.as_str().unwrap()) {
        match member.strip_suffix("/*") {
            None => crates.push(member.into()),
            Some(parent) => crates.extend(
                fs::read_dir(root().join(parent))
                    .unwrap()
                    .map(|entry| Path::new(parent).join(entry.unwrap().file_name())),
            ),
        }
    }
    crates
}

/// The dependencies that ship with a crate: all but those of its tests.
fn dependencies(manifest: &Table) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    let mut add = |table: Option<&Value>| {
        let dependencies = table.and_then(Value::as_table).into_iter().flatten();
        found.extend(dependencies.map(|(name, value)| (name.clone(), value.clone())));
    };
    for kind in ["dependencies", "build-dependencies"] {
        add(manifest.get(kind));
        for target in manifest
            .get("target")
            .and_then(Value::as_table)
            .into_iter()
            .flatten()
        {
            add(target.1.get(kind));
        }
    }
    found
}

#[test]
fn arrows_point_down_only() {
    let crates = crates();
    let folders: BTreeMap<String, PathBuf> = crates
        .iter()
        .map(|folder| {
            (
                manifest(folder)["package"]["name"].as_str().unwrap().to_owned(),
                folder.clone(),
            )
        })
        .collect();
    assert!(folders.len() >= 11, "not all crates were found: {folders:?}");
    let mut wrong = Vec::new();
    for folder in &crates {
        for (name, _) in dependencies(&manifest(folder)) {
            if let Some(below) = folders.get(&name)
                && !Layer::of(folder).may_use(Layer::of(below))
            {
                wrong.push(format!("{} must not use {}", folder.display(), below.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn dependencies_are_declared_once_for_the_workspace() {
    for folder in crates() {
        for (name, value) in dependencies(&manifest(&folder)) {
            let inherited = value.get("workspace").and_then(Value::as_bool) == Some(true);
            assert!(inherited, "{} declares {name} by itself", folder.display());
        }
    }
}

#[test]
fn every_crate_is_named_after_its_folder_and_has_the_lints() {
    for folder in crates() {
        let manifest = manifest(&folder);
        let last = folder.file_name().unwrap().to_str().unwrap();
        let expected = if last == "ninefold" {
            last.to_owned()
        } else if folder.starts_with("bench") && last != "bench" {
            format!("ninefold-bench-{last}")
        } else if folder.starts_with("outbound") {
            // Some of them would be named like what comes in.
            format!("ninefold-outbound-{last}")
        } else if folder.starts_with("protocols") {
            // A door has the name of its protocol too.
            format!("ninefold-{last}-protocol")
        } else if folder.starts_with("brokers") {
            format!("ninefold-{last}-broker")
        } else {
            format!("ninefold-{last}")
        };
        assert_eq!(
            manifest["package"]["name"].as_str(),
            Some(&*expected),
            "{}",
            folder.display()
        );
        assert_eq!(
            manifest["lints"]["workspace"].as_bool(),
            Some(true),
            "{}",
            folder.display()
        );
    }
}

#[test]
fn folders_say_what_is_in_them() {
    fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
            if path.is_dir() && !name.starts_with('.') && !matches!(&*name, "target" | "node_modules") {
                visit(&path, found);
            }
            let stem = name.split('.').next().unwrap();
            if matches!(stem, "utils" | "util" | "common" | "helpers" | "helper" | "misc") {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    for layer in ["ninefold", "services", "brokers", "protocols", "wire", "engine"] {
        visit(&root().join(layer), &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
}
