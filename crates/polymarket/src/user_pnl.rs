//! The host of the site's profit charts: a second opinion about what a wallet made. Polymarket does not
//! document it, and has put `/v2/user-pnl` in its place.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::{Address, Contract, Usdc};
use serde_json::value::RawValue;

use crate::data::{PnlFidelity, PnlInterval};
use crate::fields::Fields;
use crate::quarantine::RowKind;
use crate::rows::{Row, Rows};
use crate::{Answer, Host, Request, Upstream, UpstreamError, UpstreamErrorKind};

/// What a wallet had made by a moment, as the site's chart shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProfitPoint {
    /// When.
    pub at: DateTime<Utc>,
    /// Dollars made since the wallet's first day. How they are counted is not documented: none of the
    /// figures of [`crate::data::PnlPoint`] has been seen to be the same in every case, `trade` less than
    /// all (polymarket-api.md 2.6).
    pub profit: Usdc,
}

impl Row for ProfitPoint {
    const KIND: RowKind = RowKind::ProfitPoint;

    fn decode(fields: &mut Fields<'_>) -> Result<Self, &'static str> {
        Ok(Self { at: fields.instant("t").ok_or("t")?, profit: fields.usdc("p").ok_or("p")? })
    }

    fn key(&self) -> String {
        self.at.timestamp().to_string()
    }
}

/// The client of the host. Cheap to clone; clones share connections and limits.
#[derive(Debug, Clone)]
pub struct UserPnlClient {
    upstream: Arc<Upstream>,
}

impl UserPnlClient {
    /// A client that sends through `upstream`. Where [`crate::Endpoints`] has no address for the host,
    /// every request is refused before it is sent.
    pub fn new(upstream: Arc<Upstream>) -> Self {
        Self { upstream }
    }

    /// What a wallet had made over time (`/user-pnl`), the oldest first. A wallet that the host does not
    /// know has no points; neither has one that never traded, and the host does not tell which it is.
    pub async fn profits(
        &self,
        wallet: &Address,
        interval: PnlInterval,
        fidelity: PnlFidelity,
    ) -> Result<Answer<Rows<ProfitPoint>>, UpstreamError> {
        let request = Request::new(Host::UserPnl, "/user-pnl", ["user-pnl"]);
        if let Some(contract) = Contract::of(wallet) {
            let detail = format!("{wallet} is the contract {contract}, nobody's wallet");
            return Err(request.error(UpstreamErrorKind::InvalidRequest(detail)));
        }
        let request = request
            .with("user_address", wallet)
            .with("interval", &interval.name())
            .with("fidelity", &fidelity.name());
        let answer = self.upstream.answer(&request, read).await?;
        answer.value.report(ProfitPoint::KIND, request.route());
        Ok(answer)
    }
}

pub(crate) fn read(body: &[u8]) -> Result<Rows<ProfitPoint>, serde_json::Error> {
    let text = String::from_utf8_lossy(body);
    let raws: Vec<&RawValue> = serde_json::from_str(&text)?;
    let mut points = ProfitPoint::decode_all(&raws, "", |_| true);
    points.rows.sort_by_key(|point| point.at);
    Ok(points)
}
