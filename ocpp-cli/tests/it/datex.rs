//! DATEX II against a running manager: well-formed, with the namespaces and the order of elements of the published
//! schemas (EnergyInfrastructure, Facilities and LocationExtension 3.5), of which what is told here is written down
//! below by hand.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::json;

use crate::api::manager;
use crate::places::{Public, published, report};
use crate::running::directory;

/// An element as it was read.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn read(text: &str) -> Element {
        let mut reader = Reader::from_str(text);
        let mut open = vec![Element::default()];
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(start) => open.push(Element::begun(&start)),
                Event::Empty(start) => {
                    let element = Element::begun(&start);
                    open.last_mut().expect("a parent").children.push(element);
                }
                Event::Text(text) => {
                    open.last_mut().expect("a parent").text.push_str(text.trim());
                }
                Event::End(_) => {
                    let element = open.pop().expect("an element");
                    open.last_mut().expect("a parent").children.push(element);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(open.len(), 1, "every element is closed");
        open.remove(0).children.remove(0)
    }

    fn begun(start: &quick_xml::events::BytesStart<'_>) -> Element {
        let attributes = start.attributes().map(|attribute| {
            let attribute = attribute.expect("an attribute");
            (attribute.key.as_ref().to_owned(), attribute.value.to_string())
        });
        let attributes = attributes.collect();
        Element { name: start.name().as_ref().to_owned(), attributes, ..Element::default() }
    }

    fn attribute(&self, name: &str) -> &str {
        self.attributes.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn find(&self, name: &str) -> &Element {
        self.all(name).into_iter().next().unwrap_or_else(|| panic!("no {name} in {self:?}"))
    }

    fn all(&self, name: &str) -> Vec<&Element> {
        let own = (self.name == name).then_some(self);
        own.into_iter().chain(self.children.iter().flat_map(|child| child.all(name))).collect()
    }

    /// Every element has the children that it may have, in their order.
    fn hold(&self) {
        let may: Vec<&str> = order_of(&self.name).split_whitespace().collect();
        let mut last = 0;
        for child in &self.children {
            let at = may.iter().position(|name| *name == child.name);
            let at = at.unwrap_or_else(|| panic!("{} may have no {}", self.name, child.name));
            assert!(at >= last, "{} comes too late in {}", child.name, self.name);
            last = at;
            child.hold();
        }
    }
}

/// What may stand in an element, in order.
fn order_of(name: &str) -> &'static str {
    match name {
        "d2:payload" => {
            "com:publicationTime com:publicationCreator egi:tableReference egi:energyInfrastructureTable \
             egi:energyInfrastructureSiteStatus"
        }
        "com:publicationCreator" => "com:country com:nationalIdentifier",
        "egi:energyInfrastructureTable" => "egi:energyInfrastructureSite",
        "egi:energyInfrastructureSite" => {
            "fac:name fac:lastUpdated fac:operatingHours fac:locationReference fac:operator fac:helpdesk egi:brand \
             egi:energyInfrastructureStation"
        }
        "fac:locationReference" => "loc:_locationReferenceExtension loc:coordinatesForDisplay",
        "loc:_locationReferenceExtension" => "loc:facilityLocation",
        "loc:facilityLocation" => "locx:address",
        "locx:address" => "locx:postcode locx:city locx:countryCode locx:addressLine",
        "locx:addressLine" => "locx:type locx:text",
        "loc:coordinatesForDisplay" => "loc:latitude loc:longitude",
        "fac:operator" | "fac:helpdesk" => "fac:name fac:legalName fac:organisationUnit",
        "fac:organisationUnit" => "fac:contactInformation",
        "fac:contactInformation" => "fac:telephoneNumber fac:eMail",
        "egi:energyInfrastructureStation" => {
            "fac:name fac:lastUpdated egi:totalMaximumPower egi:authenticationAndIdentificationMethods \
             egi:numberOfRefillPoints egi:refillPoint"
        }
        "egi:refillPoint" => {
            "fac:name fac:externalIdentifier fac:lastUpdated egi:deliveryUnit egi:evseId egi:usageType \
             egi:numberOfConnectors egi:availableChargingPower egi:connector egi:electricEnergy"
        }
        "egi:connector" => {
            "egi:connectorType egi:chargingMode egi:connectorFormat egi:maxPowerAtSocket egi:voltage egi:maximumCurrent"
        }
        "egi:electricEnergy" => "egi:energyRate",
        "egi:energyRate" => "egi:ratePolicy egi:lastUpdated egi:applicableCurrency egi:additionalInformation",
        "egi:energyInfrastructureSiteStatus" => {
            "fac:reference fac:lastUpdated egi:energyInfrastructureStationStatus"
        }
        "egi:energyInfrastructureStationStatus" => {
            "fac:reference fac:lastUpdated egi:isAvailable egi:refillPointStatus"
        }
        "egi:refillPointStatus" => "fac:reference fac:lastUpdated egi:status egi:energyRateUpdate",
        "egi:energyRateUpdate" => {
            "egi:lastUpdated egi:energyRateReference egi:additionalInformation egi:energyPrice"
        }
        "egi:energyPrice" => "egi:priceType egi:value egi:taxIncluded egi:taxRate",
        "fac:name"
        | "fac:legalName"
        | "egi:brand"
        | "locx:city"
        | "locx:text"
        | "egi:additionalInformation" => "com:values",
        "com:values" => "com:value",
        _ => "",
    }
}

