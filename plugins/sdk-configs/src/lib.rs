//! What a plugin author in Rust writes against, for plugins that judge configuration.
//!
//! Comes in: the packs and the site that the host hands over, as `wit/configs.wit` carries them: flat lists of numbers
//! beside one list of bytes. Goes out: rules, interests, findings. In between the author implements [`ConfigRules`] over
//! documents and nodes, and names the type in [`export_config_rules!`].
//!
//! A crate of its own beside `casebook-plugin-sdk`, because a component declares one world: what it exports is decided by the
//! bindings that it links, and a plugin for configuration exports no `logs`.
//!
//! Never here: a clock, a file, an environment variable, randomness. Nothing that a host hands over can panic: a site is
//! checked as a whole ([`Site::decode`]) before the plugin sees any of it. Everything but the macro works on the build
//! machine too, and [`DrawnSite`] draws sites for tests.

mod config;
mod drawn;
mod site;

/// The shapes of the interfaces, as they cross the border.
#[allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]
pub mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        world: "config-rules",
        pub_export_macro: true,
        export_macro_name: "export_config_component",
        default_bindings_module: "casebook_plugin_configs::bindings",
        with: {
            "casebook:rules/types@0.1.0": casebook_plugin_sdk::bindings::casebook::rules::types,
            "casebook:rules/host@0.1.0": casebook_plugin_sdk::bindings::casebook::rules::host,
        },
    });
}

pub use bindings::exports::casebook::rules::configs::{
    Document as FlatDocument, Environment as FlatSite, Finding, Interest, Place,
};
pub use casebook_plugin_sdk::{Failure, Level, Pack, Problem, Rule, Severity, card, log};
pub use config::{ConfigRules, Hosted};
pub use drawn::{DrawnDocument, DrawnSite};
pub use site::{Attribute, Document, Node, Site};

/// Exports a type that implements [`ConfigRules`] as the component, and bakes its card: what
/// `casebook_plugin_sdk::export_log_rules!` does for plugins that judge logs.
#[macro_export]
macro_rules! export_config_rules {
    ($plugin:ty) => {
        ::std::thread_local! {
            static HOSTED: ::std::cell::RefCell<$crate::Hosted<$plugin>> =
                const { $crate::Hosted::empty() }.into();
        }

        struct Component;

        impl $crate::bindings::exports::casebook::rules::rulebook::Guest for Component {
            fn load(
                packs: Vec<$crate::bindings::exports::casebook::rules::rulebook::Pack>,
            ) -> Result<
                Vec<$crate::bindings::exports::casebook::rules::rulebook::Rule>,
                Vec<$crate::bindings::exports::casebook::rules::rulebook::Problem>,
            > {
                HOSTED.with_borrow_mut(|hosted| hosted.load(packs))
            }
        }

        impl $crate::bindings::exports::casebook::rules::configs::Guest for Component {
            fn wants() -> Vec<$crate::Interest> {
                HOSTED.with_borrow(|hosted| hosted.wants())
            }
            fn check(site: $crate::FlatSite) -> Result<Vec<$crate::Finding>, $crate::Failure> {
                HOSTED.with_borrow(|hosted| hosted.check(site))
            }
        }

        $crate::bindings::export_config_component!(Component with_types_in $crate::bindings);

        const CARD_TEXT: &str = ::core::concat!(
            "{\"name\":\"",
            ::core::env!("CARGO_PKG_NAME"),
            "\",\"version\":\"",
            ::core::env!("CARGO_PKG_VERSION"),
            "\",\"description\":\"",
            ::core::env!("CARGO_PKG_DESCRIPTION"),
            "\",\"interfaces\":[\"casebook:rules/rulebook@0.1.0\",\"casebook:rules/configs@0.1.0\"]}"
        );

        #[used]
        #[unsafe(link_section = "casebook:plugin")]
        static CARD: [u8; CARD_TEXT.len()] = $crate::card(CARD_TEXT);
    };
}
