//! What is made of the client before anything is decided: mod_remoteip and mod_setenvif.
