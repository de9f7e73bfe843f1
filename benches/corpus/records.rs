//! Records in the shapes of four products, each file in one of them.
//!
//! A record is a line, or a line and a stack trace; what is planted stands in the first line, or in one of four cases in
//! the trace's `Caused by`, so that a tool that speaks of records has to find where they begin.

use crate::clock::Clock;
use crate::messages::{CLASSES, HOSTS, METHODS, REQUESTS, SAMETIME, Template, USERS, WEBSPHERE, decimal, hexadecimal};
use crate::rng::Rng;

/// How the lines of a file are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// WebSphere `SystemOut.log`, basic format.
    SystemOut,
    /// Sametime community server trace.
    Sametime,
    /// Liberty `messages.log`.
    Liberty,
    /// Apache or IBM HTTP Server, combined.
    Access,
}

impl LogFormat {
    /// How many there are.
    pub const COUNT: u64 = 4;

    /// The format of the file with this number: they take turns.
    pub fn of_file(index: u64) -> Self {
        match index % Self::COUNT {
            0 => Self::SystemOut,
            1 => Self::Sametime,
            2 => Self::Liberty,
            _ => Self::Access,
        }
    }

    /// The name that such a file has where it comes from.
    pub fn file_name(self) -> &'static str {
        match self {
            Self::SystemOut => "SystemOut.log",
            Self::Sametime => "stusers_1.txt",
            Self::Liberty => "messages.log",
            Self::Access => "access_log",
        }
    }

    /// What the folder of such a file is named for.
    pub fn product(self) -> &'static str {
        match self {
            Self::SystemOut => "websphere",
            Self::Sametime => "sametime",
            Self::Liberty => "liberty",
            Self::Access => "ihs",
        }
    }

    fn templates(self) -> Vec<Template> {
        match self {
            Self::SystemOut | Self::Liberty => Template::table(&WEBSPHERE),
            Self::Sametime => Template::table(&SAMETIME),
            Self::Access => Template::table(&REQUESTS),
        }
    }
}

/// Writes the records of one file.
pub struct Writer {
    format: LogFormat,
    templates: Vec<Template>,
    clock: Clock,
    rng: Rng,
}

/// One record in so many has a stack trace, as in a server's busy days.
const TRACES: u64 = 60;

/// One planted signature in so many stands in a stack trace.
const PLANTED_IN_TRACE: usize = 4;

impl Writer {
    pub fn new(format: LogFormat, rng: Rng) -> Self {
        Self {
            format,
            templates: format.templates(),
            clock: Clock::new(),
            rng,
        }
    }

    /// Writes what the file begins with and says how many lines that was.
    pub fn header(&mut self, out: &mut Vec<u8>) -> u64 {
        let text = match self.format {
            LogFormat::SystemOut => SYSTEM_OUT_HEADER,
            LogFormat::Liberty => LIBERTY_HEADER,
            LogFormat::Sametime | LogFormat::Access => "",
        };
        out.extend_from_slice(text.as_bytes());
        text.lines().count() as u64
    }

    /// Writes the next record, with `planted` in one of its lines, and says how many lines it has.
    pub fn record(&mut self, out: &mut Vec<u8>, planted: Option<&str>) -> u64 {
        match self.format {
            LogFormat::SystemOut => self.websphere(out, planted, Self::system_out_head),
            LogFormat::Liberty => self.websphere(out, planted, Self::liberty_head),
            LogFormat::Sametime => self.sametime(out, planted),
            LogFormat::Access => self.access(out, planted),
        }
    }

