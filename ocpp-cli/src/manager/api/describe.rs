//! The description of the interface (OpenAPI 3.1): what all operations have in common is added here, so that
//! it cannot be forgotten at one of them.

use axum::http::Method;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};

use super::caller::SIGN_IN_COOKIE;
use super::guard::{API_KEY, Need, need_of};
use super::problem::Problem;

/// The name of the security scheme of the pages.
const SIGN_IN: &str = "sign_in";

/// The description of the interface as a whole.
#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "ocpp manager",
        description = "Everything that an OCPP charging-station manager knows and does: stations, tokens, tariffs, sessions, payments, receipts, commands.\n\n\
            **Lists** come in pages: `limit` says how many, `after` continues with the `next` of the page before.\n\n\
            **Problems** are told as RFC 9457 has it (`application/problem+json`).\n\n\
            **Changes:** what is replaced has an `ETag`, and `If-Match` keeps one from overwriting what somebody else wrote. \
            A POST with an `Idempotency-Key` is done once, however often it is sent.\n\n\
            **Amounts** are decimal texts, times are RFC 3339, energy is in Wh and power in W.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    components(schemas(Problem)),
    modifiers(&Schemes),
    tags(
        (name = "stations", description = "Charging stations, who may connect, and their connectors"),
        (name = "refusals", description = "Who was turned away, and why"),
        (name = "commands", description = "Commands to stations, as OCPP spells them"),
        (name = "alarms", description = "What is wrong at stations of every version, and their events"),
        (name = "monitors", description = "Monitors on variables of stations (2.x)"),
        (name = "displays", description = "Messages on the displays of stations (2.x)"),
        (name = "customers", description = "What stations know about customers: personal data, for a time (2.x)"),
        (name = "reservations", description = "Places that are kept for drivers"),
        (name = "local lists", description = "The tokens that stations decide on by themselves"),
        (name = "availability", description = "Which places are to be in use"),
        (name = "usage", description = "What ports did, and how much they are used"),
        (name = "energy", description = "Charging profiles, limits, grid support, streams, swaps, settlements on stations"),
        (name = "firmware", description = "Firmware, updates of stations, and campaigns"),
        (name = "logs", description = "Logs that stations upload"),
        (name = "security", description = "Security events and certificates of stations"),
        (name = "uptime", description = "Uptime reports by formula, what excuses outages, and what was submitted"),
        (name = "sites", description = "Where stations stand"),
        (name = "tokens", description = "Who may charge"),
        (name = "tariffs", description = "What it costs"),
        (name = "sessions", description = "Charging sessions, their meter values, cost and receipts"),
        (name = "receipts", description = "Receipts, one for each session that ended"),
        (name = "payments", description = "Payments, and giving money back"),
        (name = "events", description = "What happens, as it happens"),
        (name = "messages", description = "The message log: every frame, with what tells of a person replaced"),
        (name = "access", description = "Users, API keys, and who calls"),
    )
)]
pub(super) struct Description;

/// The description without any operation.
pub(super) fn without_operations() -> OpenApi {
    Description::openapi()
}

/// How callers say who they are.
struct Schemes;

impl Modify for Schemes {
    fn modify(&self, description: &mut OpenApi) {
        let key = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("ocpp_…")
            .description(Some("An API key, made under /api/v1/api-keys, on the page or by `ocpp key create`. Each operation names the scope that it needs."))
            .build();
        let cookie = ApiKeyValue::with_description(
            SIGN_IN_COOKIE,
            "The sign-in of the pages. What changes something needs the header X-CSRF-Token, too.",
        );
        let components = description.components.get_or_insert_default();
        components.add_security_scheme(API_KEY, SecurityScheme::Http(key));
        components.add_security_scheme(SIGN_IN, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// Adds what all operations have in common.
pub(super) fn complete(description: &mut OpenApi) {
    for item in description.paths.paths.values_mut() {
        for (method, operation) in [
            (Method::GET, &mut item.get),
            (Method::PUT, &mut item.put),
            (Method::POST, &mut item.post),
            (Method::DELETE, &mut item.delete),
        ] {
            if let Some(operation) = operation {
                complete_operation(&method, operation);
            }
        }
    }
}

fn complete_operation(method: &Method, operation: &mut Operation) {
    let scopes = match need_of(operation) {
        Some(Need::Scope(scope)) => vec![scope.name()],
        _ => Vec::new(),
    };
    let needed = match scopes.first() {
        Some(scope) => format!("Needs the scope `{scope}`."),
        None => "Needs a valid key, whatever its scopes.".to_owned(),
    };
    let text = operation.description.take().map(|text| format!("{text}\n\n")).unwrap_or_default();
    operation.description = Some(format!("{text}{needed}"));
    operation.security.get_or_insert_default().push(SecurityRequirement::new(SIGN_IN, scopes));
    let changes = !method.is_safe();
    for (status, text, applies) in [
        ("400", "The request cannot be read", operation.request_body.is_some()),
        ("401", "The key or sign-in is missing, unknown, expired or revoked", true),
        ("403", "The key or user may not do this, or the request may be forged", true),
        ("413", "The body is too large", operation.request_body.is_some()),
        ("415", "The body is of another type", operation.request_body.is_some()),
        ("429", "Too many attempts with unknown keys from this address", true),
        ("503", "The manager cannot do this at present", true),
    ] {
        if applies {
            let described = operation.responses.responses.entry(status.to_owned());
            described.or_insert_with(|| RefOr::T(ResponseBuilder::new().description(text).build()));
        }
    }
    if *method == Method::POST {
        add_idempotency_key(operation);
    }
    if changes && operation.request_body.is_some() {
        // A record may change between reading and writing even where no If-Match is given.
        let described = operation.responses.responses.entry("409".to_owned());
        let text = "Somebody else has changed it, or a request with this Idempotency-Key is being worked on";
        described.or_insert_with(|| RefOr::T(ResponseBuilder::new().description(text).build()));
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && status.as_str() >= "400"
        {
            let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
            response.content.entry("application/problem+json".to_owned()).or_insert(RefOr::T(content));
        }
    }
}

fn add_idempotency_key(operation: &mut Operation) {
    const NAME: &str = "Idempotency-Key";
    let parameters = operation.parameters.get_or_insert_default();
    let is_there = parameters.iter().any(|known| matches!(known, RefOr::T(known) if known.name == NAME));
    if is_there {
        return;
    }
    let schema = ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255));
    let parameter = ParameterBuilder::new()
        .name(NAME)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "Names this request, so that it is done once: the same key is answered as the first time",
        ))
        .schema(Some(schema));
    parameters.push(RefOr::T(parameter.build()));
}
