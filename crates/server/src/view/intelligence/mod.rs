//! Whales, informed trading, signals and scores as the API sends them. Every number is from a record or null.

mod audits;
mod catalogue;
mod insiders;
mod references;
mod scores;
mod signals;
mod whale;
mod words;

pub use audits::{
    AuditGap, AuditLine, AuditPersistence, AuditRanking, AuditResults, AuditTrial, ScoreAudit,
    ScoreStanding, ScoreWithdrawal, TrialSummary,
};
pub use catalogue::{MarketNames, NamedMarket};
pub use insiders::{
    EvidenceRow, Gate, InformedMarket, InformedWallet, LeakageView, MarketInformed,
};
pub use references::{Evidence, Ingredient, MarketEventRef, MarketRef, OwnerRef, WalletRef};
pub use scores::{
    OwnerView, PastScore, ScoreDefinition, ScoreRow, Scoreboard, ScoredPopulation, WalletScores,
    definition, version_of,
};
pub use signals::{
    MarketConsensus, MarketIntelligence, MarketNetFlows, MarketWash, Signal, SignalPage,
    SignalResult, SignalResultTick, SignalTally, WashMeasureView,
};
pub use whale::{
    ClassFlow, ClassNet, ConcentrationRow, FlowHour, Flows, HolderPart, MarketFlow, WhaleFlip,
    WhalePosition, WhaleTrade,
};
pub use words::{SCORES, ScoreName};

use std::borrow::Cow;

use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{Array, ObjectBuilder, Ref, RefOr, Schema, schema::Type},
};

use crate::api::reply::add_schemas;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowsPage<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; null at the end.
    pub next_cursor: Option<String>,
    /// What must come first, where there is no row and none could be there yet.
    pub waiting_for: Option<String>,
}

// Written by hand because the derive copies the schema of `T` into each page instead of naming it.
impl<T: ToSchema> PartialSchema for RowsPage<T> {
    fn schema() -> RefOr<Schema> {
        let text = |description: &str| {
            ObjectBuilder::new()
                .schema_type(utoipa::openapi::schema::SchemaType::Array(vec![
                    Type::String,
                    Type::Null,
                ]))
                .description(Some(description))
        };
        ObjectBuilder::new()
            .property("rows", Array::new(Ref::from_schema_name(T::name())))
            .property("next_cursor", text("Where the next page begins; null at the end."))
            .property(
                "waiting_for",
                text("What must come first, where there is no row and none could be there yet."),
            )
            .into()
    }
}

impl<T: ToSchema> ToSchema for RowsPage<T> {
    fn name() -> Cow<'static, str> {
        format!("{}Page", T::name()).into()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        add_schemas::<T>(schemas);
    }
}

/// An exact amount as a JSON number.
pub fn number(amount: Decimal) -> f64 {
    // Every decimal has a nearest double.
    amount.to_f64().unwrap_or(f64::NAN)
}
