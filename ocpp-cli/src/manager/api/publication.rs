//! What a site tells the public, as it is shown and written.

use std::collections::BTreeSet;

use jiff::Timestamp;
use ocpp_core::model::tariff::{DayOfWeek, TimeOfDay};
use ocpp_server::domain::{AccessType, OpeningHours, PaymentWay, Publication, Span, WeeklyHours};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a site tells the public.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = Publication)]
pub(crate) struct PublicationView {
    /// Whether anything of the site is given out. A published site has an operator, an address with street, city and
    /// country, and coordinates.
    published: bool,
    /// The name under which drivers know the operator.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100, example = "Harbour Energy")]
    operator: Option<String>,
    /// The name of the company that answers for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    legal_name: Option<String>,
    /// The number that drivers call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 30, example = "+49 40 123456")]
    helpline: Option<String>,
    /// Where drivers write to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254, example = "help@example.com")]
    support_mail: Option<String>,
    /// When it is open.
    hours: HoursView,
    /// Who may charge: `public`, `customers` or `restricted`.
    #[schema(value_type = String, example = "public")]
    access: AccessType,
    /// How one can pay: `contactless`, `chip_card`, `qr_code`, `app`, `rfid`, `plug_and_charge`, `phone`, `cash`.
    #[schema(value_type = Vec<String>, example = json!(["contactless", "rfid"]))]
    payment: BTreeSet<PaymentWay>,
}

/// When a site is open, in its own time zone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = OpeningHours)]
pub(crate) struct HoursView {
    /// The hours of every week; day and night when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    weekly: Option<Vec<WeeklyView>>,
    /// When it is open besides.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    openings: Vec<SpanView>,
    /// When it is closed all the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    closings: Vec<SpanView>,
}

/// Hours of a day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WeeklyHours)]
pub(crate) struct WeeklyView {
    /// The day, such as `Monday`.
    #[schema(value_type = String, example = "Monday")]
    day: DayOfWeek,
    /// From this time on.
    #[schema(value_type = String, example = "06:00")]
    from: TimeOfDay,
    /// Until before this time of the same day; `00:00` is the day's end.
    #[schema(value_type = String, example = "22:00")]
    until: TimeOfDay,
}

/// A span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Span)]
pub(crate) struct SpanView {
    /// Its begin.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Its end, exclusive.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

impl From<OpeningHours> for HoursView {
    fn from(hours: OpeningHours) -> HoursView {
        let weekly = |hours: WeeklyHours| WeeklyView { day: hours.day, from: hours.from, until: hours.until };
        let span = |span: Span| SpanView { from: span.from, until: span.until };
        HoursView {
            weekly: hours.weekly.map(|hours| hours.into_iter().map(weekly).collect()),
            openings: hours.openings.into_iter().map(span).collect(),
            closings: hours.closings.into_iter().map(span).collect(),
        }
    }
}

impl From<HoursView> for OpeningHours {
    fn from(view: HoursView) -> OpeningHours {
        let weekly = |view: WeeklyView| WeeklyHours { day: view.day, from: view.from, until: view.until };
        let span = |view: SpanView| Span { from: view.from, until: view.until };
        OpeningHours {
            weekly: view.weekly.map(|hours| hours.into_iter().map(weekly).collect()),
            openings: view.openings.into_iter().map(span).collect(),
            closings: view.closings.into_iter().map(span).collect(),
        }
    }
}

impl From<Publication> for PublicationView {
    fn from(public: Publication) -> PublicationView {
        let Publication { published, operator, legal_name, helpline, support_mail, hours, access, payment } =
            public;
        let hours = hours.into();
        PublicationView { published, operator, legal_name, helpline, support_mail, hours, access, payment }
    }
}

impl From<PublicationView> for Publication {
    fn from(view: PublicationView) -> Publication {
        let PublicationView {
            published,
            operator,
            legal_name,
            helpline,
            support_mail,
            hours,
            access,
            payment,
        } = view;
        let hours = hours.into();
        Publication { published, operator, legal_name, helpline, support_mail, hours, access, payment }
    }
}
