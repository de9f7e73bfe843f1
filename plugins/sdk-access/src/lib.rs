//! What a plugin author in Rust writes against, for plugins that decide requests.
//!
//! Comes in: what the host hands over through the world `gate-rules`: packs, a site, requests, and records of logs. Goes out: rules,
//! policies, decisions, findings. In between the author implements [`GateRules`] and names the type in
//! [`export_gate_rules!`].
//!
//! Sites, findings and batches are those of the SDKs for configuration and for logs; a component declares one world, so the
//! bindings are this crate's own, and what crosses is moved from their shapes to the others' here and nowhere else.
//!
//! Never here: a clock, a file, an environment variable, randomness; what a request means.

mod flat;
mod gate;
mod request;

/// The shapes of the interfaces, as they cross the border.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "gate-rules",
        pub_export_macro: true,
        export_macro_name: "export_gate_component",
        default_bindings_module: "casebook_plugin_access::bindings",
        with: {
            "casebook:rules/types@0.1.0": casebook_plugin_sdk::bindings::casebook::rules::types,
            "casebook:rules/host@0.1.0": casebook_plugin_sdk::bindings::casebook::rules::host,
        },
    });
}

pub use bindings::exports::casebook::rules::access::{
    AddressCondition, AddressSet, Condition, Decisions, Explanation, Outcome, Policy, Requests,
    Verdict as ConditionVerdict,
};
pub use bindings::exports::casebook::rules::configs::Place;
pub use casebook_plugin_configs::{Document, DrawnSite, FlatDocument, FlatSite, Interest, Node, Site};
pub use casebook_plugin_sdk::{
    Batch, Failure, Layout, Level, Pack, Pattern, Problem, Record, Rule, Severity, StreamInfo, Tally, card, log,
};
pub use gate::{GateRules, Hosted};
pub use request::{MalformedRequest, RequestLines};

/// What a finding about configuration is called where findings about logs are near.
pub type ConfigFinding = casebook_plugin_configs::Finding;
/// A finding about a record of a log.
pub type LogFinding = casebook_plugin_sdk::Finding;
/// What is said of a batch of records.
pub type LogVerdict = casebook_plugin_sdk::Verdict;

/// What the export macro names.
#[doc(hidden)]
pub mod wire {
    pub use crate::bindings::exports::casebook::rules::{access, configs, logs, rulebook};
}

/// Exports a type that implements [`GateRules`] as the component, and bakes its card: what
/// `casebook_plugin_sdk::export_log_rules!` does for plugins that judge logs.
#[macro_export]
macro_rules! export_gate_rules {
    ($plugin:ty) => {
        ::std::thread_local! {
            static HOSTED: ::std::cell::RefCell<$crate::Hosted<$plugin>> =
                const { $crate::Hosted::empty() }.into();
        }

        struct Component;

        impl $crate::wire::rulebook::Guest for Component {
            fn load(
                packs: Vec<$crate::wire::rulebook::Pack>,
            ) -> Result<Vec<$crate::wire::rulebook::Rule>, Vec<$crate::wire::rulebook::Problem>> {
                HOSTED.with_borrow_mut(|hosted| hosted.load(packs))
            }
        }

        impl $crate::wire::configs::Guest for Component {
            fn wants() -> Vec<$crate::wire::configs::Interest> {
                HOSTED.with_borrow(|hosted| hosted.wants())
            }
            fn check(
                site: $crate::wire::configs::Environment,
            ) -> Result<Vec<$crate::wire::configs::Finding>, $crate::Failure> {
                HOSTED.with_borrow(|hosted| hosted.check(site))
            }
        }

        impl $crate::wire::logs::Guest for Component {
            fn open(stream: u32, info: $crate::wire::logs::StreamInfo) -> Result<(), $crate::Failure> {
                HOSTED.with_borrow_mut(|hosted| hosted.open_stream(stream, info))
            }
            fn observe(
                stream: u32,
                batch: $crate::wire::logs::Batch,
            ) -> Result<$crate::wire::logs::Answer, $crate::Failure> {
                HOSTED.with_borrow_mut(|hosted| hosted.observe(stream, batch))
            }
            fn close(stream: u32) -> Result<$crate::wire::logs::Answer, $crate::Failure> {
                HOSTED.with_borrow_mut(|hosted| hosted.close_stream(stream))
            }
        }

        impl $crate::wire::access::Guest for Component {
            fn open(
                site: $crate::wire::configs::Environment,
            ) -> Result<Vec<$crate::Policy>, $crate::Failure> {
                HOSTED.with_borrow_mut(|hosted| hosted.open(site))
            }
            fn decide(policy: u32, requests: $crate::Requests) -> Result<$crate::Decisions, $crate::Failure> {
                HOSTED.with_borrow(|hosted| hosted.decide(policy, &requests))
            }
            fn explain(policy: u32, request: Vec<u8>) -> Result<$crate::Explanation, $crate::Failure> {
                HOSTED.with_borrow(|hosted| hosted.explain(policy, &request))
            }
            fn addresses(policy: u32, request: Vec<u8>) -> Result<$crate::AddressSet, $crate::Failure> {
                HOSTED.with_borrow(|hosted| hosted.addresses(policy, &request))
            }
        }

        $crate::bindings::export_gate_component!(Component with_types_in $crate::bindings);

        const CARD_TEXT: &str = ::core::concat!(
            "{\"name\":\"",
            ::core::env!("CARGO_PKG_NAME"),
            "\",\"version\":\"",
            ::core::env!("CARGO_PKG_VERSION"),
            "\",\"description\":\"",
            ::core::env!("CARGO_PKG_DESCRIPTION"),
            "\",\"interfaces\":[\"casebook:rules/rulebook@0.1.0\",\"casebook:rules/logs@0.1.0\",",
            "\"casebook:rules/configs@0.1.0\",\"casebook:rules/access@0.1.0\"]}"
        );

        #[used]
        #[unsafe(link_section = "casebook:plugin")]
        static CARD: [u8; CARD_TEXT.len()] = $crate::card(CARD_TEXT);
    };
}
