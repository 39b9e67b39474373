//! `/api/v1/receipts`.

use axum::Json;
use axum::extract::State;
use ocpp_server::domain::{Receipt, SessionNumber};
use ocpp_server::store::TypedRecords;

use super::answer::{Order, page_of};
use super::money::ReceiptView;
use super::problem::Problem;
use super::request::{Key, PageQuery, Params};
use super::views::List;
use crate::manager::App;

/// List the receipts
///
/// The highest number first.
#[utoipa::path(
    get, path = "/api/v1/receipts", tag = "receipts", operation_id = "listReceipts",
    security(("api_key" = ["sessions:read"])),
    params(PageQuery),
    responses(
        (status = 200, description = "A page of receipts", body = List<ReceiptView>),
        (status = 422, description = "A parameter is wrong"),
    )
)]
pub(crate) async fn list(
    State(app): State<App>,
    Params(query): Params<PageQuery>,
) -> Result<Json<List<ReceiptView>>, Problem> {
    page_of(&app, query, Order::NewestFirst, |receipt: Receipt| receipt.into()).await
}

/// Show one receipt
#[utoipa::path(
    get, path = "/api/v1/receipts/{number}", tag = "receipts", operation_id = "getReceipt",
    security(("api_key" = ["sessions:read"])),
    params(("number" = String, Path, description = "The receipt's number")),
    responses(
        (status = 200, description = "The receipt", body = ReceiptView),
        (status = 404, description = "There is no such receipt"),
    )
)]
pub(crate) async fn one(State(app): State<App>, Key(number): Key) -> Result<Json<ReceiptView>, Problem> {
    let missing = || Problem::not_found(format!("There is no receipt {number:?}."));
    let key = number.parse().map(SessionNumber).map_err(|_| missing())?;
    let receipt: Option<Receipt> = app.csms.store().get(&Receipt::key_of(key)).await?;
    Ok(Json(receipt.ok_or_else(missing)?.into()))
}
