//! What can be typed.

use std::path::PathBuf;
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::model::Severity;
use crate::report::{ColorChoice, Format};

/// Applies what experts know about systems: finds known problems in logs and configuration, with cause and remedy.
#[derive(Debug, Parser)]
#[command(
    name = "casebook",
    version,
    max_term_width = 100,
    propagate_version = true,
    arg_required_else_help = true
)]
#[command(after_help = "\
Examples:
  casebook scan /srv/acme                          what is wrong in these logs and settings
  casebook scan . --format jsonl | jq .message     for scripts: one object a line
  casebook explain sametime-ltpa-token-rejected    what a rule means and what to do
  casebook gate addresses --conf httpd.conf        who gets in by address alone, exactly
  casebook rules test my-rules/                    do my rules find what they should

Exit status: 0 nothing found, 1 findings, 2 wrong usage, rule pack or plugin, 3 incomplete: something could not \
be read or a plugin failed (findings are still printed).")]
pub(super) struct Arguments {
    #[command(flatten, next_help_heading = "Options of every command")]
    pub common: Common,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Args)]
pub(super) struct Common {
    /// Load the rule packs of this folder or file too; a rule with the id of a built-in one replaces it
    #[arg(long, value_name = "DIR", global = true)]
    pub rules: Vec<PathBuf>,
    /// Load this WebAssembly plugin too; one with the name of a built-in plugin replaces it
    #[arg(long, value_name = "FILE", global = true)]
    pub plugin: Vec<PathBuf>,
    /// Use only what --rules and --plugin name, none of the built-in rules
    #[arg(long, global = true)]
    pub no_built_in_rules: bool,
    /// When to use colour
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true, value_parser = color_parser())]
    pub color: ColorChoice,
    /// Print no progress and no notes
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more on standard error: how rules are searched, what plugins log
    #[arg(short, long, global = true)]
    pub verbose: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Find known problems in the logs and the configuration of one environment
    #[command(after_help = "\
Examples:
  casebook scan examples/acme
  casebook scan SystemOut.log SystemOut_16.10.12_10.00.00.log.gz
  casebook scan /srv/logs --format sarif --output report.sarif --fail-on high

Folders are read with all that is below them: logs (plain, gzip, zstd, xz and bzip2, rotated files as one log) and \
configuration (XML, properties, INI, httpd.conf, hosts, shell profiles, certificates). An `environment.toml` at the root \
names the environment, its time zone, products and hosts. Passwords of PKCS#12 key stores come from \
--keystore-passwords FILE or from CASEBOOK_KEYSTORE_PASSWORD.")]
    Scan(Scan),
    /// Ask the photo gate of a web server: what it decides, which addresses it lets in; write one
    Gate(Gate),
    /// List, explain, check and test rules
    Rules(Rules),
    /// Explain a rule: its symptom, cause and remedy (the same as `rules explain`)
    Explain(Explain),
    /// Inspect plugins
    Plugin(Plugin),
    /// Print a completion script for a shell
    #[command(after_help = "Example:\n  casebook completions bash > /etc/bash_completion.d/casebook")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub(super) struct Scan {
    /// Folders and files of one environment
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How findings are written: text for people, jsonl and sarif for programs
    #[arg(long, value_name = "FORMAT", default_value = "text", value_parser = format_parser())]
    pub format: Format,
    /// Write to this file, which appears when it is complete
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Lowest severity that makes the exit status 1
    #[arg(long, value_name = "SEVERITY", default_value = "low", value_enum)]
    pub fail_on: SeverityName,
    /// Worker threads [default: one for each processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Try the passwords of this file, one a line, on PKCS#12 key stores
    #[arg(long, value_name = "FILE")]
    pub keystore_passwords: Option<PathBuf>,
    /// A password to try on PKCS#12 key stores: from the environment only, where no list of processes shows it
    #[arg(
        long,
        value_name = "PASSWORD",
        env = "CASEBOOK_KEYSTORE_PASSWORD",
        hide = true,
        hide_env_values = true
    )]
    pub keystore_password: Option<String>,
    /// Judge certificates as of this day [default: that of environment.toml, else today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub today: Option<jiff::civil::Date>,
    /// Read every file as this record format instead of recognising it
    #[arg(long, value_name = "NAME")]
    pub log_format: Option<String>,
    /// Size of the blocks in which files are read, in KiB; changes the speed, never the findings
    #[arg(long, value_name = "KIB", hide = true, value_parser = clap::value_parser!(u32).range(1..=65_536))]
    pub block_size: Option<u32>,
    /// Seconds that one call into a plugin may take
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub plugin_timeout: u32,
}

