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
    /// The rule's title.
    #[serde(default)]
    pub title: Option<String>,
    /// Kinds of documents that it wants to see; none: every syntax.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Names of nodes that it wants to see; none: all.
    #[serde(default)]
    pub nodes: Vec<String>,
    /// Rules whose findings its own explain, as the host reads it.
    #[serde(default)]
    pub explains: Vec<serde_json::Value>,
    /// What it does.
    pub behaviour: Behaviour,
}

/// What a rule does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Behaviour {
    /// One finding for each document, at its root.
    Behaves,
    /// One finding for each node, with all that it was shown of it in message, group and fields.
    Echoes,
    /// Never comes back.
    Loops,
    /// Takes memory for ever.
    Allocates,
    /// Calls itself for ever.
    Recurses,
    /// Traps.
    Traps,
    /// Never comes back from saying what it wants to see.
    LoopsInWants,
    /// Traps while it says what it wants to see.
    TrapsInWants,
    /// Wants more than an answer holds: two million interests.
    WantsMillions,
    /// Wants as many interests as an answer holds.
    WantsMany,
    /// Wants one document and nearly a hundred thousand names of nodes in it.
    WantsManyNames,
    /// Wants names and kinds of a megabyte each, one of them full of stars.
    WantsHugeNames,
    /// Wants every file of every folder in its listing.
    WantsListings,
    /// Names a rule that it never declared.
    NamesUndeclaredRule,
    /// Names a document that it was never shown.
    NamesUnseenDocument,
    /// Names a node that its document does not have.
    NamesUnseenNode,
    /// Says that it cannot judge, in words that are meant for the terminal's ears.
    Refuses,
    /// A finding more than the host takes.
    FloodsFindings,
    /// As many findings as the host takes, each of a group of its own.
    FloodsGroups,
    /// As many findings as an answer holds, each with all the places that are shown.
    FloodsEvidence,
    /// Names one place a million times in one finding.
    FloodsPlaces,
    /// Answers with more than the host will copy.
    HugeAnswer,
    /// Logs without end.
    FloodsLog,
    /// Puts escape sequences into everything that it says.
    SaysEscapeSequences,
    /// Reports the first value that this instance ever saw, of whichever environment.
    RemembersAcrossEnvironments,
}
