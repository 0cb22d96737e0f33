//! A connection: frames in, answers out in the same order.

use std::collections::VecDeque;
use std::future::Future;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use ninefold_kafka_protocol::messages::{Request, Response};
use ninefold_kafka_protocol::{ApiKey, FrameDecoder, Piece, Reader, RequestHeader};
use ninefold_time::Timestamp;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, sleep, timeout_at};

use crate::dispatch::{self, Answer};
use crate::limits::{
    AUTHENTICATION, FAILED_AUTHENTICATION_PAUSE, IDLE, PRODUCE_UNDER_WAY, REQUEST_BYTES,
    UNAUTHENTICATED_REQUEST_BYTES,
};
use crate::listener::Listener;
use crate::meter::Meter;
use crate::operations::api_versions;
use crate::security::{Authentication, Fate, Quota, fetched_bytes, milliseconds};
use crate::session::Caller;
use crate::transport::Transport;

/// So many pieces are written at once.
const SLICES: usize = 64;

/// A request that is being answered.
struct Asked {
    header: RequestHeader,
    /// How long the client has to wait, as it has sent or got too much.
    throttle: Duration,
    /// The time that it takes.
    meter: Meter,
}

/// An answer that waits for a sync.
struct Pending {
    asked: Asked,
    answer: Pin<Box<dyn Future<Output = Option<Response>> + Send>>,
}

/// What happens next on a connection.
enum Event {
    Received(usize),
    Answered(Option<Box<Response>>),
    Unmuted,
}

struct Connection<'a, S> {
    stream: S,
    listener: &'a Listener,
    caller: Caller,
    authentication: Authentication,
    /// By when the client has to be authenticated. In the time of the network, which no clock of ours drives.
    deadline: Instant,
    /// When something came from the client last.
    heard_at: Instant,
    frames: FrameDecoder,
    pending: VecDeque<Pending>,
    /// Until when nothing more is taken from the client, as it has used too much (KIP-219).
    muted_until: Option<Timestamp>,
}

/// Serves a client until it goes away or says something that can't be understood.
pub(crate) async fn serve<S>(
    stream: S,
    listener: &Listener,
    caller: Caller,
    authentication: Authentication,
) -> io::Result<()>
where
    S: Transport,
{
    let now = Instant::now();
    let mut connection = Connection {
        stream,
        listener,
        caller,
        authentication,
        deadline: now + AUTHENTICATION,
        heard_at: now,
        frames: FrameDecoder::new(REQUEST_BYTES),
        pending: VecDeque::new(),
        muted_until: None,
    };
    loop {
        while connection.may_handle()
            && let Some(frame) = connection.next_frame()?
        {
            connection.handle(frame).await?;
        }
        match connection.event().await? {
            Event::Received(0) => return Ok(()),
            Event::Received(_) => connection.heard_at = Instant::now(),
            Event::Unmuted => connection.muted_until = None,
            Event::Answered(response) => {
                if let Some(Pending { asked, .. }) = connection.pending.pop_front() {
                    connection
                        .write_answer(asked, response.map(|response| *response))
                        .await?;
                }
            }
        }
    }
}

