//! A log corpus out of nothing: the same arguments always give the same bytes.
//!
//! Comes in: a size, a hit rate and a number of signatures. Goes out: one large WebSphere `SystemOut.log`, or a folder of
//! files of four formats, and the signatures that were planted in it, as a plain list and as a rule pack. Never in here:
//! a real customer's line, the clock, the network, a crate.
//!
//! ```text
//! corpus logs --size 1GiB [--files N] [--hits none|N] [--signatures N] [--seed S] OUTPUT
//! corpus signatures N --list FILE [--pack FILE]
//! ```
//!
//! A hit is a line with exactly one signature in it, and one line in N is a hit: the gaps between hits are drawn evenly
//! from 1 to 2N-1, so that they keep no rhythm with any block size. A signature cannot stand in the corpus unless it was
//! planted: see `signatures`. The counts of what was written go to standard output as one JSON object, which is what
//! `compare.py` holds the tools to.

#![allow(clippy::indexing_slicing, reason = "tables of its own, and no input but numbers")]

mod clock;
mod messages;
mod records;
mod rng;
mod signatures;

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use records::{LogFormat, Writer};
use rng::Rng;

/// How much is gathered before it goes to the file: large enough that the system calls do not show, small enough to stay
/// in the second-level cache.
const BUFFER: usize = 256 * 1024;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("corpus: {problem}");
            eprintln!("usage: corpus logs --size 1GiB [--files N] [--hits none|N] [--signatures N] [--seed S] OUTPUT");
            eprintln!("       corpus signatures N --list FILE [--pack FILE]");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    match arguments.split_first() {
        Some((verb, rest)) if verb == "logs" => write_logs(&LogsRequest::parse(rest)?),
        Some((verb, rest)) if verb == "signatures" => write_signatures(&SignaturesRequest::parse(rest)?),
        _ => Err("expected `logs` or `signatures`".to_owned()),
    }
}

/// What `corpus logs` was asked for.
struct LogsRequest {
    size: u64,
    files: u64,
    /// One line in so many is a hit.
    hits: Option<u64>,
    signatures: u32,
    seed: u64,
    output: PathBuf,
}

impl LogsRequest {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let (options, output) = options(arguments)?;
        let mut request = Self {
            size: 1 << 30,
            files: 1,
            hits: None,
            signatures: 100,
            seed: 1,
            output: PathBuf::from(output),
        };
        for (name, value) in options {
            match name {
                "--size" => request.size = size(value)?,
                "--files" => request.files = at_least_one(name, value)?,
                "--hits" if value == "none" => request.hits = None,
                "--hits" => request.hits = Some(at_least_one(name, value)?),
                "--signatures" => request.signatures = signature_count(value)?,
                "--seed" => request.seed = number(name, value)?,
                _ => return Err(format!("unknown option {name}")),
            }
        }
        Ok(request)
    }
}

/// What `corpus signatures` was asked for.
struct SignaturesRequest {
    count: u32,
    list: Option<PathBuf>,
    pack: Option<PathBuf>,
}

impl SignaturesRequest {
    fn parse(arguments: &[String]) -> Result<Self, String> {
        let (options, count) = options(arguments)?;
        let mut request = Self {
            count: signature_count(count)?,
            list: None,
            pack: None,
        };
        for (name, value) in options {
            match name {
                "--list" => request.list = Some(PathBuf::from(value)),
                "--pack" => request.pack = Some(PathBuf::from(value)),
                _ => return Err(format!("unknown option {name}")),
            }
        }
        Ok(request)
    }
}

/// An option and its value.
type Choice<'a> = (&'a str, &'a str);

/// Splits arguments into options with their values and the one word that stands alone.
fn options(arguments: &[String]) -> Result<(Vec<Choice<'_>>, &str), String> {
    let mut options = Vec::new();
    let mut alone = None;
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        if word.starts_with("--") {
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            options.push((word.as_str(), value.as_str()));
        } else if alone.replace(word.as_str()).is_some() {
            return Err(format!("one word too many: {word}"));
        }
    }
    Ok((options, alone.ok_or("an argument is missing")?))
}

fn number(name: &str, value: &str) -> Result<u64, String> {
    value
        .parse()
        .map_err(|_| format!("{name} takes a number, not {value:?}"))
}

fn at_least_one(name: &str, value: &str) -> Result<u64, String> {
    match number(name, value)? {
        0 => Err(format!("{name} takes a number from 1")),
        found => Ok(found),
    }
}

fn signature_count(value: &str) -> Result<u32, String> {
    match value.parse() {
        Ok(count) if (1..=signatures::MOST).contains(&count) => Ok(count),
        _ => Err(format!(
            "the number of signatures is one from 1 to {}, not {value:?}",
            signatures::MOST
        )),
    }
}

