//! `casebook gate`.

mod text;

use std::io::Write;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;

use super::arguments::{Asked, Common, GateAddresses, GateExplain, GateVerb, GateWrite, InspectFormat, WrittenFor};
use super::load::{self, Wanted};
use super::{Refusal, print};
use crate::gate::page;
use crate::gate::space::{AddressSpace, Named};
use crate::gate::write::{self, CookieName, Httpd};
use crate::gate::{Policies, PolicyCard, Request};
use crate::model::CoverageStatus;
use crate::report::{ExitStatus, Look, Output};
use crate::rulebook::{Rulebook, Thoroughness};

/// A photo's path as the Meeting server asks for it, below `/photos/` or what the environment says.
const PHOTO: &str = "name@example.com.jpg";

pub(super) fn run(verb: &GateVerb, common: &Common) -> Result<ExitStatus, Refusal> {
    match verb {
        GateVerb::Explain(arguments) => explain(arguments, common),
        GateVerb::Addresses(arguments) => addresses(arguments, common),
        GateVerb::Write(arguments) => write(arguments),
    }
}

fn explain(arguments: &GateExplain, common: &Common) -> Result<ExitStatus, Refusal> {
    let (mut policies, card) = opened(&arguments.asked, common)?;
    let request = request(&arguments.asked, &policies, &card, arguments.address)?;
    let told = policies.explain(&card, &request)?;
    match arguments.asked.format {
        InspectFormat::Json => print(&json(&told)?)?,
        InspectFormat::Text => print(&text::explanation(&told, &request, look(common)))?,
    };
    Ok(if told.decision == "undecided" {
        ExitStatus::Incomplete
    } else {
        ExitStatus::Clean
    })
}

fn addresses(arguments: &GateAddresses, common: &Common) -> Result<ExitStatus, Refusal> {
    let (mut policies, card) = opened(&arguments.asked, common)?;
    let request = request(&arguments.asked, &policies, &card, IpAddr::V4(Ipv4Addr::UNSPECIFIED))?;
    let intended = intended(arguments, &policies, common)?;
    // Opened before the work begins: a folder that cannot be written is told at once.
    let page = arguments.html.as_deref().map(Output::file).transpose()?;
    let (told, drawn) = policies.addresses(&card, &request, intended.as_ref())?;
    if let Some(mut output) = page {
        let html = page::render(&told, &drawn, &text::request(&request))?;
        let written = output.write_all(html.as_bytes());
        output.deliver(written)?;
    }
    match arguments.asked.format {
        InspectFormat::Json => print(&json(&told)?)?,
        InspectFormat::Text => print(&text::addresses(&told, &drawn, &request, look(common)))?,
    };
    let differs = [&told.too_many, &told.missing]
        .into_iter()
        .flatten()
        .any(|part| part.count > 0);
    Ok(match (told.undecided.count > 0, differs) {
        (true, _) => ExitStatus::Incomplete,
        (false, true) => ExitStatus::Findings,
        (false, false) => ExitStatus::Clean,
    })
}

fn write(arguments: &GateWrite) -> Result<ExitStatus, Refusal> {
    let (networks, ipv6) = spaces(&arguments.network)?;
    let cookies = arguments
        .cookie
        .iter()
        .map(|name| CookieName::new(name))
        .collect::<Result<Vec<_>, _>>()?;
    let wanted = write::Wanted {
        httpd: match arguments.httpd {
            WrittenFor::V22 => Httpd::V22,
            WrittenFor::V24 => Httpd::V24,
        },
        networks,
        ipv6,
        cookies,
        redirect: arguments.redirect.clone(),
        path: arguments.path.clone(),
    };
    let gate = write::gate(&wanted)?;
    match &arguments.output {
        Some(file) => {
            let mut output = Output::file(file)?;
            let written = output.write_all(gate.as_bytes());
            output.deliver(written)?;
            Ok(ExitStatus::Clean)
        }
        None => print(&gate),
    }
}