#[derive(Debug, Args)]
pub(super) struct Gate {
    #[command(subcommand)]
    pub verb: GateVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum GateVerb {
    /// Say what happens with a request, condition by condition, as httpd would decide it
    #[command(after_help = "\
Examples:
  casebook gate explain --conf conf/httpd.conf --address 203.0.113.9
  casebook gate explain --conf conf/httpd.conf --address 203.0.113.9 --cookie LtpaToken2=x --path /photos/ben@acme.example.jpg
  casebook gate explain examples/acme --address 10.20.3.4 --format json | jq .decision

Exit status: 0 decided, 2 wrong usage, 3 it cannot be decided: something that matters is not known.")]
    Explain(GateExplain),
    /// Compute the exact set of IPv4 addresses that are let in, and compare it with the intended networks
    #[command(after_help = "\
Examples:
  casebook gate addresses --conf conf/httpd.conf
  casebook gate addresses --conf conf/httpd.conf --intended 10.20.0.0/16 --html gate.html
  casebook gate addresses examples/acme --format json | jq .too_many

Without --intended, `photos.networks` of environment.toml is taken.

Exit status: 0 as intended, or nothing to compare with; 1 too many or too few are let in; 2 wrong usage; 3 of some it cannot be \
decided.")]
    Addresses(GateAddresses),
    /// Write a gate: from networks, cookies and where everybody else is sent
    #[command(after_help = "\
Examples:
  casebook gate write --httpd 2.2 --network 10.20.0.0/16 --cookie LtpaToken2 --redirect https://connections.acme.example/
  casebook gate write --httpd 2.4 --network 10.20.0.0/16 --network 192.168.7.0/24 --output photos.conf")]
    Write(GateWrite),
}

/// Which gate is asked, and by which request.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// The folder of an environment, in place of --conf
    #[arg(value_name = "DIR", required_unless_present = "conf", conflicts_with = "conf")]
    pub environment: Option<PathBuf>,
    /// The web server's configuration: httpd.conf, or a file that it includes
    #[arg(long, value_name = "FILE")]
    pub conf: Option<PathBuf>,
    /// The virtual host, by its ServerName [default: the first that is about photos]
    #[arg(long, value_name = "NAME")]
    pub host: Option<String>,
    /// Path of the request, encoded as it is sent [default: a photo's below /photos/]
    #[arg(long = "path", id = "target", value_name = "PATH")]
    pub target: Option<String>,
    /// A cookie that is sent; may be given several times
    #[arg(long, value_name = "NAME=VALUE")]
    pub cookie: Vec<String>,
    /// Another header that is sent
    #[arg(long, value_name = "NAME:VALUE")]
    pub header: Vec<String>,
    /// A header of which it is not known whether it is sent, such as one that a log does not show
    #[arg(long, value_name = "NAME")]
    pub unknown: Vec<String>,
    /// Method of the request
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    pub method: String,
    /// Version of httpd, such as 2.2 or 2.4.62 [default: by environment.toml, or by what the configuration shows]
    #[arg(long, value_name = "VERSION")]
    pub httpd: Option<String>,
    /// How: text or json
    #[arg(long, value_name = "FORMAT", default_value = "text", value_enum)]
    pub format: InspectFormat,
}

#[derive(Debug, Args)]
pub(super) struct GateExplain {
    #[command(flatten)]
    pub asked: Asked,
    /// Address of whoever has the connection: the client, or the proxy in front
    #[arg(long, value_name = "ADDRESS")]
    pub address: std::net::IpAddr,
}

