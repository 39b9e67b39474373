//! What a station says of the price of a transaction (I07, I11, I12).

use alloc::boxed::Box;

use super::profile::json;
use super::wire;
use crate::dialect::two::boxed;
use crate::model::Pricing;
use crate::types::Text;

/// A price that cannot be said does not keep the report from leaving.
pub(super) fn dress_transaction(said: &mut wire::TransactionEventRequest, pricing: Option<&Pricing>) {
    let Some(pricing) = pricing else { return };
    said.transaction_info.tariff_id = pricing.tariff.as_deref().and_then(|id| Text::new(id).ok());
    said.cost_details = pricing.cost.as_ref().and_then(|cost| serde_json::from_str(cost.as_str()).ok());
}

pub(super) fn heard_pricing(heard: &wire::TransactionEventRequest) -> Option<Box<Pricing>> {
    let tariff = heard.transaction_info.tariff_id.as_deref().map(boxed);
    let cost = heard.cost_details.as_ref().and_then(json);
    (tariff.is_some() || cost.is_some()).then(|| Box::new(Pricing { tariff, cost }))
}
