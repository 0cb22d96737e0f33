use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::activity::{Activity, CoarseClock, Verdict};
use crate::body::BodyRoom;
use crate::connection::{Service, run};
use crate::{Handler, Limits, Tls};

/// How often connections are looked at; their time limits are kept to within this much.
const SWEEP_INTERVAL: Duration = Duration::from_millis(250);

/// How long to wait after the operating system refused to accept, for example for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// A server that is bound to its address and ready to serve.
pub struct Server {
    listener: TcpListener,
    limits: Limits,
    tls: Option<Tls>,
    slots: Arc<Semaphore>,
    count: ConnectionCount,
}

/// How many connections are open; stays valid while the server runs.
#[derive(Clone, Default)]
pub struct ConnectionCount(Arc<AtomicUsize>);

impl ConnectionCount {
    /// Connections open now.
    pub fn open(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    fn enter(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }
}

/// One of the counted connections.
struct Counted(ConnectionCount);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection as the server sees it.
struct Open {
    activity: Arc<Activity>,
    task: AbortHandle,
}

impl Server {
    /// A server on a listening socket; with `tls`, it speaks nothing but TLS.
    pub fn new(listener: TcpListener, mut limits: Limits, tls: Option<Tls>) -> Self {
        limits.connections = limits.connections.clamp(1, u32::MAX as usize >> 3);
        limits.head_bytes = limits.head_bytes.max(8 * 1024);
        Server {
            listener,
            slots: Arc::new(Semaphore::new(limits.connections)),
            limits,
            tls,
            count: ConnectionCount::default(),
        }
    }

    /// The address the server listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// A view of the number of open connections.
    pub fn connections(&self) -> ConnectionCount {
        self.count.clone()
    }

    /// Serves until `shutdown` resolves; then answers what is in flight, within the drain timeout, and
    /// returns. Whatever is left by then is cut.
    pub async fn serve<H: Handler>(self, handler: H, shutdown: impl Future<Output = ()>) {
        let clock = CoarseClock::new();
        let service = Arc::new(Service {
            handler,
            limits: self.limits,
            tls: self.tls.clone(),
            body_room: BodyRoom::new(&self.limits),
        });
        let mut open: Vec<Open> = Vec::new();
        let mut sweeps = interval(SWEEP_INTERVAL);
        sweeps.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut shutdown = pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                _ = sweeps.tick() => {
                    clock.refresh();
                    sweep(&mut open, &self.limits);
                }
                accepted = self.accept() => match accepted {
                    Ok((socket, peer, slot)) => {
                        let place = (slot, self.count.enter());
                        open.push(start(socket, peer, place, &service, &clock));
                    }
                    Err(cause) => {
                        tracing::warn!(%cause, "cannot accept a connection");
                        sleep(ACCEPT_PAUSE).await;
                    }
                },
            }
        }
        self.drain(open).await;
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(io::Error::other)?;
        let (socket, peer) = self.listener.accept().await?;
        Ok((socket, peer, slot))
    }

    async fn drain(self, open: Vec<Open>) {
        drop(self.listener);
        for connection in &open {
            connection.activity.drain();
            if connection.activity.is_opening() {
                connection.task.abort();
            }
        }
        let all = u32::try_from(self.limits.connections).unwrap_or(u32::MAX);
        if timeout(self.limits.drain_timeout, self.slots.acquire_many(all))
            .await
            .is_err()
        {
            let unfinished = open
                .iter()
                .filter(|connection| !connection.task.is_finished())
                .count();
            tracing::warn!(unfinished, "cutting connections that did not finish in time");
            open.iter().for_each(|connection| connection.task.abort());
        }
    }
}

fn start<H: Handler>(
    socket: TcpStream,
    peer: SocketAddr,
    place: (OwnedSemaphorePermit, Counted),
    service: &Arc<Service<H>>,
    clock: &CoarseClock,
) -> Open {
    let activity = Arc::new(Activity::new(clock.clone()));
    let connection = run(socket, peer, Arc::clone(service), Arc::clone(&activity));
    let task = tokio::spawn(async move {
        connection.await;
        drop(place);
    });
    Open {
        activity,
        task: task.abort_handle(),
    }
}

/// Forgets connections that have ended and enforces the time limits of the others.
fn sweep(open: &mut Vec<Open>, limits: &Limits) {
    open.retain(|connection| !connection.task.is_finished());
    for connection in open {
        match connection.activity.verdict(limits) {
            Verdict::Keep => {}
            Verdict::Drain => connection.activity.drain(),
            Verdict::Cut => connection.task.abort(),
        }
    }
}
