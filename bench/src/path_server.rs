//! The server of tests: it answers with the path that it was asked for.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::thread;

/// Answers with the path that was asked for until the listener's connections end.
fn serve(listener: TcpListener) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        thread::spawn(move || {
            let mut chunk = [0; 256];
            while let Ok(read) = stream.read(&mut chunk)
                && read > 0
            {
                let request = std::str::from_utf8(&chunk[..read]).unwrap();
                let path = request.split(' ').nth(1).unwrap();
                let status = if path == "/bad" {
                    "400 Bad Request"
                } else {
                    "200 OK"
                };
                let length = path.len();
                write!(
                    stream,
                    "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n\r\n{path}"
                )
                .unwrap();
            }
        });
    }
}

/// Starts it; it ends with the process.
pub(crate) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(listener));
    address
}
