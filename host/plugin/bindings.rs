//! What `wit/` says, as Rust types: generated, and used in this room only.
//!
//! One world holds every interface, so that the types are shared between them; which of the exports a component really
//! has is probed one by one, so no plugin must have them all.

#![allow(missing_docs, reason = "generated; the documentation stands in wit/")]

wasmtime::component::bindgen!({
    path: "wit",
    inline: "
        package casebook:host;
        world everything {
            import casebook:rules/host@0.1.0;
            export casebook:rules/rulebook@0.1.0;
            export casebook:rules/logs@0.1.0;
            export casebook:rules/configs@0.1.0;
            export casebook:rules/access@0.1.0;
        }
    ",
});
