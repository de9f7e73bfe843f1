//! Who the client is, and what the server notes about it: mod_remoteip and mod_setenvif.
//!
//! Comes in: a server and one of its virtual hosts, once; then requests on their way. Goes out: the client's address, headers
//! that mod_remoteip used up, variables of the request's environment.

mod entry;
mod remote_ip;
mod set_env_if;

#[cfg(test)]
mod tests;

pub use remote_ip::RemoteIp;
pub use set_env_if::SetEnvIf;
