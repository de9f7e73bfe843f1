//! Sends requests as bytes, from any address of 127.0.0.0/8, and reads what comes back.
//!
//! Comes in: a request, byte for byte as it is to be sent. Goes out: status, headers. Never here: what an ordinary client
//! would put right (names of headers, paths, blanks).

mod answer;
mod message;

pub use answer::Answer;
pub use message::Message;

use std::collections::BTreeMap;
use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

/// Beyond it the server is taken to be stuck. Answers take microseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Connections that are kept, one for each address.
#[derive(Debug)]
pub struct Client {
    port: u16,
    connections: BTreeMap<Ipv4Addr, BufReader<TcpStream>>,
}

impl Client {
    /// For a server on this port of 127.0.0.1.
    pub fn new(port: u16) -> Self {
        Self {
            port,
            connections: BTreeMap::new(),
        }
    }

    /// Sends a request and reads the answer.
    pub fn ask(&mut self, message: &Message) -> Answer {
        let kept = self.connections.remove(&message.address);
        let was_kept = kept.is_some();
        let mut connection = kept.unwrap_or_else(|| self.connect(message.address));
        let answered = exchange(&mut connection, message).or_else(|error| {
            // The server may have closed a connection that was kept.
            if !was_kept {
                return Err(error);
            }
            connection = self.connect(message.address);
            exchange(&mut connection, message)
        });
        let answer = answered.unwrap_or_else(|error| panic!("no answer to {}: {error}", message.shown()));
        if !answer.closes {
            self.connections.insert(message.address, connection);
        }
        answer
    }

    /// `std` cannot choose the address that a connection comes from.
    fn connect(&self, from: Ipv4Addr) -> BufReader<TcpStream> {
        let connect = || {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
            socket.bind(&SocketAddrV4::new(from, 0).into())?;
            socket.connect(&SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port).into())?;
            socket.set_tcp_nodelay(true)?;
            socket.set_read_timeout(Some(PATIENCE))?;
            socket.set_write_timeout(Some(PATIENCE))?;
            Ok::<_, std::io::Error>(socket)
        };
        let socket = connect().unwrap_or_else(|error| panic!("no connection from {from} to {}: {error}", self.port));
        BufReader::new(socket.into())
    }
}

fn exchange(connection: &mut BufReader<TcpStream>, message: &Message) -> std::io::Result<Answer> {
    // A server that has read enough to refuse may stop reading; what it said is there all the same.
    let written = connection.get_mut().write_all(&message.bytes());
    Answer::read(connection, &message.method).or_else(|error| Err(written.err().unwrap_or(error)))
}