#[derive(Debug, Args)]
pub(super) struct GateAddresses {
    #[command(flatten)]
    pub asked: Asked,
    /// A network, address or range that is meant to be let in; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub intended: Vec<String>,
    /// Draw the address space on a page of its own
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct GateWrite {
    /// Which httpd shall read it: 2.2 (IBM HTTP Server 7 to 8.5) or 2.4 (IBM HTTP Server 9)
    #[arg(long, value_name = "VERSION", value_enum)]
    pub httpd: WrittenFor,
    /// A network, address or range that is let in; may be given several times
    #[arg(long, value_name = "CIDR")]
    pub network: Vec<String>,
    /// Name of a cookie whose presence lets in; may be given several times
    #[arg(long, value_name = "NAME")]
    pub cookie: Vec<String>,
    /// Where everybody else is sent [default: nowhere, they get 403]
    #[arg(long, value_name = "URL")]
    pub redirect: Option<String>,
    /// Path of the photos
    #[arg(long, value_name = "PATH", default_value = "/photos/")]
    pub path: String,
    /// Write to this file, which appears when it is complete
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum WrittenFor {
    /// Regular expressions in mod_rewrite
    #[value(name = "2.2")]
    V22,
    /// Require and expressions
    #[value(name = "2.4")]
    V24,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    #[command(subcommand)]
    pub verb: RulesVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesVerb {
    /// List all rules
    List {
        /// How: text, or jsonl with all that is known of each rule
        #[arg(long, value_name = "FORMAT", default_value = "text", value_enum)]
        format: ListFormat,
    },
    /// Explain a rule: its symptom, cause and remedy
    Explain(Explain),
    /// Check rule packs: syntax, expressions, formats; says which patterns are slow
    #[command(after_help = "Example:\n  casebook rules check my-rules/")]
    Check {
        /// Folders or files with packs [default: the built-in packs]
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
    /// Run the examples of rules: those that must fire and those that must not
    #[command(after_help = "Example:\n  casebook rules test my-rules/")]
    Test {
        /// Folders or files with packs [default: the built-in packs]
        #[arg(value_name = "DIR")]
        paths: Vec<PathBuf>,
    },
    /// List the record formats that rules can name
    Formats,
    /// Print a JSON Schema for editors: that of a plugin's rule packs, or that of environment.toml
    #[command(after_help = "\
Examples:
  casebook rules schema config-checks > config-checks.json
  casebook rules schema environment   > environment.json")]
    Schema {
        /// Of what
        #[arg(value_name = "OF", default_value = "log-signatures", value_enum)]
        of: SchemaName,
    },
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule's id
    #[arg(value_name = "RULE")]
    pub rule: String,
}

#[derive(Debug, Args)]
pub(super) struct Plugin {
    #[command(subcommand)]
    pub verb: PluginVerb,
}

#[derive(Debug, Subcommand)]
pub(super) enum PluginVerb {
    /// Say what a plugin is, what it exports and what it asks for, without running it
    #[command(after_help = "Example:\n  casebook plugin inspect my-plugin.wasm")]
    Inspect {
        /// The plugin, or the name of a built-in one
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// How: text or json
        #[arg(long, value_name = "FORMAT", default_value = "text", value_enum)]
        format: InspectFormat,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SchemaName {
    /// Packs of log-signatures
    LogSignatures,
    /// Packs of config-checks
    ConfigChecks,
    /// Packs of photo-gate
    PhotoGate,
    /// environment.toml
    Environment,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ListFormat {
    Text,
    Jsonl,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum InspectFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum SeverityName {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Info => Self::Info,
            SeverityName::Low => Self::Low,
            SeverityName::Medium => Self::Medium,
            SeverityName::High => Self::High,
            SeverityName::Critical => Self::Critical,
        }
    }
}

fn format_parser() -> impl clap::builder::TypedValueParser<Value = Format> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(Format::NAMES.map(|(name, _)| name)).try_map(|name| Format::from_str(&name))
}

fn color_parser() -> impl clap::builder::TypedValueParser<Value = ColorChoice> {
    use clap::builder::{PossibleValuesParser, TypedValueParser};
    PossibleValuesParser::new(["auto", "always", "never"]).try_map(|name| ColorChoice::from_str(&name))
}
