//! Answers that come part by part, over HTTP/1.1 and HTTP/2.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::Response;
use hyper::body::Incoming;
use ninefold_http::{Interrupted, Limits, PartStream, Tls};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::http2::{certificate, http2_client, post, secure};
use crate::support::{Raw, Running, short_limits, start, within};

const REQUEST: &str = "GET /streamed HTTP/1.1\r\nhost: a\r\n\r\n";

fn part(text: &'static str) -> Result<Bytes, Interrupted> {
    Ok(Bytes::from_static(text.as_bytes()))
}

/// Asks for a stream over HTTP/1.1, and reads the head of the answer.
async fn ask(server: &Running) -> Raw {
    let mut client = Raw::connect(server.address).await;
    client.send(REQUEST).await;
    let head = read_until(&mut client, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n"), "{head}");
    assert!(head.contains("transfer-encoding: chunked\r\n"), "{head}");
    client
}

async fn read_until(client: &mut Raw, end: &str) -> String {
    let mut read = Vec::new();
    while !read.ends_with(end.as_bytes()) {
        read.push(within(client.0.read_u8()).await.unwrap());
    }
    String::from_utf8(read).unwrap()
}

async fn next(response: &mut Response<Incoming>) -> Option<Result<Bytes, hyper::Error>> {
    loop {
        let frame = within(response.frame()).await?;
        match frame.map(|frame| frame.into_data().unwrap()) {
            // The end of a stream may come in a frame of its own.
            Ok(bytes) if bytes.is_empty() => {}
            part => return Some(part),
        }
    }
}

/// Parts of 64 KiB, counted, 128 MiB in all.
fn plenty(given: &Arc<AtomicUsize>) -> PartStream {
    let given = Arc::clone(given);
    let part = Bytes::from(vec![b'x'; 64 * 1024]);
    Box::pin(stream::iter(0..2048).map(move |_| {
        given.fetch_add(part.len(), Ordering::Relaxed);
        Ok(part.clone())
    }))
}

#[tokio::test]
async fn http1_gets_each_part_as_it_is_made() {
    let server = start(short_limits(), None).await;
    let speaker = server.speak();
    let mut client = ask(&server).await;
    for text in ["one", "three"] {
        speaker.send(part(text)).unwrap();
        let chunk = read_until(&mut client, "\r\n").await + &read_until(&mut client, "\r\n").await;
        assert_eq!(chunk, format!("{}\r\n{text}\r\n", text.len()));
    }
    drop(speaker);
    assert_eq!(read_until(&mut client, "0\r\n\r\n").await, "0\r\n\r\n");
    client.send("GET /next HTTP/1.1\r\nhost: a\r\n\r\n").await;
    assert_eq!(client.response().await.1, "GET /next ");
}

#[tokio::test]
async fn http2_streams_side_by_side() {
    let server = start(short_limits(), None).await;
    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let mut streams = Vec::new();
    for _ in 0..128 {
        let speaker = server.speak();
        let response = within(client.send_request(post("/streamed", ""))).await.unwrap();
        streams.push((speaker, response));
    }
    for text in ["one", "two"] {
        for (speaker, response) in streams.iter_mut().rev() {
            speaker.send(part(text)).unwrap();
            assert_eq!(next(response).await.unwrap().unwrap(), text);
        }
    }
    for (speaker, mut response) in streams {
        drop(speaker);
        assert!(next(&mut response).await.is_none());
    }
    assert_eq!(server.connections.open(), 1);
}

#[tokio::test]
async fn http2_streams_over_tls() {
    let files = certificate();
    let tls = Tls::from_pem_files(&files.certificate, &files.key).unwrap();
    let server = start(Limits::default(), Some(tls)).await;
    let mut client = http2_client(secure(&server, &files.roots, &[b"h2"]).await).await;
    let speaker = server.speak();
    let mut response = within(client.send_request(post("/streamed", ""))).await.unwrap();
    speaker.send(part("one")).unwrap();
    assert_eq!(next(&mut response).await.unwrap().unwrap(), "one");
    let given = Arc::new(AtomicUsize::new(0));
    server.prepare(plenty(&given));
    let response = within(client.send_request(post("/streamed", ""))).await.unwrap();
    let all = within(response.into_body().collect()).await.unwrap().to_bytes();
    assert_eq!(all.len(), 128 * 1024 * 1024);
}

#[tokio::test]
async fn parts_wait_for_the_client_to_take_those_before() {
    // What the sockets hold, and some.
    const AHEAD_BYTES: usize = 24 * 1024 * 1024;
    let server = start(Limits::default(), None).await;
    let given = Arc::new(AtomicUsize::new(0));
    server.prepare(plenty(&given));
    let mut client = ask(&server).await;
    let mut buffer = vec![0; 64 * 1024];
    for taken in (0..64).map(|count| count * 64 * 1024) {
        assert!(given.load(Ordering::Relaxed) <= taken + AHEAD_BYTES);
        within(client.0.read_exact(&mut buffer)).await.unwrap();
    }
    drop(client);

    let given = Arc::new(AtomicUsize::new(0));
    server.prepare(plenty(&given));
    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let mut response = within(client.send_request(post("/streamed", ""))).await.unwrap();
    let mut taken = 0;
    while taken < 8 * 1024 * 1024 {
        assert!(given.load(Ordering::Relaxed) <= taken + AHEAD_BYTES);
        taken += next(&mut response).await.unwrap().unwrap().len();
    }
}

#[tokio::test]
async fn the_answer_is_dropped_when_the_client_goes_away() {
    let server = start(Limits::default(), None).await;
    let speaker = server.speak();
    let client = ask(&server).await;
    drop(client);
    within(speaker.closed()).await;

    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let (speaker, other) = (server.speak(), server.speak());
    let response = within(client.send_request(post("/streamed", ""))).await.unwrap();
    let mut kept = within(client.send_request(post("/streamed", ""))).await.unwrap();
    drop(response);
    within(speaker.closed()).await;
    other.send(part("still here")).unwrap();
    assert_eq!(next(&mut kept).await.unwrap().unwrap(), "still here");
    drop((client, kept));
    within(other.closed()).await;
}

#[tokio::test]
async fn stopping_ends_answers_in_good_order() {
    let mut server = start(Limits::default(), None).await;
    let over_http1 = server.speak();
    let mut client = ask(&server).await;
    let over_http2 = server.speak();
    let mut multiplexed = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let mut response = within(multiplexed.send_request(post("/streamed", "")))
        .await
        .unwrap();
    over_http2.send(part("one")).unwrap();
    assert_eq!(next(&mut response).await.unwrap().unwrap(), "one");
    server.stop();
    assert_eq!(client.rest().await, "0\r\n\r\n");
    assert!(next(&mut response).await.is_none());
    assert!(over_http1.is_closed());
    within(over_http2.closed()).await;
    server.stopped().await;
}

#[tokio::test]
async fn an_answer_that_says_nothing_for_long_is_not_cut() {
    let limits = Limits {
        idle_timeout: Duration::from_millis(100),
        ..short_limits()
    };
    let server = start(limits, None).await;
    let over_http1 = server.speak();
    let mut client = ask(&server).await;
    let over_http2 = server.speak();
    let mut multiplexed = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let mut response = within(multiplexed.send_request(post("/streamed", "")))
        .await
        .unwrap();
    for text in ["one", "two"] {
        // Another client is cut for its silence meanwhile, so that the time limits have certainly been looked at.
        let mut idle = Raw::connect(server.address).await;
        idle.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n").await;
        idle.response().await;
        assert_eq!(idle.rest().await, "");
        over_http1.send(part(text)).unwrap();
        assert_eq!(read_until(&mut client, "\r\n").await, "3\r\n");
        assert_eq!(read_until(&mut client, "\r\n").await, format!("{text}\r\n"));
        over_http2.send(part(text)).unwrap();
        assert_eq!(next(&mut response).await.unwrap().unwrap(), text);
    }
}

/// Says 64 KiB whenever there is room, and is told when it is dropped.
fn endless() -> (PartStream, tokio::sync::oneshot::Receiver<()>) {
    let (alive, dropped) = tokio::sync::oneshot::channel::<()>();
    let part = Bytes::from(vec![b'x'; 64 * 1024]);
    let parts = stream::repeat(part).map(move |part| {
        assert!(!alive.is_closed());
        Ok(part)
    });
    (Box::pin(parts), dropped)
}

#[tokio::test]
async fn who_does_not_take_its_answer_is_cut() {
    let limits = Limits {
        idle_timeout: Duration::from_millis(100),
        ..short_limits()
    };
    let server = start(limits, None).await;
    let (parts, dropped) = endless();
    server.prepare(parts);
    let client = ask(&server).await;
    assert!(within(dropped).await.is_err(), "dropped, and nothing was sent");
    drop(client);

    let (parts, dropped) = endless();
    server.prepare(parts);
    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let response = within(client.send_request(post("/streamed", ""))).await.unwrap();
    assert!(within(dropped).await.is_err(), "dropped, and nothing was sent");
    drop(response);
}

#[tokio::test]
async fn a_request_pipelined_behind_a_stream_does_not_hold_the_connection_for_ever() {
    let limits = Limits {
        idle_timeout: Duration::from_millis(100),
        ..short_limits()
    };
    let server = start(limits, None).await;
    let (parts, dropped) = endless();
    server.prepare(parts);
    let mut client = Raw::connect(server.address).await;
    client.send(REQUEST.repeat(2)).await;
    assert!(within(dropped).await.is_err(), "dropped, and nothing was sent");
    client.rest().await;
}

#[tokio::test]
async fn an_interrupted_answer_is_seen_to_be_incomplete() {
    let server = start(Limits::default(), None).await;
    let speaker = server.speak();
    let mut client = ask(&server).await;
    speaker.send(part("one")).unwrap();
    assert_eq!(read_until(&mut client, "one\r\n").await, "3\r\none\r\n");
    speaker.send(Err(Interrupted)).unwrap();
    assert_eq!(client.rest().await, "");

    let speaker = server.speak();
    let mut client = http2_client(TcpStream::connect(server.address).await.unwrap()).await;
    let mut response = within(client.send_request(post("/streamed", ""))).await.unwrap();
    speaker.send(Err(Interrupted)).unwrap();
    assert!(next(&mut response).await.unwrap().is_err());
    assert!(speaker.is_closed());
}
