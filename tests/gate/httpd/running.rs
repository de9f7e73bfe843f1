//! One httpd process.
//!
//! Comes in: a ground with its configuration. Goes out: a process that accepts connections, or what it said instead.
//! `-X` keeps it one process: when that is ended, nothing is left, whoever it had become.

use std::fs;
use std::io::{BufReader, Read};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::ground::Ground;

/// How long a start may take: some milliseconds are usual, a loaded machine may need a second.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two looks whether the port is open yet.
const BETWEEN: Duration = Duration::from_millis(1);

/// How often another port is tried, when somebody was quicker.
const PORTS: usize = 5;

/// Says in the answer what the request came to: the file, and what is left of the path behind it, both in base64 as they
/// may hold any byte.
pub const MEASURE: &str =
    r#"Header always set X-Measured "expr=%{base64:%{REQUEST_FILENAME}} %{base64:%{PATH_INFO}}.""#;

/// What became of a start.
#[derive(Debug)]
pub enum Start {
    /// It answers.
    Running(Running),
    /// It refused, and what it said.
    Refused(String),
}

/// A process that is ended when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
}

impl Running {
    /// Starts httpd with these modules beside the usual ones and these directives; the configuration stays in the
    /// ground's folder.
    pub fn start(ground: &mut Ground, modules: &[&str], files: &[(String, String)], directives: &str) -> Start {
        ground.write(files);
        for _ in 0..PORTS {
            let text = ground.configuration(modules, directives);
            let conf = ground.conf();
            fs::create_dir_all(conf.parent().expect("a file is in a folder")).expect("folders can be made");
            fs::write(&conf, text).expect("the configuration can be written");
            match Self::launch(ground) {
                Start::Refused(said) if said.contains("could not bind to address") => ground.change_port(),
                start => return start,
            }
        }
        panic!("no port of loopback could be had");
    }

    fn launch(ground: &Ground) -> Start {
        fs::remove_file(ground.error_log()).ok();
        let mut command = ground.installation.command();
        command.arg("-X").arg("-f").arg(ground.conf());
        if let Some(load) = ground.installation.load("headers") {
            command.args(["-C", &load, "-c", MEASURE]);
        }
        let child = command
            .stderr(Stdio::piped())
            .spawn()
            .expect("httpd was started before");
        let mut running = Self { child };
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, ground.port)).is_ok() && running.is_alive() {
                return Start::Running(running);
            }
            if !running.is_alive() {
                return Start::Refused(running.said(ground));
            }
            thread::sleep(BETWEEN);
        }
        let log = fs::read_to_string(ground.error_log()).unwrap_or_default();
        panic!("httpd neither opened its port in {PATIENCE:?} nor ended; its log says:\n{log}");
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// What a process that has ended had to say: on its standard error, and in its log.
    fn said(&mut self, ground: &Ground) -> String {
        let mut said = Vec::new();
        if let Some(stream) = self.child.stderr.take() {
            BufReader::new(stream).read_to_end(&mut said).ok();
        }
        let log = fs::read_to_string(ground.error_log()).unwrap_or_default();
        format!("{}{log}", String::from_utf8_lossy(&said))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Nothing is worth an orderly end: the folder goes too.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
