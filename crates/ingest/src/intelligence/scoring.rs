//! Scores of wallets.
