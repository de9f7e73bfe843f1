//! Regular expressions as PCRE means them.
