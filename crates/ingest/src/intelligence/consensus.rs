//! Where smart money stands.
