//! mod_rewrite.