#[tokio::test]
async fn access_points_read_sites_as_a_table_and_their_state_by_reference() {
    let data = directory();
    let (manager, program) = manager(data.path()).await;
    let public = Public::of(&manager);
    let (table, status) = ("/public/v1/datex2/table.xml", "/public/v1/datex2/status.xml");
    Element::read(&public.get(table).await.text).hold();
    let site = published(&program).await;
    let mut named = crate::places::site_body();
    named["name"] = json!("Harbour & <Sons>");
    assert_eq!(program.put(&format!("sites/{site}"), &named).await.status, 200);
    let tariff = json!({"name": "A", "tariff": {"id": "a", "currency": "EUR",
        "energy": {"prices": [{"price_kwh": "0.415"}], "tax_rates": [{"type": "VAT", "tax": "19"}]}}});
    assert_eq!(program.post("tariffs", &tariff).await.status, 201);
    assert_eq!(program.put(&format!("sites/{site}/tariff"), &json!({"tariff_id": "a"})).await.status, 200);
    let mut station = manager.dial("CS1", "ocpp2.0.1").await.expect("admitted");
    report(&mut station, 1, 1, "Available").await;
    report(&mut station, 2, 1, "Occupied").await;
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;

    let answer = public.get(table).await;
    assert_eq!(answer.header("content-type"), "application/xml; charset=utf-8");
    let told = Element::read(&answer.text);
    told.hold();
    assert_eq!(told.attribute("xsi:type"), "egi:EnergyInfrastructureTablePublication");
    assert_eq!(told.attribute("xmlns:egi"), "http://datex2.eu/schema/3/energyInfrastructure");
    assert!(answer.text.contains("Harbour &amp; &lt;Sons&gt;"), "{}", answer.text);
    assert!(!answer.text.contains("CS1"), "its identity is not told");
    let points = told.all("egi:refillPoint");
    assert_eq!(points.len(), 2);
    assert_eq!(points[0].find("egi:evseId").text, "DE*ABC*E1");
    let types: Vec<&str> = points[0].all("egi:connectorType").iter().map(|kind| kind.text.as_str()).collect();
    assert_eq!(types, ["iec62196T2COMBO", "chademo"]);

    let answer = public.get(status).await;
    let state = Element::read(&answer.text);
    state.hold();
    assert_eq!(state.attribute("xsi:type"), "egi:EnergyInfrastructureStatusPublication");
    let states: Vec<&str> = state.all("egi:status").iter().map(|status| status.text.as_str()).collect();
    assert_eq!(states, ["available", "occupied"], "{}", answer.text);
    let table = told.find("egi:energyInfrastructureTable");
    let reference = state.find("egi:tableReference");
    assert_eq!(reference.attribute("id"), table.attribute("id"));
    for (status, point) in state.all("egi:refillPointStatus").iter().zip(&points) {
        assert_eq!(status.find("fac:reference").attribute("id"), point.attribute("id"));
        let rate = status.find("egi:energyRateReference").attribute("id");
        assert_eq!(rate, point.find("egi:energyRate").attribute("id"));
    }
    let price = state.find("egi:energyPrice");
    let of_price = ["egi:priceType", "egi:value", "egi:taxIncluded", "egi:taxRate"]
        .map(|name| price.find(name).text.as_str());
    assert_eq!(of_price, ["pricePerKWh", "0.42", "false", "19"], "two decimals, half a cent up");
    assert!(
        state.find("egi:additionalInformation").find("com:value").text.contains("0.415"),
        "the words are exact"
    );
}
