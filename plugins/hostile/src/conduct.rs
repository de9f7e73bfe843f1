//! How a rule of this plugin behaves, as its pack says.

use serde::Deserialize;

/// A pack: one rule, and what is wrong with it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Conduct {
    /// The name of this plugin.
    pub plugin: String,
    /// The rule's id.
    pub id: String,
    /// The id that the plugin declares in place of it.
    #[serde(default)]
    pub declares: Option<String>,
    /// What the host is to search for.
    pub search: String,
    /// Captures that the pattern claims to have.
    #[serde(default)]
    pub captures: Vec<String>,
    /// Formats that the pattern claims to apply to.
    #[serde(default)]
    pub formats: Vec<String>,
    /// The rule's title.
    #[serde(default)]
    pub title: Option<String>,
    /// Whether the rule says that it judges each record alone.
    #[serde(default)]
    pub alone: bool,
    /// What it does.
    pub behaviour: Behaviour,
    /// At which record of a stream; without it at every one.
    #[serde(default)]
    pub at: Option<u32>,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// One finding for each record, all of one group.
    Behaves,
    /// Never comes back.
    Loops,
    /// Never comes back from reading its pack.
    LoopsOnLoad,
    /// Takes memory for ever.
    Allocates,
    /// Calls itself for ever.
    Recurses,
    /// Traps.
    Traps,
    /// Traps while it reads its pack.
    TrapsOnLoad,
    /// Refuses its pack, in words and with a place that are meant for the terminal's ears.
    RefusesPackWithEscapeSequences,
    /// Returns as many rules as an answer holds.
    FloodsRules,
    /// Names a rule that it never declared.
    ReturnsNonsenseRule,
    /// Names a record that it was never shown.
    NamesUnseenRecord,
    /// Names a record of an earlier batch that it did not keep.
    NamesForgottenRecord,
    /// Asks the host to keep a record that it was never shown.
    KeepsUnseenRecord,
    /// Asks the host to keep every record.
    KeepsEverything,
    /// Reports something that occurred no times.
    ZeroOccurrences,
    /// Says that it cannot judge.
    Refuses,
    /// Keeps its first record, refuses where it is told to, and names the first record in every later finding.
    RefusesAndRemembers,
    /// Ten findings for each record, each of a group of its own.
    FloodsFindings,
    /// Names one record hundreds of thousands of times as the evidence of one finding.
    FloodsEvidence,
    /// Answers with more than the host will copy.
    HugeAnswer,
    /// Logs without end.
    FloodsLog,
    /// Puts escape sequences into everything that it says.
    SaysEscapeSequences,
    /// Reports the text of the first record that this instance ever saw, of whichever stream.
    RemembersAcrossStreams,
}
