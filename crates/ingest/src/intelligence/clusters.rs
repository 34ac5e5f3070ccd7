//! Wallets that seem to have one owner.
