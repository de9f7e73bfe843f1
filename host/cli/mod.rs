//! The command line: what a user typed, turned into what the program means.
//!
//! Comes in: arguments. Goes out: an exit status, reports on standard output, everything else on standard error. Never
//! here: anything that another program could not do by calling the library.

mod arguments;
mod gate;
mod load;
mod plugin;
mod progress;
mod rules;
mod scan;

use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use crate::plugin::{CHILD_VERB, compile_stdin_to_stdout};
use crate::report::ExitStatus;

use arguments::{Arguments, Verb};

/// A run that ended before it began: a sentence for the user, and status 2.
#[derive(Debug)]
struct Refusal(String);

impl<E: std::error::Error> From<E> for Refusal {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Runs the command with the arguments of this process.
pub fn main() -> ExitCode {
    // What this command says to a child of its own. It is no verb: nobody should be offered it by help or completion.
    if std::env::args_os().nth(1).is_some_and(|first| first == CHILD_VERB) {
        return end(compile_stdin_to_stdout().map(|()| ExitStatus::Clean).map_err(Refusal));
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are no errors. A reader that leaves early is none either.
            let _ = error.print();
            return if error.use_stderr() {
                ExitStatus::Usage.into()
            } else {
                ExitCode::SUCCESS
            };
        }
    };
    let ended = match &arguments.verb {
        Verb::Scan(scan) => scan::run(scan, &arguments.common),
        Verb::Gate(gate) => gate::run(&gate.verb, &arguments.common),
        Verb::Rules(rules) => rules::run(&rules.verb, &arguments.common),
        Verb::Explain(explain) => rules::explain(explain, &arguments.common),
        Verb::Plugin(plugin) => plugin::run(&plugin.verb, &arguments.common),
        Verb::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Arguments::command(), "casebook", &mut script);
            print(&String::from_utf8_lossy(&script))
        }
    };
    end(ended)
}

/// The exit status, and the sentence of a run that was refused.
fn end(ended: Result<ExitStatus, Refusal>) -> ExitCode {
    match ended {
        Ok(status) => status.into(),
        Err(Refusal(sentence)) => {
            // It may quote a plugin, a pack, or the name of a file.
            let sentence = crate::finding::printable(&sentence);
            let style = anstyle::Style::new()
                .fg_color(Some(anstyle::AnsiColor::Red.into()))
                .bold();
            let _ = writeln!(anstream::stderr(), "{style}error:{style:#} {sentence}");
            ExitStatus::Usage.into()
        }
    }
}

/// Prints on standard output; a reader that has left is a quiet end.
fn print(text: &str) -> Result<ExitStatus, Refusal> {
    match anstream::stdout()
        .write_all(text.as_bytes())
        .and_then(|()| anstream::stdout().flush())
    {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Refusal(format!("standard output cannot be written: {error}")))
        }
        _ => Ok(ExitStatus::Clean),
    }
}
