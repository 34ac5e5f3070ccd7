//! Counting the tape by windows, for the columns of the screener.

use domain::analytics::Window;
use std::sync::Arc;
use store::{StoreError, tape, windows};

use super::read::reaches;
use super::service::{Pen, Sources, ticks};

/// Windows that change within seconds.
const SHORT: [Window; 2] = [Window::TenMinutes, Window::Hour];
/// Windows that are counted less often.
const LONG: [Window; 3] = [Window::SixHours, Window::TwelveHours, Window::Day];

/// Counts again and again, until the database is lost.
pub(super) async fn count(service: Arc<Sources>, pen: Pen) -> Result<(), StoreError> {
    let mut short = ticks(service.options.windows_every);
    let mut long = ticks(service.options.long_windows_every);
    let mut long_due = true;
    loop {
        tokio::select! {
            _ = short.tick() => {}
            _ = long.tick() => long_due = true,
        }
        count_all(&service, &pen, &SHORT).await?;
        // Until the tape reaches back that far there is nothing to count.
        if long_due && count_all(&service, &pen, &LONG).await? {
            long_due = false;
        }
    }
}

/// Counts windows that the tape covers without a hole; whether it covers all of them. Those that it does not cover
/// are unknown, and what was counted of them is forgotten.
async fn count_all(service: &Sources, pen: &Pen, wanted: &[Window]) -> Result<bool, StoreError> {
    let database = service.database.service();
    let mut all = true;
    for &window in wanted {
        let now = service.now();
        let progress = tape::progress(database).await?;
        let mut lock = pen.take().await;
        if reaches(progress, now - window.length(), now) {
            windows::recount(lock.connection(), window, now).await?;
        } else {
            all = false;
            windows::forget(lock.connection(), window).await?;
        }
    }
    Ok(all)
}
