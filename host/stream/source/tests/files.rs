//! Files as the world has them: truncated while they are read, growing, vanished, failing, huge, full of holes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::{Memory, open, seen};
use crate::model::{CoverageStatus, FilePath};
use crate::stream::block::{BlockBuffer, BlockPlan};
use crate::stream::discover::{MAX_FILES, discover};
use crate::stream::source::{BlockSource, BlockTicket, NewlineCounter, RandomAccess};
use crate::stream::{Discovery, StreamFile};

fn small() -> BlockPlan {
    BlockPlan {
        body: 1000,
        lead: 100,
        trail: 100,
        reach: 500,
        ..BlockPlan::default()
    }
}

fn found(path: &Path) -> StreamFile {
    let Discovery { mut files, .. } = discover(&[path.to_path_buf()], MAX_FILES).unwrap();
    files.remove(0)
}

fn reasons(source: &mut BlockSource) -> Vec<String> {
    source
        .take_coverage()
        .into_iter()
        .map(|record| {
            assert_eq!(
                (record.status, record.file.as_str()),
                (CoverageStatus::Partial, "x.log")
            );
            record.reason
        })
        .collect()
}

#[test]
fn a_log_that_is_truncated_while_it_is_read_gives_what_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    fs::write(&path, vec![b'x'; 10_000]).unwrap();
    let mut source = BlockSource::open(&found(&path), &small()).unwrap();
    let mut buffer = BlockBuffer::default();
    let tickets: Vec<_> = (0..5).map(|_| source.next().unwrap()).collect();
    OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(2500)
        .unwrap();
    let bodies: Vec<usize> = tickets
        .into_iter()
        .map(|ticket| ticket.read(&mut buffer).unwrap().body().len())
        .collect();
    assert_eq!(bodies, [1000, 1000, 500, 0, 0]);
    assert!(source.next().is_none());
    assert_eq!(
        reasons(&mut source),
        ["the file became shorter while it was read, from 10000 to 2500 bytes"]
    );
    assert_eq!(reasons(&mut source), [""; 0]);
}

#[test]
fn a_block_widens_no_further_than_a_truncated_log_goes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    fs::write(&path, vec![b'x'; 10_000]).unwrap();
    let mut source = BlockSource::open(&found(&path), &small()).unwrap();
    let mut buffer = BlockBuffer::default();
    let mut block = source.next().unwrap().read(&mut buffer).unwrap();
    OpenOptions::new()
        .write(true)
        .open(&path)
        .unwrap()
        .set_len(1200)
        .unwrap();
    assert_eq!(block.bytes().len(), 1100);
    assert!(block.widen_forward(300));
    assert_eq!(block.bytes().len(), 1200);
    assert!(!block.widen_forward(300));
    assert_eq!(reasons(&mut source).len(), 1);
}

#[test]
fn compressed_and_utf16_files_that_are_truncated_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    let mut state = 7u32;
    let text: String = (0..200_000)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from(state >> 24).unwrap() % 26)
        })
        .collect();
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let gzip = crate::stream::container::tests::compressed(super::super::Compression::Gzip, text.as_bytes());
    for (content, start) in [(utf16, "cannot be read on at "), (gzip, "gzip: cannot be read on at ")] {
        fs::write(&path, &content).unwrap();
        let len = content.len();
        let mut source = BlockSource::open(&found(&path), &small()).unwrap();
        assert!(source.next().is_some());
        OpenOptions::new()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(70_000)
            .unwrap();
        let whole: usize = seen(&mut source, 1000).iter().map(|block| block.body.len()).sum();
        assert!(whole > 30_000, "{whole}");
        let reasons = reasons(&mut source);
        assert_eq!(reasons.len(), 1);
        assert!(reasons[0].starts_with(start), "{reasons:?}");
        let end = format!("the file became shorter while it was read, from {len} to 70000 bytes");
        assert!(reasons[0].ends_with(&end), "{reasons:?}");
    }
}

