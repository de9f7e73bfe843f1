//! `casebook scan`.

use std::sync::Arc;
use std::time::Instant;

use super::Refusal;
use super::arguments::{Common, Scan};
use super::load::{self, Wanted};
use super::progress::Bar;
use crate::document::Passwords;
use crate::environment::Environment;
use crate::finding::{self, CoverageEntry, Summary};
use crate::report::{self, ExitStatus, Output};
use crate::rulebook::Thoroughness;
use crate::scan::{Progress, ScanPlan, scan};

/// Largest file of passwords: 64 KiB, thousands of them, of which few are taken.
const MAX_PASSWORD_FILE: u64 = 64 << 10;

/// What may open key stores. No password is ever quoted.
fn passwords(arguments: &Scan) -> Result<Passwords, Refusal> {
    let mut passwords = Passwords::default();
    if let Some(password) = &arguments.keystore_password {
        passwords.add(password.clone())?;
    }
    if let Some(file) = &arguments.keystore_passwords {
        let shown = file.display();
        let cannot = |error: std::io::Error| Refusal(format!("{shown}: cannot be read: {error}"));
        let length = std::fs::metadata(file).map_err(cannot)?.len();
        if length > MAX_PASSWORD_FILE {
            return Err(Refusal(format!(
                "{shown}: is larger than {} KiB; expected passwords of key stores, one a line",
                MAX_PASSWORD_FILE >> 10
            )));
        }
        let text = std::fs::read_to_string(file).map_err(cannot)?;
        passwords
            .add_lines(&text)
            .map_err(|error| Refusal(format!("{shown}: {error}")))?;
    }
    Ok(passwords)
}

pub(super) fn run(arguments: &Scan, common: &Common) -> Result<ExitStatus, Refusal> {
    let began = Instant::now();
    let wanted = Wanted {
        common,
        packs: None,
        thoroughness: Thoroughness::Foreign,
        plugin_timeout: Some(arguments.plugin_timeout),
    };
    let first = arguments
        .paths
        .first()
        .ok_or_else(|| Refusal("no path given".to_owned()))?;
    for path in &arguments.paths {
        std::fs::symlink_metadata(path).map_err(|error| Refusal(format!("{}: {error}", path.display())))?;
    }
    let mut environment = Environment::read(first)?;
    let rulebook = load::rulebook(&wanted)?;
    let mut plan = ScanPlan::new(arguments.paths.clone());
    if let Some(threads) = arguments.threads {
        plan.threads = usize::from(threads);
    }
    if let Some(kib) = arguments.block_size {
        plan.blocks.body = kib as usize * 1024;
    }
    plan.passwords = passwords(arguments)?;
    if let Some(today) = arguments.today {
        plan.today = today;
        environment.facts.today = None; // what is typed wins over what is written
    }
    if let Some(name) = &arguments.log_format {
        let known = rulebook.formats.by_name(name).map(|format| format.name().clone());
        plan.format = Some(known.ok_or_else(|| {
            Refusal(format!(
                "there is no record format `{name}`; `casebook rules formats` lists them"
            ))
        })?);
    }
    // Opened before the work begins: a folder that cannot be written is told at once.
    let mut output = match &arguments.output {
        Some(file) => Output::file(file)?,
        None => Output::stdout(),
    };
    let progress = Arc::new(Progress::default());
    let bar = Bar::draw(&progress, common.quiet);
    let outcome = scan(&plan, &environment, &rulebook, &progress)?;
    drop(bar);
    let mut findings = outcome.ledger.findings();
    finding::join(&mut findings, &rulebook.explanations);
    let name = || environment.name.clone();
    let noted = outcome
        .coverage
        .into_iter()
        .map(|coverage| CoverageEntry::new(name(), coverage));
    let coverage: Vec<_> = noted.chain(outcome.ledger.coverage()).collect();
    let summary = Summary::of(&findings, &coverage, outcome.files, outcome.bytes);
    let written = {
        let mut report = arguments.format.report(&mut output, common.color);
        report::write(report.as_mut(), &findings, &coverage, &summary)
    };
    output.deliver(written)?;
    if common.verbose {
        for line in &outcome.plugin_log {
            eprintln!("plugin {} {}: {}", line.plugin, line.level, line.text);
        }
        for line in &outcome.searches {
            eprintln!("search {line}");
        }
        let seconds = began.elapsed().as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
        let rate = outcome.bytes as f64 / seconds / 1e9;
        eprintln!(
            "{} files, {} bytes, {seconds:.3} s, {rate:.2} GB/s",
            outcome.files, outcome.bytes
        );
    }
    // The process ends here, and the system takes its memory back at once; taking ten thousand rules apart one by one
    // is time that nobody gets anything for.
    std::mem::forget(rulebook);
    Ok(ExitStatus::of(&summary, arguments.fail_on.into()))
}