/// Bytes, or a number with `KiB`, `MiB` or `GiB` behind it.
fn size(value: &str) -> Result<u64, String> {
    let (digits, factor) = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
        .iter()
        .find_map(|&(unit, factor)| value.strip_suffix(unit).map(|digits| (digits, factor)))
        .unwrap_or((value, 1));
    let count: u64 = digits
        .parse()
        .map_err(|_| format!("a size is like 300MiB or 1GiB, not {value:?}"))?;
    count
        .checked_mul(factor)
        .ok_or_else(|| format!("{value} is more than any disk holds"))
}

/// What was written, summed over all files.
#[derive(Default)]
struct Written {
    bytes: u64,
    lines: u64,
    records: u64,
    hits: u64,
}

fn write_logs(request: &LogsRequest) -> Result<(), String> {
    let planted = match request.hits {
        Some(_) => signatures::all(request.signatures),
        None => Vec::new(),
    };
    let mut written = Written::default();
    if request.files == 1 {
        write_file(
            request,
            &planted,
            LogFormat::SystemOut,
            request.size,
            request.seed,
            &request.output,
            &mut written,
        )?;
    } else {
        for index in 0..request.files {
            let format = LogFormat::of_file(index);
            let folder = request
                .output
                .join(format!("{}-{:03}", format.product(), index / LogFormat::COUNT + 1));
            fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            // The last file takes what the division left over.
            let share = request.size / request.files;
            let size = if index + 1 == request.files {
                request.size - share * index
            } else {
                share
            };
            let path = folder.join(format.file_name());
            write_file(
                request,
                &planted,
                format,
                size,
                request.seed.wrapping_add(index),
                &path,
                &mut written,
            )?;
        }
    }
    let Written {
        bytes,
        lines,
        records,
        hits,
    } = written;
    println!("{{\"bytes\":{bytes},\"lines\":{lines},\"records\":{records},\"hits\":{hits}}}");
    Ok(())
}

fn write_file(
    request: &LogsRequest,
    planted: &[String],
    format: LogFormat,
    size: u64,
    seed: u64,
    path: &Path,
    written: &mut Written,
) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::create(path).map_err(told)?;
    let mut buffer = Vec::with_capacity(BUFFER + BUFFER / 4);
    // Where the hits stand must not change the other lines' values: the two draw from generators of their own.
    let mut planter = Planter::new(request.hits, planted, Rng::new(seed ^ 0x9e37_79b9_7f4a_7c15));
    let mut writer = Writer::new(format, Rng::new(seed));
    let mut lines = writer.header(&mut buffer);
    let mut bytes = 0;
    loop {
        if buffer.len() >= BUFFER || bytes + buffer.len() as u64 >= size {
            file.write_all(&buffer).map_err(told)?;
            bytes += buffer.len() as u64;
            buffer.clear();
            if bytes >= size {
                break;
            }
        }
        let hit = planter.due(lines);
        written.hits += u64::from(hit.is_some());
        written.records += 1;
        lines += writer.record(&mut buffer, hit);
    }
    file.flush().map_err(told)?;
    written.bytes += bytes;
    written.lines += lines;
    Ok(())
}

/// Says when a line is to carry a signature, and which.
struct Planter<'a> {
    every: Option<u64>,
    signatures: &'a [String],
    rng: Rng,
    next: u64,
}

impl<'a> Planter<'a> {
    fn new(every: Option<u64>, signatures: &'a [String], rng: Rng) -> Self {
        let mut planter = Self {
            every,
            signatures,
            rng,
            next: 0,
        };
        planter.advance();
        planter
    }

    /// The signature for the next record, if `lines` lines have been written and a hit is due.
    fn due(&mut self, lines: u64) -> Option<&'a str> {
        self.every?;
        if lines < self.next {
            return None;
        }
        self.advance();
        let signature = self
            .signatures
            .get(self.rng.below(self.signatures.len() as u64) as usize)?;
        Some(signature)
    }

    /// The next hit is counted from where this one was due, not from where a record of many lines let it come: so the
    /// mean gap stays what was asked for.
    fn advance(&mut self) {
        if let Some(every) = self.every {
            self.next += 1 + self.rng.below(2 * every - 1);
        }
    }
}

fn write_signatures(request: &SignaturesRequest) -> Result<(), String> {
    let signatures = signatures::all(request.count);
    let save =
        |path: &Path, text: String| fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()));
    match &request.list {
        Some(path) => save(path, signatures::as_list(&signatures))?,
        None => print!("{}", signatures::as_list(&signatures)),
    }
    match &request.pack {
        Some(path) => save(path, signatures::as_pack(&signatures)),
        None => Ok(()),
    }
}