#[test]
fn a_log_that_grows_is_read_to_where_it_ended_and_goes_on_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    fs::write(&path, "one\ntwo\n").unwrap();
    let mut source = BlockSource::open(&found(&path), &small()).unwrap();
    let mut log = OpenOptions::new().append(true).open(&path).unwrap();
    log.write_all(b"three\n").unwrap();
    let first = seen(&mut source, 100);
    assert_eq!((first.len(), first[0].body.as_slice()), (1, b"one\ntwo\n".as_slice()));
    assert!(first[0].narrow.at_file_end);
    assert_eq!(source.grow(), Ok(6));
    let second = seen(&mut source, 100);
    assert_eq!((second.len(), second[0].body.as_slice()), (1, b"three\n".as_slice()));
    assert_eq!((second[0].index, second[0].body_start), (1, 8));
    assert_eq!(second[0].narrow.bytes, b"one\ntwo\nthree\n");
    assert_eq!(source.grow(), Ok(0));
    assert!(source.next().is_none());
    assert_eq!(reasons(&mut source), [""; 0]);
    log.set_len(3).unwrap();
    assert_eq!(
        source.grow().unwrap_err().reason,
        "the file became shorter while it was read, from 14 to 3 bytes"
    );
}

#[test]
fn a_file_that_vanished_or_became_a_pipe_or_a_folder_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    fs::write(&path, "text").unwrap();
    let file = found(&path);
    fs::remove_file(&path).unwrap();
    let reason = |file: &StreamFile| BlockSource::open(file, &small()).err().unwrap().reason;
    assert!(reason(&file).starts_with("cannot be opened: "), "{}", reason(&file));
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RWXU,
        0,
    )
    .unwrap();
    assert_eq!(reason(&file), "is not a regular file any more");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(reason(&file), "is not a regular file any more");
    fs::remove_dir(&path).unwrap();
    std::os::unix::fs::symlink("x.log", &path).unwrap();
    assert!(reason(&file).starts_with("cannot be opened: "), "{}", reason(&file));
}

/// A medium that fails from some offset on.
struct Failing {
    from: u64,
    memory: Memory,
}

impl RandomAccess for Failing {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= self.from {
            return Err(io::Error::other("bad sector"));
        }
        let most = buffer.len().min(usize::try_from(self.from - offset).unwrap());
        self.memory.read_at(&mut buffer[..most], offset)
    }

    fn length(&self) -> io::Result<u64> {
        self.memory.length()
    }
}

#[test]
fn a_medium_that_fails_costs_only_what_is_behind() {
    let medium = Failing {
        from: 5500,
        memory: Memory(vec![b'x'; 10_000]),
    };
    let mut source = BlockSource::from_random_access(FilePath::from("x.log"), Arc::new(medium), &small()).unwrap();
    let mut buffer = BlockBuffer::default();
    let tickets: Vec<_> = (0..7).map(|_| source.next().unwrap()).collect();
    let read: Vec<Result<usize, String>> = tickets
        .into_iter()
        .map(|ticket| {
            ticket
                .read(&mut buffer)
                .map(|block| block.body().len())
                .map_err(|error| error.reason)
        })
        .collect();
    // The last of them fails at its lead already, which is where it begins to read.
    let failure = "cannot be read on at 5900: bad sector".to_owned();
    assert_eq!(
        read,
        [Ok(1000), Ok(1000), Ok(1000), Ok(1000), Ok(1000), Ok(500), Err(failure)]
    );
    assert!(source.next().is_none(), "what failed once is not asked again");
    assert_eq!(reasons(&mut source), ["cannot be read on at 5500: bad sector"]);
}

#[test]
fn sources_and_tickets_may_go_from_thread_to_thread() {
    fn may_be_sent<T: Send>() {}
    may_be_sent::<BlockSource>();
    may_be_sent::<BlockTicket>();
    may_be_sent::<NewlineCounter>();
}

