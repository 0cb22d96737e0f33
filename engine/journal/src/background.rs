//! Work that gives way to what somebody waits for: moving data from where it is durable to where it is kept.

use std::io;
use std::thread::{self, JoinHandle};

use rustix::process::{getpriority_process, setpriority_process};

/// How much such a thread gives way (nice): it gets about a quarter of a core that others want too. That is enough to keep up
/// with a disk, and commits and answers don't stand behind it.
const NICENESS: i32 = 5;
/// As much as any thread can give way.
const MOST_NICENESS: i32 = 19;

/// Starts a thread for such work. Threads that it starts give way too.
///
/// # Errors
///
/// If there is no room for another thread.
pub fn spawn_in_background<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    thread::Builder::new().name(name.to_owned()).spawn(|| {
        give_way();
        work()
    })
}

/// Does something on such a thread and waits for it, for the sake of the threads that it starts.
///
/// # Errors
///
/// If it panics.
pub fn do_in_background<T: Send>(work: impl FnOnce() -> T + Send) -> thread::Result<T> {
    thread::scope(|scope| {
        let thread = scope.spawn(|| {
            give_way();
            work()
        });
        thread.join()
    })
}

/// Lowers the priority of the calling thread.
fn give_way() {
    // On Linux, what is said of no process in particular is said of the calling thread.
    let lowered = getpriority_process(None)
        .and_then(|current| setpriority_process(None, (current + NICENESS).min(MOST_NICENESS)));
    if let Err(error) = lowered {
        tracing::debug!(%error, "a background thread keeps its priority");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_threads_in_the_background_give_way() {
        let before = getpriority_process(None).unwrap();
        let within = do_in_background(|| {
            let started = thread::spawn(|| getpriority_process(None).unwrap());
            (getpriority_process(None).unwrap(), started.join().unwrap())
        });
        let lowered = (before + NICENESS).min(MOST_NICENESS);
        assert_eq!(within.unwrap(), (lowered, lowered));
        assert_eq!(getpriority_process(None).unwrap(), before);
        let spawned = spawn_in_background("background", || thread::current().name().map(str::to_owned));
        assert_eq!(spawned.unwrap().join().unwrap().as_deref(), Some("background"));
    }
}
