//! Expressions of httpd 2.4.
