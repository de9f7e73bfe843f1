//! Turns a component into machine code. For a component that comes from outside this happens in a child process with
//! limits of its own: a compiler is large, and one that runs away must not take the run with it.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use wasmtime::{Config, Engine};

use super::limits::Limits;

/// The hidden verb by which the command calls itself to compile.
pub const CHILD_VERB: &str = "compile-plugin";

/// Memory of the compiling child, in bytes of address space: 4 GiB. It bounds what is reserved, and
/// the compiler's threads reserve more than they touch.
const CHILD_MEMORY: u64 = 4 << 30;

/// Processor time of the compiling child, in seconds: five times what that guest takes.
const CHILD_SECONDS: u64 = 120;

/// Where compiling happens.
#[derive(Clone, Debug)]
pub enum Compiler {
    /// In this process: for components that we built ourselves.
    Inside,
    /// In a child: this executable, called with [`CHILD_VERB`].
    Child(PathBuf),
}

/// The engine's settings. They are part of the key under which compiled code is kept.
pub(super) fn engine(limits: &Limits) -> wasmtime::Result<Engine> {
    let mut config = Config::new();
    config.epoch_interruption(true);
    config.max_wasm_stack(limits.stack);
    config.wasm_memory64(false);
    config.wasm_relaxed_simd(false); // its results may differ between machines
    config.cranelift_nan_canonicalization(true); // so may the bits of a NaN
    config.memory_init_cow(true);
    Engine::new(&config)
}

/// Compiles a component.
///
/// # Errors
///
/// A sentence: what the compiler said, or how the child ended.
pub(super) fn compile(compiler: &Compiler, engine: &Engine, component: &[u8]) -> Result<Vec<u8>, String> {
    match compiler {
        Compiler::Inside => engine.precompile_component(component).map_err(|error| one_line(&error)),
        Compiler::Child(executable) => in_child(executable, component),
    }
}

fn in_child(executable: &PathBuf, component: &[u8]) -> Result<Vec<u8>, String> {
    let mut child = Command::new(executable)
        .arg(CHILD_VERB)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("the compiling process cannot be started: {error}"))?;
    let input = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || {
            // A child that dies early closes the pipe; its exit status tells why.
            let _ = input.map(|mut pipe| pipe.write_all(component));
        });
        child.wait_with_output()
    })
    .map_err(|error| format!("the compiling process cannot be waited for: {error}"))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.trim().lines().last().unwrap_or_default();
    Err(match output.status.code() {
        Some(_) => said.to_owned(),
        None => format!(
            "the compiler was stopped ({}); it gets {CHILD_SECONDS} s and {} GiB. {said}",
            output.status,
            CHILD_MEMORY >> 30
        ),
    })
}

/// The child's whole life: a component on standard input, machine code on standard output.
///
/// # Errors
///
/// A sentence for standard error.
pub fn compile_stdin_to_stdout() -> Result<(), String> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        for (resource, limit) in [
            (Resource::As, CHILD_MEMORY),
            (Resource::Cpu, CHILD_SECONDS),
            (Resource::Core, 0),
        ] {
            setrlimit(
                resource,
                Rlimit {
                    current: Some(limit),
                    maximum: Some(limit),
                },
            )
            .map_err(|error| format!("the compiler's limits cannot be set: {error}"))?;
        }
    }
    let mut component = Vec::new();
    std::io::stdin()
        .lock()
        .read_to_end(&mut component)
        .map_err(|error| error.to_string())?;
    let engine = engine(&Limits::default()).map_err(|error| one_line(&error))?;
    let code = engine
        .precompile_component(&component)
        .map_err(|error| one_line(&error))?;
    std::io::stdout()
        .lock()
        .write_all(&code)
        .map_err(|error| error.to_string())
}

fn one_line(error: &wasmtime::Error) -> String {
    format!("{error:#}").replace('\n', " ")
}
