//! Who may come in, by `Require`, and by `Order`, `Allow` and `Deny`.