impl<S: Transport> Connection<'_, S> {
    fn may_handle(&self) -> bool {
        self.muted_until.is_none() && self.pending.len() < PRODUCE_UNDER_WAY
    }

    fn next_frame(&mut self) -> io::Result<Option<Bytes>> {
        let frame = self.frames.next_frame().map_err(|error| self.refused(&error))?;
        let length = frame.as_ref().map_or(self.frames.pending_bytes(), Bytes::len);
        if length > UNAUTHENTICATED_REQUEST_BYTES && !self.authentication.is_authenticated() {
            return Err(self.refused(&"a request that is too long for a client that isn't authenticated"));
        }
        Ok(frame)
    }

    /// Waits for the first of what can happen.
    async fn event(&mut self) -> io::Result<Event> {
        let clock = &self.listener.cluster.clock;
        // More than a request is there already: it has to be answered before more is read.
        let is_full = self.frames.pending_bytes() > REQUEST_BYTES && !self.pending.is_empty();
        let is_muted = self.muted_until.is_some();
        let unmuted = async {
            match self.muted_until {
                Some(until) => clock.sleep_until(until).await,
                None => std::future::pending().await,
            }
        };
        let deadline = if self.authentication.is_authenticated() {
            self.heard_at + IDLE
        } else {
            self.deadline
        };
        let answer = async {
            match self.pending.front_mut() {
                Some(first) => first.asked.meter.wait(first.answer.as_mut()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            response = answer => Ok(Event::Answered(response.map(Box::new))),
            () = unmuted => Ok(Event::Unmuted),
            received = receive(&mut self.stream, self.frames.room(), deadline), if !is_muted && !is_full => {
                Ok(Event::Received(received?))
            }
        }
    }

    /// Handles one request. What waits for a sync is left in `pending`; everything else is answered, after what waits.
    async fn handle(&mut self, frame: Bytes) -> io::Result<()> {
        if self.authentication.expects_bare_message() {
            return self.handle_bare_message(&frame).await;
        }
        let frame_bytes = frame.len();
        let mut reader = Reader::new(frame);
        let header = RequestHeader::decode(&mut reader).map_err(|error| self.refused(&error))?;
        let now = self.listener.cluster.clock.now();
        let checked = self.authentication.check(header.api_key, now);
        checked.map_err(|error| self.refused(&error))?;
        // As Apache Kafka does. Whoever got no answer would wait for one until its request times out.
        if !self.listener.cluster.offers(header.api_key) {
            return Err(self.refused(&format_args!("{:?} is not offered", header.api_key)));
        }
        if header.api_key == ApiKey::ApiVersions && !header.api_key.has_version(header.api_version) {
            self.drain().await?;
            return self
                .write(api_versions::of_unknown_version(
                    &self.listener.cluster,
                    header.correlation_id,
                ))
                .await;
        }
        // What follows a request is overlooked, as Kafka does it: some requests of librdkafka have a byte too many.
        let request = Request::decode(header.api_key, &mut reader, header.api_version)
            .map_err(|error| self.refused(&error))?;
        match request {
            Request::SaslHandshake(request) => {
                let (response, fate) = self.authentication.handshake(&request, header.api_version);
                self.answer_authentication(header, response.into(), fate).await
            }
            Request::SaslAuthenticate(request) => {
                let security = &self.listener.cluster.security;
                let (response, fate) = self
                    .authentication
                    .authenticate(security, &mut self.caller, &request, header.api_version)
                    .await;
                self.answer_authentication(header, response.into(), fate).await
            }
            request => self.dispatch(header, request, frame_bytes).await,
        }
    }

    async fn dispatch(
        &mut self,
        header: RequestHeader,
        request: Request,
        frame_bytes: usize,
    ) -> io::Result<()> {
        let cluster = &self.listener.cluster;
        // What clients do to be authenticated is exempt.
        let is_metered =
            self.authentication.is_authenticated() && cluster.security.quotas.has(Quota::RequestPercentage);
        let mut asked = Asked {
            throttle: match header.api_key {
                ApiKey::Produce => self.spend(Quota::ProducerByteRate, &header, frame_bytes as f64),
                _ => Duration::ZERO,
            },
            meter: Meter::new(is_metered),
            header,
        };
        let begun = dispatch::answer(&self.listener.cluster, &self.caller, &asked.header, request);
        match asked.meter.wait(begun).await {
            Answer::Later(answer) => {
                self.pending.push_back(Pending { asked, answer });
                Ok(())
            }
            Answer::Now(answer) => {
                self.drain().await?;
                let response = asked.meter.wait(answer).await;
                if let Some(Response::Fetch(response)) = &response {
                    let bytes = fetched_bytes(response) as f64;
                    asked.throttle = self.spend(Quota::ConsumerByteRate, &asked.header, bytes);
                }
                self.write_answer(asked, response).await
            }
        }
    }

    /// Notes that the client has used some of a quota. If that was too much, nothing more is taken from it for a while.
    fn spend(&mut self, quota: Quota, header: &RequestHeader, amount: f64) -> Duration {
        let cluster = &self.listener.cluster;
        let now = cluster.clock.now();
        let throttle = cluster
            .security
            .quotas
            .spend(quota, &self.caller, header, amount, now);
        self.mute(now, throttle);
        throttle
    }

    /// Takes nothing more from the client for so long.
    fn mute(&mut self, now: Timestamp, throttle: Duration) {
        if !throttle.is_zero() {
            self.muted_until = self.muted_until.max(Some(now + throttle));
        }
    }

    /// Tells the client how long it has to wait, which is as long as any of its quotas wants. Answers that can't tell it are those of
    /// requests that Kafka exempts.
    fn tell(&mut self, asked: &mut Asked, response: &mut Response) {
        let Some(told) = response.throttle_time_ms() else {
            asked.meter = Meter::new(false);
            return;
        };
        // Of too many changes the answer tells already.
        let changes = Duration::from_millis(u64::from(told.unsigned_abs()));
        self.mute(self.listener.cluster.clock.now(), changes);
        let time = match asked.meter.take_percent() {
            Some(percent) => self.spend(Quota::RequestPercentage, &asked.header, percent),
            None => Duration::ZERO,
        };
        *told = milliseconds(changes.max(time).max(asked.throttle));
    }

    async fn answer_authentication(
        &mut self,
        header: RequestHeader,
        response: Response,
        fate: Fate,
    ) -> io::Result<()> {
        self.drain().await?;
        if fate == Fate::Ends {
            sleep(FAILED_AUTHENTICATION_PAUSE).await;
        }
        let asked = Asked {
            header,
            throttle: Duration::ZERO,
            meter: Meter::new(false),
        };
        self.write_answer(asked, Some(response)).await?;
        match fate {
            Fate::Stays => Ok(()),
            Fate::Ends => Err(self.refused(&"the client has failed to authenticate")),
        }
    }

    async fn handle_bare_message(&mut self, message: &[u8]) -> io::Result<()> {
        self.drain().await?;
        let security = &self.listener.cluster.security;
        let answered = self
            .authentication
            .bare_message(security, &mut self.caller, message);
        let Some(answer) = answered.await else {
            sleep(FAILED_AUTHENTICATION_PAUSE).await;
            return Err(self.refused(&"the client has failed to authenticate"));
        };
        let mut frame = BytesMut::with_capacity(answer.len() + 4);
        frame.put_u32(u32::try_from(answer.len()).map_err(io::Error::other)?);
        frame.put(answer);
        self.write(vec![Piece::Memory(frame.freeze())]).await
    }

    /// Answers everything that waits.
    async fn drain(&mut self) -> io::Result<()> {
        while let Some(mut first) = self.pending.pop_front() {
            let response = first.asked.meter.wait(first.answer).await;
            self.write_answer(first.asked, response).await?;
        }
        Ok(())
    }

    async fn write_answer(&mut self, mut asked: Asked, response: Option<Response>) -> io::Result<()> {
        let Some(mut response) = response else {
            return Ok(());
        };
        self.tell(&mut asked, &mut response);
        let header = &asked.header;
        let pieces = asked
            .meter
            .work(|| response.frame(header.api_version, header.correlation_id))
            .map_err(|error| {
                tracing::error!(api = ?header.api_key, version = header.api_version, %error, "an answer can't be sent");
                io::Error::other(error)
            })?;
        // The next answer will tell of that.
        if let Some(percent) = asked.meter.take_percent() {
            let (cluster, quota) = (&self.listener.cluster, Quota::RequestPercentage);
            let (quotas, now) = (&cluster.security.quotas, cluster.clock.now());
            quotas.spend(quota, &self.caller, &asked.header, percent, now);
        }
        self.write(pieces).await
    }

    async fn write(&mut self, pieces: Vec<Piece>) -> io::Result<()> {
        let mut in_memory = VecDeque::new();
        for piece in pieces {
            match piece {
                Piece::Memory(bytes) => in_memory.push_back(bytes),
                Piece::File(range) => {
                    self.write_from_memory(&mut in_memory).await?;
                    self.stream.send_file(range).await?;
                }
            }
        }
        self.write_from_memory(&mut in_memory).await?;
        self.stream.flush().await
    }

    /// Writes all of what there is.
    async fn write_from_memory(&mut self, pieces: &mut VecDeque<Bytes>) -> io::Result<()> {
        while !pieces.is_empty() {
            let slices: Vec<IoSlice<'_>> = pieces
                .iter()
                .take(SLICES)
                .map(|bytes| IoSlice::new(bytes))
                .collect();
            let mut written = self.stream.write_vectored(&slices).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            while let Some(first) = pieces.front_mut() {
                let taken = written.min(first.len());
                first.advance(taken);
                written -= taken;
                if !first.is_empty() {
                    break;
                }
                pieces.pop_front();
            }
        }
        Ok(())
    }

    /// What ends the connection because of what the client has sent.
    fn refused(&self, error: &dyn std::fmt::Display) -> io::Error {
        let peer: SocketAddr = self.caller.peer;
        tracing::warn!(%peer, %error, "closing the connection of a Kafka client");
        io::Error::new(io::ErrorKind::InvalidData, error.to_string())
    }
}

/// Reads what there is, until the deadline.
async fn receive<S: AsyncRead + Unpin>(
    stream: &mut S,
    room: &mut BytesMut,
    deadline: Instant,
) -> io::Result<usize> {
    timeout_at(deadline, stream.read_buf(room))
        .await
        .map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?
}
