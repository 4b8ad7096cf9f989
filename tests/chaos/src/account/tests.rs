//! Planted faults: the account must find each of them.