#[test]
fn threads_read_the_blocks_of_one_file_side_by_side() {
    let content: Vec<u8> = (0..300_000u32).flat_map(u32::to_le_bytes).collect();
    let packed = crate::stream::container::tests::compressed(super::super::Compression::Gzip, &content);
    for content_on_disk in [content.clone(), packed] {
        let source = Mutex::new(open(content_on_disk, &small()).unwrap());
        let bodies = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    let mut buffer = BlockBuffer::default();
                    loop {
                        let ticket = source.lock().unwrap().next();
                        let Some(ticket) = ticket else { break };
                        let block = ticket.read(&mut buffer).unwrap();
                        bodies
                            .lock()
                            .unwrap()
                            .push((block.index(), block.bytes()[block.body()].to_vec()));
                    }
                });
            }
        });
        let mut bodies = bodies.into_inner().unwrap();
        bodies.sort();
        assert!(
            bodies
                .into_iter()
                .flat_map(|(_, body)| body)
                .eq(content.iter().copied())
        );
    }
}

#[test]
fn a_line_of_a_hundred_megabytes_full_of_holes_costs_its_blocks_only() {
    const LENGTH: u64 = 100 << 20;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    let mut log = fs::File::create(&path).unwrap();
    log.write_all(b"begins").unwrap();
    log.set_len(LENGTH).unwrap();
    OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap()
        .write_all(b"ends\n")
        .unwrap();
    let mut source = BlockSource::open(&found(&path), &BlockPlan::default()).unwrap();
    let mut buffer = BlockBuffer::default();
    let mut total = 0;
    let mut last = Vec::new();
    while let Some(ticket) = source.next() {
        let mut block = ticket.read(&mut buffer).unwrap();
        while block.widen_back(1 << 18) {}
        while block.widen_forward(1 << 18) {}
        total += block.body().len() as u64;
        last = block.bytes()[block.bytes().len() - 5..].to_vec();
    }
    assert_eq!((total, last.as_slice()), (LENGTH + 5, b"ends\n".as_slice()));
    assert!(buffer.bytes.len() <= 4 << 20, "{} bytes", buffer.bytes.len());
    assert_eq!(source.newlines().unwrap().count(0..LENGTH + 5, &mut buffer), Ok(1));
}

#[test]
fn real_logs_are_read_to_the_byte() {
    let samples = std::env::var_os("CASEBOOK_SAMPLES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/samples"),
        std::path::PathBuf::from,
    );
    if !samples.is_dir() {
        eprintln!("skipped: no samples in {}", samples.display());
        return;
    }
    let discovery = discover(&[samples], MAX_FILES).unwrap();
    assert!(discovery.files.len() > 10);
    for file in &discovery.files {
        let mut source = BlockSource::open(
            file,
            &BlockPlan {
                body: 4096,
                ..BlockPlan::default()
            },
        )
        .unwrap();
        let mut buffer = BlockBuffer::default();
        let mut text = Vec::new();
        while let Some(ticket) = source.next() {
            let block = ticket.read(&mut buffer).unwrap();
            text.extend_from_slice(&block.bytes()[block.body()]);
        }
        assert_eq!(source.take_coverage(), []);
        assert!(text == fs::read(&file.path).unwrap(), "{}", file.shown);
    }
}

/// Only where the tests do not run as root, whom permissions do not stop.
#[test]
fn a_file_that_may_not_be_read_is_said() {
    use std::os::unix::fs::PermissionsExt;
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root may read everything");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.log");
    fs::write(&path, "text").unwrap();
    fs::set_permissions(&path, PermissionsExt::from_mode(0o000)).unwrap();
    let error = BlockSource::open(&found(&path), &small()).err().unwrap();
    assert_eq!(error.status, CoverageStatus::Unread);
    assert!(
        error.reason.starts_with("cannot be opened: Permission denied"),
        "{}",
        error.reason
    );
}
