//! Where the fuzzer starts: a small and a full payload of every message, made from what the types say of
//! themselves.

use ocpp_core::action::ActionInfo;
use ocpp_core::message::Shape;
use ocpp_core::wire::Version;
use ocpp_core::{v16, v21, v201};

/// A text to start from.
pub struct Seed {
    /// The target that it is for.
    pub target: &'static str,
    /// A name for its file.
    pub name: String,
    /// The text.
    pub text: String,
}

/// All of them.
pub fn seeds() -> Vec<Seed> {
    let versions =
        [(Version::V16, v16::ACTIONS), (Version::V201, v201::ACTIONS), (Version::V21, v21::ACTIONS)];
    let mut seeds = Vec::new();
    for (version, actions) in versions {
        for action in actions {
            for fill in [Fill::Required, Fill::All] {
                of_action(version, action, fill, &mut seeds);
            }
        }
    }
    let odd = [
        r#"[4,"a","FormatViolation",null,"why"]"#,
        r#"[5,"a","TypeConstraintViolation","",{}]"#,
        r#"[1,"a","Heartbeat",{}]"#,
        r#"[2,"a","Heartbeat",null]"#,
        r#"[4,"-1","RpcFrameworkError","",{}]"#,
    ];
    seeds.extend(odd.iter().enumerate().map(|(number, text)| Seed {
        target: "frame",
        name: format!("odd-{number}"),
        text: (*text).to_owned(),
    }));
    seeds
}

#[derive(Clone, Copy, PartialEq)]
enum Fill {
    Required,
    All,
}

fn of_action(version: Version, action: &ActionInfo, fill: Fill, seeds: &mut Vec<Seed>) {
    let size = if fill == Fill::All { "full" } else { "small" };
    let mut add = |target, part: &str, text: String| {
        seeds.push(Seed { target, name: format!("{version}-{}-{part}-{size}", action.name), text });
    };
    let request = payload(&action.request, fill);
    let number = if action.response.is_some() { 2 } else { 6 };
    let call = format!(r#"[{number},"1","{}",{request}]"#, action.name);
    for target in ["frame", "messages", "dialect"] {
        add(target, "request", call.clone());
    }
    add("repair", "request", format!("{version} {} request\n{request}", action.name));
    if let Some(response) = &action.response {
        let response = payload(response, fill);
        for target in ["messages", "dialect"] {
            add(target, "response", format!(r#"[3,"{}",{response}]"#, action.name));
        }
        add("repair", "response", format!("{version} {} response\n{response}", action.name));
    }
}

fn payload(shape: &Shape, fill: Fill) -> String {
    match shape {
        Shape::Object(object) => {
            let members: Vec<String> = object
                .members
                .iter()
                .filter(|member| member.required || fill == Fill::All)
                .map(|member| format!("{:?}:{}", member.name, payload(member.shape, fill)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        Shape::Array { items, min, .. } => {
            let count = min.unwrap_or(0).max(usize::from(fill == Fill::All));
            format!("[{}]", vec![payload(items, fill); count].join(","))
        }
        Shape::Enumeration(known) => format!("{:?}", known.values[0]),
        Shape::Text { .. } => r#""text""#.to_owned(),
        Shape::DateTime => r#""2024-02-29T23:59:59.100+02:00""#.to_owned(),
        Shape::Uri => r#""https://example.org/f""#.to_owned(),
        Shape::Integer { min, max } => min.or(*max).unwrap_or(7).to_string(),
        Shape::Number { min, max, .. } => format!("{}.0", min.or(*max).unwrap_or(7)),
        Shape::Boolean => "true".to_owned(),
        Shape::Any => r#"{"any":[1.50]}"#.to_owned(),
    }
}
