//! Sets of IPv4 addresses, exactly.
