//! Judges the signed meter values of transactions.
//!
//! ```sh
//! echo '{"key":"3059…","sets":["OCMF|{…}|{…}"]}' | cargo run -p ocpp-core --features signed --example check_ocmf
//! ```
//!
//! Each line of the input is one transaction: the public key of the meter, its data sets, and `"time":true` when
//! time is billed as well. For each comes one line: whether every signature fits, the energy that may be billed,
//! or why none may be.

use std::io::{self, BufRead, Write};

use ocpp_core::signed::{Billed, KeyOwner, Ocmf, PublicKey, Terms, judge};
use serde_json::{Value, json};

fn main() -> io::Result<()> {
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let answer = check(&line?).unwrap_or_else(|error| json!({ "error": error }));
        writeln!(output, "{answer}")?;
    }
    Ok(())
}

fn check(line: &str) -> Result<Value, String> {
    let question: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let key =
        PublicKey::parse(question["key"].as_str().unwrap_or_default()).map_err(|bad| bad.to_string())?;
    let sets: Vec<Ocmf> = question["sets"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|set| Ocmf::parse(set.as_str().unwrap_or_default()))
        .collect::<Result<_, _>>()
        .map_err(|bad| bad.to_string())?;
    let billed = if question["time"] == true { Billed::EnergyAndTime } else { Billed::Energy };
    // Whose key it is, whoever asks has to know; here it is taken for that of the first set's meter.
    let owner =
        KeyOwner::Meter(sets.first().and_then(|set| set.payload.meter.serial.clone()).unwrap_or_default());
    let verdict = judge(&sets, &Terms { key: &key, owner: &owner, billed, register: None });
    Ok(json!({
        "verified": sets.iter().all(|set| set.verify(&key).is_ok()),
        "energy_wh": verdict.bill().map(|bill| bill.energy_wh.normalize().to_string()),
        "objections": verdict.objections.iter().map(ToString::to_string).collect::<Vec<_>>(),
    }))
}
