//! What the boards of intelligence show: lists by keyset, each with the conditions it was asked with and no others, so
//! that every list has a plan of its own.

pub mod concentration;
pub mod flips;
pub mod flows;
pub mod insiders;
pub mod markets;
pub mod positions;
pub mod scores;
pub mod signals;
pub mod standing;
pub mod trades;
pub mod wallets;

use chrono::{DateTime, Utc};
use domain::Address;
use rust_decimal::Decimal;
use sqlx::{Postgres, QueryBuilder};

use crate::wallets::bytes;

/// Which wallets rows may be of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WalletFilter {
    /// These; anybody where empty.
    pub wallets: Vec<Address>,
    /// Of this class (`wallet_classes`).
    pub class: Option<String>,
    /// With a score of this kind of at least so much.
    pub least: Option<(String, f64)>,
}

impl WalletFilter {
    /// Adds its conditions on a column that holds a wallet.
    fn narrow(&self, sql: &mut QueryBuilder<Postgres>, column: &str) {
        self.narrow_to_wallets(sql, column);
        if let Some(class) = &self.class {
            sql.push(format_args!(
                " AND EXISTS (SELECT FROM wallet_classes c WHERE c.wallet_address = {column} AND c.class = "
            ));
            sql.push_bind(class.clone()).push(")");
        }
    }

    /// The same without the class.
    fn narrow_to_wallets(&self, sql: &mut QueryBuilder<Postgres>, column: &str) {
        if !self.wallets.is_empty() {
            sql.push(format_args!(" AND {column} = ANY("));
            sql.push_bind(bytes(&self.wallets)).push(")");
        }
        if let Some((kind, least)) = &self.least {
            sql.push(format_args!(
                " AND EXISTS (SELECT FROM current_wallet_scores s WHERE s.wallet_address = {column}
                               AND s.verdict = 'scored' AND s.kind = "
            ));
            sql.push_bind(kind.clone()).push(" AND s.value >= ").push_bind(*least).push(")");
        }
    }
}

/// From one amount of dollars to another.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Dollars {
    /// At least.
    pub min: Option<Decimal>,
    /// At most.
    pub max: Option<Decimal>,
}

impl Dollars {
    fn narrow(self, sql: &mut QueryBuilder<Postgres>, expression: &str) {
        if let Some(min) = self.min {
            sql.push(format_args!(" AND {expression} >= ")).push_bind(min);
        }
        if let Some(max) = self.max {
            sql.push(format_args!(" AND {expression} <= ")).push_bind(max);
        }
    }
}

/// Only from an instant on.
fn since(sql: &mut QueryBuilder<Postgres>, column: &str, instant: Option<DateTime<Utc>>) {
    if let Some(instant) = instant {
        sql.push(format_args!(" AND {column} >= ")).push_bind(instant);
    }
}

/// Only where a text is this.
fn is(sql: &mut QueryBuilder<Postgres>, column: &str, text: Option<&str>) {
    if let Some(text) = text {
        sql.push(format_args!(" AND {column} = ")).push_bind(text.to_owned());
    }
}

/// Numbers of places as their bits: decimal text would not always be read back as the same number.
pub(crate) mod exact {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
    pub(crate) fn serialize<S: Serializer>(number: &f64, to: S) -> Result<S::Ok, S::Error> {
        number.to_bits().serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }

    /// Of numbers that may be unknown.
    pub(crate) mod known {
        use super::{Deserialize, Deserializer, Serialize, Serializer};

        #[expect(clippy::ref_option, reason = "serde passes references")]
        pub(crate) fn serialize<S: Serializer>(
            number: &Option<f64>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            number.map(f64::to_bits).serialize(to)
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<f64>, D::Error> {
            Ok(Option::<u64>::deserialize(from)?.map(f64::from_bits))
        }
    }
}
