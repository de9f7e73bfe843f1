//! Sends requests as bytes, from any address of 127.0.0.0/8, and reads what comes back.
//!
//! Comes in: a request, byte for byte as it is to be sent. Goes out: status, headers. Never here: what an ordinary client
//! would put right (names of headers, paths, blanks).

mod answer;
mod message;

pub use answer::Answer;
pub use message::Message;

use std::io::{BufReader, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::time::Duration;

use rustix::net::{self, AddressFamily, SocketType};

/// Beyond it the server is taken to be stuck. Answers take microseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Asks one server.
#[derive(Debug, Clone, Copy)]
pub struct Client {
    port: u16,
}

impl Client {
    /// For a server on this port of 127.0.0.1.
    pub fn new(port: u16) -> Self {
        Self { port }
    }

    /// Sends a request and reads the answer. Each has a connection of its own: hardly two come from the same address.
    ///
    /// # Errors
    ///
    /// When none comes: the server has crashed, or is stuck.
    pub fn ask(self, message: &Message) -> std::io::Result<Answer> {
        exchange(&mut self.connect(message.address), message)
    }

    /// `std` cannot choose the address that a connection comes from.
    fn connect(self, from: Ipv4Addr) -> BufReader<TcpStream> {
        let connect = || {
            let socket = net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
            net::bind(&socket, &SocketAddrV4::new(from, 0))?;
            net::connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, self.port))?;
            let stream = TcpStream::from(socket);
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok::<_, std::io::Error>(stream)
        };
        let stream = connect().unwrap_or_else(|error| panic!("no connection from {from} to {}: {error}", self.port));
        BufReader::new(stream)
    }
}

fn exchange(connection: &mut BufReader<TcpStream>, message: &Message) -> std::io::Result<Answer> {
    // A server that has read enough to refuse may stop reading; what it said is there all the same.
    let written = connection.get_mut().write_all(&message.bytes());
    Answer::read(connection, &message.method).map_err(|error| written.err().unwrap_or(error))
}
