//! What signed data prove, and every reason why they prove nothing.

use ocpp_core::signed::{Bill, Billed, KeyOwner, Objection, Ocmf, PublicKey, Terms, Verdict, judge};

use super::{signed, test_key, vectors};

const REGISTER: &str = "1-b:1.8.0";

/// One reading of a register in kWh.
fn reading(minute: u32, tx: &str, value: &str) -> String {
    format!(
        r#"{{"TM":"2026-01-31T12:{minute:02}:00,000+0100 S","TX":"{tx}","RV":{value},"RI":"{REGISTER}","RU":"kWh","EF":"","ST":"G"}}"#
    )
}

fn set(page: &str, readings: &[String]) -> Ocmf {
    signed(&payload(page, readings))
}

fn payload(page: &str, readings: &[String]) -> String {
    format!(
        r#"{{"PG":"{page}","GS":"G1","MS":"M1","CI":"DE*1","IS":true,"IL":"TRUSTED","RD":[{}]}}"#,
        readings.join(",")
    )
}

fn verdict(sets: &[Ocmf], billed: Billed, register: Option<&str>) -> Verdict {
    let (key, owner) = (test_key(), KeyOwner::Meter("M1".into()));
    judge(sets, &Terms { key: &key, owner: &owner, billed, register })
}

fn energy(sets: &[Ocmf]) -> String {
    let verdict = verdict(sets, Billed::EnergyAndTime, None);
    assert_eq!(verdict.objections, []);
    verdict.bill().unwrap().energy_wh.to_string()
}

/// The sentences of all objections to sets that are billed by energy and time.
fn objections(sets: &[Ocmf]) -> Vec<String> {
    let verdict = verdict(sets, Billed::EnergyAndTime, None);
    assert_eq!(verdict.bill(), None);
    assert!(!verdict.objections.is_empty());
    verdict.objections.iter().map(ToString::to_string).collect()
}

/// A transaction in one set, with something in the text replaced before it is signed.
fn changed(from: &str, to: &str) -> Vec<Ocmf> {
    let text = payload("T1", &[reading(0, "B", "1.0"), reading(30, "C", "2.0"), reading(59, "E", "3.0")]);
    assert!(text.contains(from), "{from} is in {text}");
    vec![signed(&text.replacen(from, to, 1))]
}

#[test]
fn a_transaction_in_one_set_or_in_several_is_billed() {
    assert_eq!(energy(&[set("T1", &[reading(0, "B", "2935.600"), reading(9, "E", "2946.1")])]), "10500.000");
    let three = [
        set("T7", &[reading(0, "B", "1.0")]),
        set("T8", &[reading(1, "C", "1.5"), reading(2, "T", "1.7"), reading(3, "S", "1.7")]),
        set("T9", &[reading(4, "R", "2.25")]),
    ];
    assert_eq!(energy(&three), "1250.00");
    let [begin, middle, end] = three;
    assert_eq!(energy(&[end.clone(), begin.clone(), middle.clone(), begin, end]), "1250.00");
}

#[test]
fn what_openssl_signed_is_billed_on_every_supported_curve() {
    let owner = KeyOwner::GatewayAndMeter { gateway: "GW0042".into(), meter: "1EMH0000123456".into() };
    let mut billed = 0;
    for vector in vectors() {
        let Ok(key) = PublicKey::parse(&vector.key) else { continue };
        let terms =
            Terms { key: &key, owner: &owner, billed: Billed::EnergyAndTime, register: Some("1-B:1.8.0") };
        for texts in [vec![&vector.hex], vec![&vector.begin, &vector.charging, &vector.end]] {
            let sets: Vec<Ocmf> = texts.into_iter().map(|text| Ocmf::parse(text).unwrap()).collect();
            let verdict = judge(&sets, &terms);
            let expected = Bill {
                energy_wh: "10500.000".parse().unwrap(),
                register: Some("1-b:1.8.0".into()),
                begin: "2026-01-31T11:00:00Z".parse().unwrap(),
                end: "2026-01-31T12:00:00Z".parse().unwrap(),
            };
            assert_eq!((verdict.bill(), &verdict.objections[..]), (Some(&expected), &[][..]));
            billed += 1;
        }
    }
    assert_eq!(billed, 8);
}

