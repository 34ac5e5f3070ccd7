//! The catalogue against a plain reading of what it should do.

mod lookups;
mod patching;
mod reference;
mod screening;
mod searching;
mod support;
