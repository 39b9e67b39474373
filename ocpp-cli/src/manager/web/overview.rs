//! `/`: everything as it is at this moment, and the script that keeps it so.

use axum::extract::Query;
use maud::{Markup, html};
use ocpp_server::domain::{Scope, Site};
use serde::Deserialize;

use super::frame::{self, Tab};
use super::links::encoded;
use super::parts::Overview;
use super::refuse::Refuse;
use super::visitor::Visitor;

/// Which stations are shown.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct At {
    /// Only those of this site; all when absent.
    #[serde(default)]
    pub(super) site: String,
}

/// `GET /`
pub(super) async fn index(visitor: Visitor, Query(at): Query<At>) -> Result<Markup, Refuse> {
    visitor.needs(Scope::StationsRead)?;
    let overview = Overview::read(&visitor.app.csms, &at).await?;
    let body = html! {
        (sites(overview.sites(), &at))
        (overview.summary())
        (overview.stations())
        @if visitor.may(Scope::SessionsRead) { (overview.sessions()) }
        (overview.refusals())
        script src="/static/live.js" defer data-live=(address(&at)) {}
    };
    Ok(frame::page(&visitor, Tab::Overview, "Overview", body))
}

fn address(at: &At) -> String {
    if at.site.is_empty() { "/live".to_owned() } else { format!("/live?site={}", encoded(&at.site)) }
}

/// The choice of a site, when there are several.
fn sites(sites: &[Site], at: &At) -> Markup {
    html! {
        @if sites.len() > 1 || !at.site.is_empty() {
            nav.filter aria-label="Sites" {
                a href="/" aria-current=[at.site.is_empty().then_some("true")] { "All sites" }
                @for site in sites {
                    a href={ "/?site=" (encoded(&site.id.0)) }
                        aria-current=[(site.id.0 == at.site).then_some("true")] { (site.name) }
                }
            }
        }
    }
}
