//! A rule as it is applied to a site.

use casebook_plugin_configs::{Finding, Interest, Severity, Site};
use serde_json::{Map, Value};

use crate::code::{Check, Inquiry, Models};
use crate::data;
use crate::facts::Facts;
use crate::report::Report;

/// How a rule judges.
pub(crate) struct Judge {
    /// The rule's id, for lines about it.
    pub(crate) id: String,
    /// What it does.
    pub(crate) means: Means,
}

/// The two ways to judge.
pub(crate) enum Means {
    /// A function of this plugin, with the pack's parameters.
    Code(&'static Check, Map<String, Value>),
    /// What the pack says.
    Data(Box<data::Rule>),
}

impl Judge {
    /// What it wants to see.
    pub(crate) fn wants(&self) -> Vec<Interest> {
        match &self.means {
            Means::Code(check, _) => (check.wants)(),
            Means::Data(rule) => rule.wants(),
        }
    }

    /// What the rule with this number says about a site, and lines for the one who runs Casebook.
    pub(crate) fn judge<'s>(
        &'s self,
        number: u32,
        site: &'s Site,
        facts: &'s Facts,
        models: &'s Models<'s>,
    ) -> (Vec<Finding>, Vec<String>) {
        let mut report = Report::of(number);
        let mut remarks = match &self.means {
            Means::Code(check, parameters) => {
                let inquiry = Inquiry {
                    site,
                    facts,
                    parameters,
                    models,
                };
                (check.run)(&inquiry, &mut report);
                Vec::new()
            }
            Means::Data(rule) => rule.judge(site, facts, &mut report),
        };
        let (mut findings, beyond) = report.close();
        if beyond > 0 {
            let shown = findings.len();
            let message =
                format!("{shown} findings of this rule are shown, {beyond} more are not: look at them as one problem.");
            remarks.push(message.trim_end_matches('.').to_owned());
            // Not all who read findings read what the run says besides.
            let values = [
                ("found", (shown + beyond).to_string()),
                ("wanted", "fewer findings".to_owned()),
            ];
            let more = Finding::of(number)
                .group("more than are shown")
                .message(message)
                .severity(Severity::Info);
            findings.push(
                values
                    .into_iter()
                    .fold(more, |more, (name, value)| more.field(name, value)),
            );
        }
        let lines = remarks.into_iter().map(|remark| format!("{}: {remark}", self.id));
        (findings, lines.collect())
    }
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("id", &self.id).finish_non_exhaustive()
    }
}
