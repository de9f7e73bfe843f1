//! What a plugin author in Rust writes against.
//!
//! Comes in: the packs and the batches that the host hands over, as the component interfaces in `wit/` carry them: flat
//! lists of numbers beside one list of bytes. Goes out: rules, findings, and the numbers of records that the host should
//! hold on to. In between the author implements [`LogRules`] over records, hits and captures, and names the type in
//! [`export_log_rules!`]; a `cdylib` for `wasm32-unknown-unknown` is then a core module that carries its component type
//! and, in the custom section `casebook:plugin`, a card that says what it is without running it.
//!
//! Never here: a clock, a file, an environment variable, randomness. Nothing that a host hands over can panic: a batch is
//! checked as a whole ([`Batch::decode`]) before the plugin sees any of it.
//!
//! Everything but the macro works on the build machine too, so that a plugin's judgement is tested with `cargo test`.

mod batch;
mod card;
mod finding;
mod plugin;
mod tally;

/// The shapes of the interfaces, as they cross the border.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "log-rules",
        pub_export_macro: true,
        export_macro_name: "export_component",
        default_bindings_module: "casebook_plugin_sdk::bindings",
    });
}

pub use batch::{Batch, Hit, Layout, Record};
pub use bindings::casebook::rules::host::{Level, log};
pub use bindings::casebook::rules::types::{Failure, Severity};
pub use bindings::exports::casebook::rules::logs::{Answer, Batch as FlatBatch, Finding, StreamInfo};
pub use bindings::exports::casebook::rules::rulebook::{Pack, Pattern, Problem, Rule};
pub use card::card;
pub use plugin::{Hosted, LogRules, Verdict};
pub use tally::Tally;

/// Exports a type that implements [`LogRules`] as the component, and bakes its card.
///
/// The card takes name, version and description from the plugin's `Cargo.toml`. To be written once, under
/// `#[cfg(target_arch = "wasm32")]` if the same crate is also tested natively.
#[macro_export]
macro_rules! export_log_rules {
    ($plugin:ty) => {
        ::std::thread_local! {
            static HOSTED: ::std::cell::RefCell<$crate::Hosted<$plugin>> = const { $crate::Hosted::empty() }.into();
        }

        struct Component;

        impl $crate::bindings::exports::casebook::rules::rulebook::Guest for Component {
            fn load(packs: Vec<$crate::Pack>) -> Result<Vec<$crate::Rule>, Vec<$crate::Problem>> {
                HOSTED.with_borrow_mut(|hosted| hosted.load(packs))
            }
        }

        impl $crate::bindings::exports::casebook::rules::logs::Guest for Component {
            fn open(stream: u32, info: $crate::StreamInfo) -> Result<(), $crate::Failure> {
                HOSTED.with_borrow_mut(|hosted| hosted.open(stream, info))
            }
            fn observe(stream: u32, batch: $crate::FlatBatch) -> Result<$crate::Answer, $crate::Failure> {
                HOSTED.with_borrow_mut(|hosted| hosted.observe(stream, &batch)).map($crate::Verdict::into_answer)
            }
            fn close(stream: u32) -> Result<$crate::Answer, $crate::Failure> {
                HOSTED.with_borrow_mut(|hosted| hosted.close(stream)).map($crate::Verdict::into_answer)
            }
        }

        $crate::bindings::export_component!(Component with_types_in $crate::bindings);

        const CARD_TEXT: &str = ::core::concat!(
            "{\"name\":\"",
            ::core::env!("CARGO_PKG_NAME"),
            "\",\"version\":\"",
            ::core::env!("CARGO_PKG_VERSION"),
            "\",\"description\":\"",
            ::core::env!("CARGO_PKG_DESCRIPTION"),
            "\",\"interfaces\":[\"casebook:rules/rulebook@0.1.0\",\"casebook:rules/logs@0.1.0\"]}"
        );

        #[used]
        #[unsafe(link_section = "casebook:plugin")]
        static CARD: [u8; CARD_TEXT.len()] = $crate::card(CARD_TEXT);
    };
}