    fn websphere(
        &mut self,
        out: &mut Vec<u8>,
        planted: Option<&str>,
        head: fn(&mut Clock, &Template, &mut Vec<u8>, &mut Rng),
    ) -> u64 {
        let Self {
            templates, clock, rng, ..
        } = self;
        let template = &templates[rng.below(templates.len() as u64) as usize];
        let traced = rng.below(TRACES) == 0;
        // A signature goes into a trace by its own bytes, not by the generator's: the records must be the same whatever
        // is planted between them.
        let (in_head, in_trace) = match planted {
            Some(text) if text.len().is_multiple_of(PLANTED_IN_TRACE) => (None, Some(text)),
            other => (other, None),
        };
        head(clock, template, out, rng);
        if let Some(signature) = in_head {
            out.extend_from_slice(signature.as_bytes());
            out.extend_from_slice(b" | ");
        }
        template.fill(out, rng);
        out.push(b'\n');
        let mut lines = 1;
        if traced {
            lines += trace(out, rng);
        }
        if let Some(signature) = in_trace {
            out.extend_from_slice(b"Caused by: com.acme.BenchException: ");
            out.extend_from_slice(signature.as_bytes());
            out.extend_from_slice(b" | at step 3\n");
            lines += 1;
        }
        lines
    }

    fn system_out_head(clock: &mut Clock, template: &Template, out: &mut Vec<u8>, rng: &mut Rng) {
        let (date, time) = clock.tick(rng);
        out.push(b'[');
        decimal(out, date.month, 1);
        out.push(b'/');
        decimal(out, date.day, 1);
        out.push(b'/');
        decimal(out, date.year % 100, 2);
        out.push(b' ');
        decimal(out, time.hour, 1);
        for (value, width) in [(time.minute, 2), (time.second, 2), (time.milli, 3)] {
            out.push(b':');
            decimal(out, value, width);
        }
        out.extend_from_slice(b" UTC] ");
        hexadecimal(out, rng.below(0x200) as u32);
        out.push(b' ');
        padded(out, template.logger, 13);
        out.push(b' ');
        out.push(template.letter);
        out.extend_from_slice(b"   ");
    }

    fn liberty_head(clock: &mut Clock, template: &Template, out: &mut Vec<u8>, rng: &mut Rng) {
        let (date, time) = clock.tick(rng);
        out.push(b'[');
        decimal(out, date.year, 4);
        out.push(b'-');
        decimal(out, date.month, 2);
        out.push(b'-');
        decimal(out, date.day, 2);
        out.extend_from_slice(b", ");
        decimal(out, time.hour, 2);
        for (value, width) in [(time.minute, 2), (time.second, 2), (time.milli, 3)] {
            out.push(b':');
            decimal(out, value, width);
        }
        out.extend_from_slice(b" UTC] ");
        hexadecimal(out, rng.below(0x200) as u32);
        out.push(b' ');
        padded(out, template.class, 60);
        out.push(b' ');
        out.push(template.letter);
        out.push(b' ');
    }

    fn sametime(&mut self, out: &mut Vec<u8>, planted: Option<&str>) -> u64 {
        let Self {
            templates, clock, rng, ..
        } = self;
        let template = &templates[rng.below(templates.len() as u64) as usize];
        let (date, time) = clock.tick(rng);
        for value in [date.year % 100, date.month, date.day] {
            decimal(out, value, 2);
        }
        out.push(b'_');
        for value in [time.hour, time.minute, time.second] {
            decimal(out, value, 2);
        }
        out.push(b'.');
        decimal(out, time.milli, 3);
        for text in [template.class, template.logger] {
            out.push(b',');
            out.extend_from_slice(text.as_bytes());
        }
        out.push(b',');
        if let Some(signature) = planted {
            out.extend_from_slice(signature.as_bytes());
            out.extend_from_slice(b" | ");
        }
        template.fill(out, rng);
        // That server ran on Windows.
        out.extend_from_slice(b"\r\n");
        if rng.below(TRACES) != 0 {
            return 1;
        }
        out.extend_from_slice(b"Using the extracted user id.\r\n");
        2
    }

