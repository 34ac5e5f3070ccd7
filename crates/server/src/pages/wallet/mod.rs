//! `/wallets/{id}`: one wallet, in one scroll; `/wallets`, to find one; `/wallets/compare`.

mod activity;
mod breakdown;
mod calendar;
mod calibration;
mod closed;
pub(super) mod compare;
mod exposure;
mod figures;
pub(super) mod find;
mod head;
pub(super) mod identity;
mod loading;
mod pnl;
mod pnl_chart;
mod positions;
mod reconciliation;
mod scatter;
mod scores;
mod settings;
pub(super) mod told;
mod trades;

use axum::{extract::State, response::Response};
use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    PageRequest,
    format::{money_exact, utc},
    shell::{Boot, Page, Section, Surroundings},
};
use crate::{
    api::wallet::asked::AskedWallet,
    assets::Chunk,
    http::{error::ApiError, extract::Path, state::AppState},
    view::wallet::WalletProfile,
};
use loading::Loaded;
use settings::Settings;

/// Shows the page.
pub(super) async fn show(
    State(app): State<AppState>,
    Path(id): Path<String>,
    asked: AskedWallet,
    request: PageRequest,
) -> Result<Response, ApiError> {
    let now = Utc::now();
    let address = asked.address.to_string();
    let settings = Settings::read(&address, &request.pairs);
    let loaded = Loaded::of(&app, &asked, &settings).await?;
    let is_simulated = app.is_simulated();
    let content =
        Content { asked: &asked, id: &id, settings: &settings, loaded: &loaded, is_simulated, now };
    let main = content.main();
    let (title, description) = (identity::name(&loaded.profile), content.description());
    let handed = loaded.handed_over(&asked, &settings);
    let surroundings = Surroundings { app: &app, nonce: &request.nonce, now };
    Ok(surroundings.render(&Page {
        title,
        description,
        canonical: format!("/wallets/{address}"),
        section: Section::Wallets,
        boot: Some(Boot {
            chunk: Chunk::Wallet,
            query_string: settings.query(),
            reply: serde_json::to_vec(&handed).map_err(ApiError::internal)?,
        }),
        density: None,
        is_unlisted: false,
        main,
    }))
}

struct Content<'a> {
    asked: &'a AskedWallet,
    /// What the reader called it.
    id: &'a str,
    settings: &'a Settings,
    loaded: &'a Loaded,
    is_simulated: bool,
    now: DateTime<Utc>,
}

impl Content<'_> {
    fn profile(&self) -> &WalletProfile {
        &self.loaded.profile
    }

    /// How complete its history is and what it came to, with the instant that is of.
    fn description(&self) -> String {
        let profile = self.profile();
        let Some(history) = &profile.history else {
            return format!("Wallet {}: its history is not imported yet.", profile.address);
        };
        let total =
            self.loaded.metrics.as_ref().ok().and_then(Option::as_ref).map(|all| &all.totals.total);
        let profit = match total {
            Some(total) if total.value.is_some() => money_exact(total.value),
            Some(total) if total.withheld.is_some() => "withheld".to_owned(),
            _ => "unknown".to_owned(),
        };
        format!(
            "Wallet {}: total profit {profit}, by a {} history of {} rows. As of {}.",
            profile.address,
            identity::completeness(&history.completeness),
            history.activity_count,
            utc(history.imported_at),
        )
    }

    fn main(&self) -> Markup {
        let profile = self.profile();
        let has_figures = profile.history.is_some() && profile.import.state != "empty";
        html! {
            main class="main page wallet" id="main" {
                (head::head(self.asked, self.id, self.loaded, self.is_simulated, self.now))
                (head::notice(profile, self.now))
                @if has_figures {
                    div class="body" {
                        div class="left" { (self.left()) }
                        aside class="right" aria-label="Reconciliation, exposure, activity and identity" { (self.right()) }
                    }
                } @else {
                    (head::no_history(profile, self.now))
                }
            }
        }
    }

    fn left(&self) -> Markup {
        let Loaded { pnl, scores, metrics, positions, closed, trades, .. } = self.loaded;
        html! {
            (pnl::panel(self.settings, pnl, &identity::name(self.profile())))
            (scores::panel(scores, self.now))
            (figures::panels(metrics, closed, self.now))
            (positions::panel(positions))
            (closed::panel(self.settings, closed))
            (trades::panel(&self.profile().address, self.settings, trades, self.is_simulated))
        }
    }

    fn right(&self) -> Markup {
        let Loaded { pnl, exposure, activity, .. } = self.loaded;
        html! {
            (reconciliation::panel(pnl))
            (exposure::panel(exposure))
            (activity::panel(&self.profile().address, activity))
            (identity::panel(self.profile()))
        }
    }
}
