//! Whether a request really comes from the manager's own pages.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::refuse::Refuse;
use crate::manager::App;
use crate::manager::origin::{is_for_this_machine, is_from_own_page};

/// Refuses what no page of this manager can have sent: a change that another page asks for, and, where no
/// sign-in is needed, everything under a name that is not this machine's own.
pub(super) async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    if !app.needs_sign_in && !is_for_this_machine(request.headers(), request.uri()) {
        return Refuse::NotLoopback.into_response();
    }
    if !request.method().is_safe() && !is_from_own_page(request.headers()) {
        return Refuse::Forged.into_response();
    }
    next.run(request).await
}