#[test]
fn every_doubt_is_an_objection() {
    let cases = [
        (
            r#""GS":"G1","MS":"M1""#,
            r#""GS":"G1","MS":"M2""#,
            "data set T1 is not of the meter that the key belongs to",
        ),
        (r#""PG":"T1""#, r#""PG":"F1""#, "data set F1 belongs to no transaction"),
        (r#""PG":"T1","#, "", "data set #0 has no pagination"),
        (r#""TRUSTED""#, r#""MISMATCH""#, "data set T1: the driver's identification failed"),
        (r#""ST":"G""#, r#""ST":"F""#, "reading 0 of data set T1: the meter did not read its register"),
        (r#""ST":"G""#, r#""ST":"Z""#, "reading 0 of data set T1: the meter has an error"),
        (r#""EF":"""#, r#""EF":"t""#, "reading 0 of data set T1 is marked as erroneous"),
        (r#""EF":"""#, r#""EF":"?""#, "reading 0 of data set T1 is marked as erroneous"),
        (
            r#""TX":"C""#,
            r#""TX":"X""#,
            "reading 1 of data set T1 tells an exception: nothing counts from there on",
        ),
        (
            "+0100 S",
            "+0100 U",
            "reading 0 of data set T1: the clock is not synchronised, so that no time can be billed",
        ),
        (
            "+0100 S",
            "+0100",
            "reading 0 of data set T1: the clock is not synchronised, so that no time can be billed",
        ),
        (r#""TX":"E""#, r#""TX":"P""#, "the power failed, so that no time can be billed"),
        (
            r#""TX":"B""#,
            r#""TX":"C""#,
            "register 1-b:1.8.0: the first reading is not the begin of the transaction",
        ),
        (
            r#""TX":"E""#,
            r#""TX":"C""#,
            "register 1-b:1.8.0: the last reading is not the end of the transaction",
        ),
        (r#""TX":"C""#, r#""TX":"A""#, "register 1-b:1.8.0: the transaction begins or ends more than once"),
        (r#""TX":"C""#, r#""TX":"B""#, "register 1-b:1.8.0: the transaction begins or ends more than once"),
        ("3.0", "0.9", "register 1-b:1.8.0 ran backwards"),
        ("2.0", "3.1", "register 1-b:1.8.0 ran backwards"),
        ("12:30", "11:30", "register 1-b:1.8.0: the clock ran backwards"),
        ("2.0", "2e300", "register 1-b:1.8.0: a value is missing, or too large to calculate with"),
    ];
    for (from, to, sentence) in cases {
        assert_eq!(objections(&changed(from, to)), [sentence], "{from} → {to}");
    }
    let volts = changed("kWh", "V")[0].as_str().replace("kWh", "V");
    let text = volts.split('|').nth(1).unwrap().to_owned();
    assert_eq!(
        objections(&[signed(&text)]),
        ["no reading tells an energy of the register that is billed by"]
    );
    assert_eq!(objections(&[])[0], "there are no signed data");
    let silent = payload("T1", &[reading(0, "B", "1.0"), reading(1, "E", "2.0")]).replace(r#","ST":"G""#, "");
    assert_eq!(
        objections(&[signed(&silent)]),
        [
            "reading 0 of data set T1 has no status of the meter",
            "reading 1 of data set T1 has no status of the meter"
        ]
    );
}

#[test]
fn several_objections_are_all_told() {
    let text = payload("T1", &[reading(0, "B", "1.0"), reading(1, "X", "0.5")])
        .replace(r#""ST":"G""#, r#""ST":"N""#);
    assert_eq!(objections(&[signed(&text)]).len(), 4);
}

#[test]
fn energy_alone_needs_no_clock() {
    for (from, to) in [("+0100 S", "+0100 U"), (r#""TX":"E""#, r#""TX":"P""#)] {
        let verdict = verdict(&changed(from, to), Billed::Energy, None);
        assert_eq!((verdict.bill().is_some(), &verdict.objections[..]), (true, &[][..]), "{from} → {to}");
    }
    let last = changed(":59:00,000+0100 S", ":59:00,000+0100 R");
    assert!(verdict(&last, Billed::EnergyAndTime, None).bill().is_some());
    let first = changed("+0100 S", "+0100 R");
    assert!(verdict(&first, Billed::Energy, None).bill().is_some());
    assert_eq!(
        objections(&first),
        ["register 1-b:1.8.0: the clock of the begin is relative, that of the end is not"]
    );
}

#[test]
fn a_set_that_is_missing_changed_or_of_another_meter_is_noticed() {
    let begin = set("T7", &[reading(0, "B", "1.0")]);
    let end = set("T9", &[reading(4, "E", "2.0")]);
    assert_eq!(objections(&[begin.clone(), end.clone()]), ["data sets are missing between T7 and T9"]);
    let other = set("T7", &[reading(0, "B", "0.5")]);
    assert_eq!(objections(&[begin.clone(), other, end.clone()])[0], "there are two different data sets T7");
    let middle = signed(&payload("T8", &[reading(1, "C", "1.5")]).replace("G1", "G2"));
    assert_eq!(objections(&[begin.clone(), middle, end]), ["the data sets are of different meters"]);
    let forged = Ocmf::parse(&begin.as_str().replace(r#""RV":1.0"#, r#""RV":0.1"#)).unwrap();
    assert_eq!(
        objections(&[forged])[0],
        "data set T7: the signature does not fit: the data were changed, or it is the key of another meter"
    );
}

#[test]
fn the_owner_of_the_key_is_looked_for_where_it_is_named() {
    let sets = [set("T1", &[reading(0, "B", "1.0"), reading(1, "E", "2.0")])];
    let owners = [
        (KeyOwner::Meter("M1".into()), KeyOwner::Meter("G1".into())),
        (KeyOwner::Gateway("G1".into()), KeyOwner::Gateway("M1".into())),
        (
            KeyOwner::GatewayAndMeter { gateway: "G1".into(), meter: "M1".into() },
            KeyOwner::GatewayAndMeter { gateway: "G1".into(), meter: "M2".into() },
        ),
        (KeyOwner::ChargePoint("DE*1".into()), KeyOwner::ChargePoint("DE*2".into())),
    ];
    let key = test_key();
    for (right, wrong) in owners {
        let judged =
            |owner| judge(&sets, &Terms { key: &key, owner, billed: Billed::Energy, register: None });
        assert!(judged(&right).bill().is_some(), "{right:?}");
        assert_eq!(judged(&wrong).objections, [Objection::NotTheOwner { page: "T1".into() }]);
    }
}

/// The sums of several registers, each with its begin and end in one set.
fn registers(codes: &[(&str, &str)]) -> [Ocmf; 1] {
    let readings: Vec<String> = codes
        .iter()
        .flat_map(|(code, end)| {
            [reading(0, "B", "1.0"), reading(9, "E", end)].map(|one| one.replace(REGISTER, code))
        })
        .collect();
    [set("T1", &readings)]
}

#[test]
fn of_several_registers_the_one_that_is_meant_is_billed() {
    let by = |sets: &[Ocmf], register| {
        let verdict = verdict(sets, Billed::Energy, register);
        verdict.bill().map(|bill| bill.energy_wh.to_string()).ok_or(verdict.objections)
    };
    // A lifetime register and one of the transaction that tell the same.
    let same = registers(&[("01-00:98.08.00.FF", "1.636"), ("01-00:9C.08.00.FF", "1.636")]);
    assert_eq!(by(&same, None), Ok("636.000".into()));
    let differ = registers(&[("01-00:B2.08.00*FF", "3.0"), ("01-00:B0.08.00*FF", "2.0")]);
    assert_eq!(by(&differ, None), Err(vec![Objection::SeveralRegisters]));
    assert_eq!(by(&differ, Some("01-00:b0.08.00*ff")), Ok("1000.0".into()));
    assert_eq!(by(&differ, Some("1-0:1.8.0")), Err(vec![Objection::NoRegister]));
    let compensated = registers(&[("01-00:B2.08.00*FF", "3.0"), ("01-00:B3.08.00*FF", "2.9")]);
    assert_eq!(by(&compensated, None), Ok("1900.0".into()));
    let both_ways = registers(&[("1-0:1.8.0", "3.0"), ("1-0:2.8.0", "1.5"), ("01-00:C2.08.00*FF", "7.0")]);
    assert_eq!(by(&both_ways, None), Ok("2000.0".into()));
    assert_eq!(by(&both_ways, Some("1-0:2.8.0")), Ok("500.0".into()));
}
