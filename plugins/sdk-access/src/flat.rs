//! From the shapes of this crate's bindings to those of the other SDKs, and back. They are the same fields; nothing is
//! copied but the names of a few rules.

use casebook_plugin_configs as configs;
use casebook_plugin_sdk as logs;

use crate::wire;

pub(crate) fn packs(packs: Vec<wire::rulebook::Pack>) -> Vec<logs::Pack> {
    let pack = |pack: wire::rulebook::Pack| logs::Pack {
        name: pack.name,
        json: pack.json,
    };
    packs.into_iter().map(pack).collect()
}

pub(crate) fn problems(problems: Vec<logs::Problem>) -> Vec<wire::rulebook::Problem> {
    let problem = |problem: logs::Problem| wire::rulebook::Problem {
        pack: problem.pack,
        path: problem.path,
        reason: problem.reason,
    };
    problems.into_iter().map(problem).collect()
}

pub(crate) fn rules(rules: Vec<logs::Rule>) -> Vec<wire::rulebook::Rule> {
    let pattern = |pattern: logs::Pattern| wire::rulebook::Pattern {
        regex: pattern.regex,
        captures: pattern.captures,
        formats: pattern.formats,
        attributes: pattern.attributes,
    };
    let rule = |rule: logs::Rule| wire::rulebook::Rule {
        id: rule.id,
        title: rule.title,
        severity: rule.severity,
        symptom: rule.symptom,
        cause: rule.cause,
        remedy: rule.remedy,
        references: rule.references,
        patterns: rule.patterns.into_iter().map(pattern).collect(),
        attributes: rule.attributes,
    };
    rules.into_iter().map(rule).collect()
}

pub(crate) fn interests(interests: Vec<configs::Interest>) -> Vec<wire::configs::Interest> {
    let interest = |interest: configs::Interest| wire::configs::Interest {
        kind: interest.kind,
        files: interest.files,
        nodes: interest.nodes,
        attributes: interest.attributes,
    };
    interests.into_iter().map(interest).collect()
}

pub(crate) fn site(site: wire::configs::Environment) -> configs::FlatSite {
    let document = |document: wire::configs::Document| configs::FlatDocument {
        file: document.file,
        kind: document.kind,
        syntax: document.syntax,
        nodes: document.nodes,
        attributes: document.attributes,
    };
    configs::FlatSite {
        name: site.name,
        facts: site.facts,
        documents: site.documents.into_iter().map(document).collect(),
        bytes: site.bytes,
        text_ends: site.text_ends,
        nodes: site.nodes,
        node_attributes: site.node_attributes,
    }
}

pub(crate) fn config_findings(findings: Vec<configs::Finding>) -> Vec<wire::configs::Finding> {
    let place = |place: configs::Place| wire::configs::Place {
        document: place.document,
        node: place.node,
    };
    let finding = |finding: configs::Finding| wire::configs::Finding {
        rule: finding.rule,
        group: finding.group,
        severity: finding.severity,
        places: finding.places.into_iter().map(place).collect(),
        message: finding.message,
        fields: finding.fields,
        attributes: finding.attributes,
    };
    findings.into_iter().map(finding).collect()
}

pub(crate) fn stream_info(info: wire::logs::StreamInfo) -> logs::StreamInfo {
    logs::StreamInfo {
        environment: info.environment,
        facts: info.facts,
        file: info.file,
        format: info.format,
        attributes: info.attributes,
    }
}

pub(crate) fn batch(batch: wire::logs::Batch) -> logs::FlatBatch {
    logs::FlatBatch {
        first: batch.first,
        bytes: batch.bytes,
        ends: batch.ends,
        times: batch.times,
        hit_records: batch.hit_records,
        hit_patterns: batch.hit_patterns,
        captures: batch.captures,
    }
}

pub(crate) fn answer(verdict: logs::Verdict) -> wire::logs::Answer {
    let answer = verdict.into_answer();
    let finding = |finding: logs::Finding| wire::logs::Finding {
        rule: finding.rule,
        group: finding.group,
        severity: finding.severity,
        record: finding.record,
        evidence: finding.evidence,
        message: finding.message,
        fields: finding.fields,
        occurrences: finding.occurrences,
        last: finding.last,
        attributes: finding.attributes,
    };
    wire::logs::Answer {
        findings: answer.findings.into_iter().map(finding).collect(),
        keep: answer.keep,
        release: answer.release,
    }
}
