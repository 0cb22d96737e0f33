//! What AWS keeps in log groups, as files of the data directory: one JSON object a line.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;

use ninefold_protocol::LogGroups;

/// The folder of the files.
const FOLDER: &str = "log-groups";
/// Lines that may wait to be written.
const WAITING_LINES: usize = 10_000;
/// A file that is larger is put aside, in the place of the one before it.
const FILE_BYTES: u64 = 64 << 20;
/// Files kept open; then all are closed.
const OPEN_FILES: usize = 64;

/// Writes lines to files, on a thread of its own.
pub(crate) struct LogFiles(SyncSender<(String, String)>);

impl LogFiles {
    /// Starts the thread, which ends with the last sender.
    pub(crate) fn start(data: &Path) -> Self {
        let (sender, receiver) = sync_channel(WAITING_LINES);
        let folder = data.join(FOLDER);
        let spawned = thread::Builder::new()
            .name("log-groups".to_owned())
            .spawn(move || write_all(&folder, &receiver));
        if let Err(cause) = spawned {
            tracing::error!(%cause, "log groups cannot be written");
        }
        LogFiles(sender)
    }
}

impl LogGroups for LogFiles {
    fn append(&self, group: &str, line: String) {
        match self.0.try_send((group.to_owned(), line)) {
            Ok(()) => (),
            Err(TrySendError::Full(_)) => {
                tracing::warn!(group, "a line of a log group was dropped: too many wait")
            }
            Err(TrySendError::Disconnected(_)) => tracing::warn!(group, "a line of a log group was dropped"),
        }
    }
}

fn write_all(folder: &Path, lines: &Receiver<(String, String)>) {
    let mut files = HashMap::new();
    for (group, line) in lines {
        if let Err(cause) = write(folder, &mut files, &group, &line) {
            tracing::warn!(group, %cause, "a line of a log group could not be written");
        }
    }
}

fn write(folder: &Path, files: &mut HashMap<String, File>, group: &str, line: &str) -> io::Result<()> {
    if files.len() >= OPEN_FILES && !files.contains_key(group) {
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

    #[test]
    fn no_name_leaves_the_folder() {
        let folder = Path::new("/data/log-groups");
        for group in ["../../etc/passwd", "/", "a/../b", "a\0b"] {
            assert_eq!(path_of(folder, group).parent(), Some(folder), "{group:?}");
        }
    }
}
