//! What AWS keeps in log groups, as files of the data directory: one JSON object a line.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;

use ninefold_protocol::{BoxFuture, LogGroups};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::oneshot;

/// The folder of the files.
const FOLDER: &str = "log-groups";
/// Lines that may wait to be written.
const WAITING_LINES: usize = 10_000;
/// Lines written before those that must not be lost are synced.
const SYNCED_TOGETHER: usize = 1_000;
/// A file that is larger is put aside, in the place of the one before it.
const FILE_BYTES: u64 = 64 << 20;
/// Files kept open; then all are closed.
const OPEN_FILES: usize = 64;

/// Writes lines to files, on a thread of its own.
pub(crate) struct LogFiles(Sender<Line>);

/// A line on its way to a file.
struct Line {
    group: String,
    text: String,
    /// Who waits until it is durable.
    kept: Option<oneshot::Sender<Result<(), String>>>,
}

impl LogFiles {
    /// Starts the thread, which ends with the last sender.
    pub(crate) fn start(data: &Path) -> Self {
        let (sender, receiver) = channel(WAITING_LINES);
        let folder = data.join(FOLDER);
        let spawned = thread::Builder::new()
            .name("log-groups".to_owned())
            .spawn(move || write_all(&folder, receiver));
        if let Err(cause) = spawned {
            tracing::error!(%cause, "log groups cannot be written");
        }
        LogFiles(sender)
    }
}

impl LogGroups for LogFiles {
    fn append(&self, group: &str, line: String) {
        let line = Line {
            group: group.to_owned(),
            text: line,
            kept: None,
        };
        match self.0.try_send(line) {
            Ok(()) => (),
            Err(TrySendError::Full(_)) => {
                tracing::warn!(group, "a line of a log group was dropped: too many wait")
            }
            Err(TrySendError::Closed(_)) => tracing::warn!(group, "a line of a log group was dropped"),
        }
    }

    fn keep<'a>(&'a self, group: &'a str, line: String) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let (sender, kept) = oneshot::channel();
            let line = Line {
                group: group.to_owned(),
                text: line,
                kept: Some(sender),
            };
            let stopped = || "log groups are not written any more".to_owned();
            self.0.send(line).await.map_err(|_| stopped())?;
            kept.await.unwrap_or_else(|_| Err(stopped()))
        })
    }
}

fn write_all(folder: &Path, mut lines: Receiver<Line>) {
    let mut files = HashMap::new();
    let mut batch = Vec::new();
    while lines.blocking_recv_many(&mut batch, SYNCED_TOGETHER) > 0 {
        write_batch(folder, &mut files, batch.drain(..));
    }
}

/// Writes lines, syncs the files of those that must not be lost, and says so to who waits for it.
fn write_batch(folder: &Path, files: &mut HashMap<String, File>, lines: impl Iterator<Item = Line>) {
    let mut waiting = Vec::new();
    for Line { group, text, kept } in lines {
        let written = write(folder, files, &group, &text).map_err(|cause| cause.to_string());
        if let Err(cause) = &written {
            tracing::warn!(group, cause, "a line of a log group could not be written");
        }
        if let Some(kept) = kept {
            waiting.push((group, written, kept));
        }
    }
    let mut synced: HashMap<String, Result<(), String>> = HashMap::new();
    for (group, written, kept) in waiting {
        let durable = written.and_then(|()| {
            synced
                .entry(group)
                .or_insert_with_key(|group| sync(files, group))
                .clone()
        });
        // Who has stopped waiting doesn't want to know.
        let _ = kept.send(durable);
    }
}

/// Makes durable what was written to a file. One that is not open any more was synced when it was closed.
fn sync(files: &HashMap<String, File>, group: &str) -> Result<(), String> {
    match files.get(group) {
        Some(file) => file.sync_data().map_err(|cause| cause.to_string()),
        None => Ok(()),
    }
}

fn write(folder: &Path, files: &mut HashMap<String, File>, group: &str, line: &str) -> io::Result<()> {
    if files.len() >= OPEN_FILES && !files.contains_key(group) {
        files.values().try_for_each(File::sync_data)?;
        files.clear();
    }
    let path = path_of(folder, group);
    if !files.contains_key(group) {
        fs::create_dir_all(folder)?;
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        files.insert(group.to_owned(), file);
    }
    let Some(file) = files.get_mut(group) else {
        return Ok(());
    };
    writeln!(file, "{line}")?;
    if file.metadata()?.len() > FILE_BYTES {
        file.sync_data()?;
        files.remove(group);
        fs::rename(&path, path.with_extension("jsonl.old"))?;
    }
    Ok(())
}

/// A name of one part, whatever characters the group's name has.
fn path_of(folder: &Path, group: &str) -> PathBuf {
    let safe = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => character,
        _ => '.',
    };
    let name: String = group.chars().map(safe).collect();
    folder.join(format!("{}.jsonl", name.trim_matches('.')))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_group_has_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = HashMap::new();
        for (group, line) in [("/aws/a", "1"), ("/aws/b", "2"), ("/aws/a", "3")] {
            write(folder.path(), &mut files, group, line).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            (read("aws.a.jsonl"), read("aws.b.jsonl")),
            ("1\n3\n".into(), "2\n".into())
        );
    }

    #[tokio::test]
    async fn what_is_kept_is_in_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let files = LogFiles::start(folder.path());
        let kept = (0..200).map(|number| files.keep("/aws/kept", number.to_string()));
        for kept in futures_util::future::join_all(kept).await {
            kept.unwrap();
        }
        let read = fs::read_to_string(folder.path().join(FOLDER).join("aws.kept.jsonl")).unwrap();
        // Who keeps at one time is kept in no particular order.
        let found: BTreeSet<&str> = read.lines().collect();
        let expected: Vec<String> = (0..200).map(|number| number.to_string()).collect();
        assert_eq!(read.lines().count(), expected.len());
        assert!(
            expected.iter().all(|line| found.contains(line.as_str())),
            "{found:?}"
        );
    }

    #[test]
    fn no_name_leaves_the_folder() {
        let folder = Path::new("/data/log-groups");
        for group in ["../../etc/passwd", "/", "a/../b", "a\0b"] {
            assert_eq!(path_of(folder, group).parent(), Some(folder), "{group:?}");
        }
    }
}