    fn access(&mut self, out: &mut Vec<u8>, planted: Option<&str>) -> u64 {
        let Self {
            templates, clock, rng, ..
        } = self;
        let (date, time) = clock.tick(rng);
        out.extend_from_slice(b"10.20.");
        decimal(out, rng.below(16), 1);
        out.push(b'.');
        decimal(out, 1 + rng.below(254), 1);
        out.extend_from_slice(b" - ");
        out.extend_from_slice(if rng.below(3) == 0 {
            b"-"
        } else {
            rng.pick(&USERS).as_bytes()
        });
        out.extend_from_slice(b" [");
        decimal(out, date.day, 2);
        out.push(b'/');
        out.extend_from_slice(date.month_name().as_bytes());
        out.push(b'/');
        decimal(out, date.year, 4);
        for value in [time.hour, time.minute, time.second] {
            out.push(b':');
            decimal(out, value, 2);
        }
        out.extend_from_slice(b" +0000] \"");
        templates[rng.below(templates.len() as u64) as usize].fill(out, rng);
        out.extend_from_slice(b"\" ");
        out.extend_from_slice(
            rng.pick(&["200", "200", "200", "200", "304", "304", "302", "404"])
                .as_bytes(),
        );
        out.push(b' ');
        decimal(out, rng.below(60_000), 1);
        out.extend_from_slice(b" \"https://");
        out.extend_from_slice(rng.pick(&HOSTS).as_bytes());
        out.extend_from_slice(b"/\" \"");
        let agent = rng.pick(&AGENTS);
        out.extend_from_slice(planted.unwrap_or(agent).as_bytes());
        out.extend_from_slice(b"\"\n");
        1
    }
}

/// A stack trace of 4 to 27 lines; says how many.
fn trace(out: &mut Vec<u8>, rng: &mut Rng) -> u64 {
    let frames = 3 + rng.below(24);
    out.extend_from_slice(b"java.lang.IllegalStateException: no answer from ");
    out.extend_from_slice(rng.pick(&HOSTS).as_bytes());
    out.push(b'\n');
    for _ in 0..frames {
        let class = rng.pick(&CLASSES);
        out.extend_from_slice(b"\tat ");
        out.extend_from_slice(class.as_bytes());
        out.push(b'.');
        out.extend_from_slice(rng.pick(&METHODS).as_bytes());
        out.push(b'(');
        out.extend_from_slice(class.rsplit('.').next().unwrap_or(class).as_bytes());
        out.extend_from_slice(b".java:");
        decimal(out, 20 + rng.below(1800), 1);
        out.extend_from_slice(b")\n");
    }
    frames + 1
}

/// Text cut or filled with blanks to a width.
fn padded(out: &mut Vec<u8>, text: &str, width: usize) {
    let text = text.as_bytes();
    out.extend_from_slice(&text[..text.len().min(width)]);
    out.resize(out.len() + width.saturating_sub(text.len()), b' ');
}

const AGENTS: [&str; 3] = [
    "Mozilla/5.0 (Windows NT 10.0; WOW64; rv:49.0) Gecko/20100101 Firefox/49.0",
    "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
    "Sametime/9.0.1 (Windows; en)",
];

const SYSTEM_OUT_HEADER: &str = "************ Start Display Current Environment ************
WebSphere Platform 8.5.5.10 [ND 8.5.5.10 cf101629.01] running with process name acmeCell01\\acmeNode01\\server1 and process id 4711
Host Operating System is Linux, version 3.10.0-327.el7.x86_64
Java version = 1.7.0, Java Compiler = j9jit26, Java VM name = IBM J9 VM
was.install.root = /opt/IBM/WebSphere/AppServer
user.install.root = /opt/IBM/WebSphere/AppServer/profiles/AppSrv01
Classpath = /opt/IBM/WebSphere/AppServer/profiles/AppSrv01/properties:/opt/IBM/WebSphere/AppServer/lib/startup.jar
Current trace specification = *=info
************* End Display Current Environment *************
";

const LIBERTY_HEADER: &str = "********************************************************************************
product = WebSphere Application Server 16.0.0.3 (wlp-1.0.14.cl160320160831-1555)
wlp.install.dir = /opt/IBM/wlp/
java.home = /opt/IBM/java/jre
os = Linux (3.10.0-327.el7.x86_64; amd64) (en_GB)
process = 2411@was2.acme.example
********************************************************************************
";