/// The policies that are asked about, and the one that was chosen.
fn opened(asked: &Asked, common: &Common) -> Result<(Policies, PolicyCard), Refusal> {
    let path = asked
        .conf
        .as_deref()
        .or(asked.environment.as_deref())
        .unwrap_or(Path::new("."));
    std::fs::symlink_metadata(path).map_err(|error| Refusal(format!("{}: {error}", path.display())))?;
    let rulebook: Rulebook = load::rulebook(&Wanted {
        common,
        packs: None,
        thoroughness: Thoroughness::Foreign,
        plugin_timeout: None,
    })?;
    let member = rulebook.members.iter().find(|member| member.plugin.decides_requests());
    let member = member.ok_or_else(|| Refusal("no loaded plugin decides requests".to_owned()))?;
    let policies = Policies::open(path, asked.httpd.as_deref(), member)?;
    let card = policies.choose(asked.host.as_deref())?.clone();
    if !common.quiet {
        // Configuration of other kinds is nobody's concern here.
        for entry in policies
            .coverage()
            .iter()
            .filter(|entry| entry.status != CoverageStatus::Skipped)
        {
            eprintln!("note: {}: {}", entry.file, entry.reason);
        }
    }
    Ok((policies, card))
}

fn request(asked: &Asked, policies: &Policies, card: &PolicyCard, address: IpAddr) -> Result<Request, Refusal> {
    let photos = policies.environment().facts.photos.as_ref();
    let below = photos.map_or("/photos/", |photos| photos.path.as_str());
    let target = asked
        .target
        .clone()
        .unwrap_or_else(|| format!("{}/{PHOTO}", below.trim_end_matches('/')));
    let name = card.name.rsplit_once(':').map_or(card.name.as_str(), |(name, _)| name);
    let is_name = !card.is_outside && !name.is_empty() && !name.contains([' ', '*']);
    let mut request = Request::get(address, if is_name { name } else { "photos.example.com" }, &target);
    request.method.clone_from(&asked.method);
    for header in &asked.header {
        let (name, value) = header.split_once(':').ok_or_else(|| {
            Refusal(format!(
                "--header {header}: expected NAME:VALUE, such as X-Forwarded-For:10.20.3.4"
            ))
        })?;
        let (name, value) = (name.trim(), value.trim());
        if name.eq_ignore_ascii_case("host") {
            request.headers.retain(|(known, _)| !known.eq_ignore_ascii_case("host"));
        }
        request.headers.push((name.to_owned(), value.as_bytes().to_vec()));
    }
    if !asked.cookie.is_empty() {
        for cookie in &asked.cookie {
            if !cookie.contains('=') {
                return Err(Refusal(format!(
                    "--cookie {cookie}: expected NAME=VALUE, such as LtpaToken2=x"
                )));
            }
        }
        request
            .headers
            .push(("Cookie".to_owned(), asked.cookie.join("; ").into_bytes()));
    }
    request.unknown.clone_from(&asked.unknown);
    Ok(request)
}

/// What is meant to be let in: what was typed, else what the environment says.
fn intended(arguments: &GateAddresses, policies: &Policies, common: &Common) -> Result<Option<AddressSpace>, Refusal> {
    let facts = policies.environment().facts.photos.as_ref();
    let known = facts.map(|photos| photos.networks.clone()).unwrap_or_default();
    let texts = if arguments.intended.is_empty() {
        &known
    } else {
        &arguments.intended
    };
    if texts.is_empty() {
        return Ok(None);
    }
    let (space, ipv6) = spaces(texts)?;
    if !ipv6.is_empty() && !common.quiet {
        eprintln!(
            "note: {} is IPv6: sets are of IPv4 addresses, and it is not compared",
            ipv6.join(", ")
        );
    }
    Ok(Some(space))
}

/// IPv4 addresses, and networks of IPv6 ones.
fn spaces(texts: &[String]) -> Result<(AddressSpace, Vec<String>), Refusal> {
    let (mut space, mut ipv6) = (AddressSpace::default(), Vec::new());
    for text in texts {
        match AddressSpace::read(text)? {
            Named::V4(more) => space = space.union(&more),
            Named::V6(network) => ipv6.push(network),
        }
    }
    Ok((space, ipv6))
}

fn json(told: &impl serde::Serialize) -> Result<String, Refusal> {
    let mut json = serde_json::to_string(told)?;
    json.push('\n');
    Ok(json)
}

fn look(common: &Common) -> Look {
    Output::stdout().look(common.color)
}
