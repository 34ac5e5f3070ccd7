//! Related.
/// What related markets are wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A market, by anything [`super::Snapshot::market`] takes.
    Market(&'a str),
    /// An event, by anything [`super::Snapshot::event`] takes.
    Event(&'a str),
}
