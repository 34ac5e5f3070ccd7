//! Putting routes and layers together, and serving them.

use std::{io, net::SocketAddr, time::Duration};

use axum::{Router, http::Uri, routing::get};
use domain::ErrorCode;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    api, assets,
    http::{error::ApiError, layers, state::AppState},
    pages,
};

/// Every route with every layer.
pub fn router(app: AppState) -> Router {
    let (api, _) = api::routes().split_for_parts();
    let routes = api
        .merge(pages::routes())
        .route("/assets/{*path}", get(assets::get_asset))
        .fallback(nothing_here);
    layers::apply(routes, &app).with_state(app)
}

async fn nothing_here(uri: Uri) -> ApiError {
    let path: String = uri.path().chars().take(200).collect();
    ApiError::new(ErrorCode::RouteNotFound).with("path", path)
}

/// Serves until `stop` is cancelled, which must be the token that the state has, so that streams end; then
/// takes no more connections and gives requests under way `drain` to end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    drain: Duration,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service)
        .with_graceful_shutdown(stop.clone().cancelled_owned())
        .into_future();
    let drained = async {
        stop.cancelled().await;
        tokio::time::sleep(drain).await;
    };
    tokio::select! {
        ended = serving => ended,
        () = drained => {
            tracing::warn!("Stopped with requests still under way");
            Ok(())
        }
    }
}
