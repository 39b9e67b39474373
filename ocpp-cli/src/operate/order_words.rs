//! Orders on the command line: a subcommand for each order of the model, with options made from its form.
//!
//! `--evse 1` is a member, `--profile.stack-level 0` a member of a member. What is one of several is written
//! `station`, `evse=1` or `connector=1/2`; what has no short form is given as JSON, or as `@FILE` with JSON in it.

use std::path::Path;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::read_file;
use crate::exit::Failure;
use crate::orders::{Input, Words, form_of, json_of, names, words_of};

/// How deep members of members have options of their own.
const DEPTH: usize = 3;
/// What the one option is called where an order has no members.
const ONLY_VALUE: &str = "value";

/// An order and its options as they were written.
#[derive(Debug, Clone)]
pub(super) struct OrderWords {
    name: String,
    /// The values of each option by its path of members.
    given: Vec<(String, Vec<String>)>,
}

impl OrderWords {
    /// The order as JSON.
    ///
    /// # Errors
    /// [`Failure::Usage`] when a value is none of its kind.
    pub(super) fn json(&self) -> Result<Value, Failure> {
        let form = form_of(&self.name).unwrap_or(Input::Nothing);
        let content = match &form {
            Input::Nothing => Value::Null,
            Input::Group(_) => {
                let mut content = Value::Object(Map::new());
                for (path, texts) in &self.given {
                    put(&mut content, path, value_at(&form, path, texts)?);
                }
                content
            }
            _ => match self.given.first() {
                Some((_, texts)) => value_of(&form, &option_name(ONLY_VALUE), texts)?,
                None => return Err(Failure::Usage(format!("{}: give --{ONLY_VALUE}", self.name))),
            },
        };
        Ok(json_of(&self.name, content))
    }
}

impl Subcommand for OrderWords {
    fn augment_subcommands(command: Command) -> Command {
        command.subcommands(names().iter().map(|name| {
            let about = words_of(name).about.trim_end_matches('.').to_owned();
            let about = if about.is_empty() { Words::title_of(name) } else { about };
            Command::new(*name).about(about).defer(with_options)
        }))
    }

    fn augment_subcommands_for_update(command: Command) -> Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        names().contains(&name)
    }
}

impl FromArgMatches for OrderWords {
    fn from_arg_matches(matches: &ArgMatches) -> Result<OrderWords, clap::Error> {
        let missing = || clap::Error::new(clap::error::ErrorKind::MissingSubcommand);
        let (name, options) = matches.subcommand().ok_or_else(missing)?;
        let given = options_of(name).into_iter().filter_map(|option| {
            let values = options.get_many::<String>(&option.path)?;
            Some((option.path, values.cloned().collect()))
        });
        Ok(OrderWords { name: name.to_owned(), given: given.collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = OrderWords::from_arg_matches(matches)?;
        Ok(())
    }
}

/// An option of an order.
struct Choice {
    /// The members that lead to it, with dots; what it is called in clap.
    path: String,
    input: Input,
    required: bool,
}

fn with_options(command: Command) -> Command {
    let name = command.get_name().to_owned();
    let example = words_of(&name).examples.first().map(|example| format!("As JSON: {example}"));
    let command = match example {
        Some(example) => command.after_help(example),
        None => command,
    };
    command.args(options_of(&name).into_iter().map(argument))
}

fn options_of(name: &str) -> Vec<Choice> {
    match form_of(name) {
        None | Some(Input::Nothing) => Vec::new(),
        Some(form @ Input::Group(_)) => {
            let mut options = Vec::new();
            collect(&form, "", DEPTH, &mut options);
            options
        }
        Some(input) => vec![Choice { path: ONLY_VALUE.to_owned(), input, required: true }],
    }
}

fn collect(form: &Input, path: &str, depth: usize, options: &mut Vec<Choice>) {
    let Input::Group(members) = form else { return };
    for member in members {
        let path = if path.is_empty() { member.name.clone() } else { format!("{path}.{}", member.name) };
        let is_at_root = depth == DEPTH;
        // A group may be given by its members, too.
        let required =
            member.required && is_at_root && !matches!(member.input, Input::Group(_) | Input::List(_));
        options.push(Choice { path: path.clone(), input: member.input.clone(), required });
        if depth > 1 {
            collect(&member.input, &path, depth - 1, options);
        }
    }
}

fn option_name(path: &str) -> String {
    path.replace('_', "-")
}

fn argument(option: Choice) -> Arg {
    let long = option_name(&option.path);
    let argument = Arg::new(option.path).long(long).required(option.required).allow_hyphen_values(true);
    let argument = match &option.input {
        Input::List(item) => argument.action(ArgAction::Append).value_name(word_of(item)),
        other => argument.action(ArgAction::Set).value_name(word_of(other)),
    };
    match option.input {
        Input::Choice(words) => argument.value_parser(PossibleValuesParser::new(words)).ignore_case(true),
        Input::Truth => argument.value_parser(PossibleValuesParser::new(["true", "false"])),
        Input::Either(cases) => argument.help(format!(
            "One of {}",
            cases.iter().map(|case| in_short(&case.name, &case.input)).collect::<Vec<_>>().join(", ")
        )),
        _ => argument,
    }
}

fn in_short(name: &str, content: &Input) -> String {
    match content {
        Input::Nothing => name.to_owned(),
        Input::Tuple(parts) => format!("{name}={}", vec!["N"; parts.len()].join("/")),
        other => format!("{name}={}", word_of(other)),
    }
}

fn word_of(input: &Input) -> &'static str {
    match input {
        Input::Text { .. } => "TEXT",
        Input::Moment => "TIME",
        Input::Date => "DATE",
        Input::Time => "HH:MM",
        Input::Integer { .. } => "N",
        Input::Decimal | Input::Number => "NUMBER",
        Input::Truth => "BOOL",
        Input::Choice(_) | Input::Either(_) => "WORD",
        Input::Nothing | Input::Group(_) | Input::Tuple(_) | Input::List(_) | Input::Json => "JSON",
    }
}

/// The input at a path of members, and the value that texts mean there.
fn value_at(form: &Input, path: &str, texts: &[String]) -> Result<Value, Failure> {
    let mut input = form;
    for name in path.split('.') {
        let Input::Group(members) = input else { break };
        if let Some(member) = members.iter().find(|member| member.name == name) {
            input = &member.input;
        }
    }
    value_of(input, &option_name(path), texts)
}

fn value_of(input: &Input, option: &str, texts: &[String]) -> Result<Value, Failure> {
    let last = texts.last().map(String::as_str).unwrap_or_default();
    match input {
        Input::List(_) if texts.len() == 1 && last.trim_start().starts_with('[') => json(last, option),
        Input::List(item) => {
            texts.iter().map(|text| one(item, option, text)).collect::<Result<_, _>>().map(Value::Array)
        }
        single => one(single, option, last),
    }
}

fn one(input: &Input, option: &str, text: &str) -> Result<Value, Failure> {
    let wrong = |what: &str| Failure::Usage(format!("--{option} {text}: {what}"));
    match input {
        Input::Nothing => Ok(Value::Null),
        Input::Text { .. } | Input::Date | Input::Time => Ok(text.into()),
        Input::Moment => {
            moment(text).map(Into::into).ok_or_else(|| wrong("write a time like 2027-01-31T18:00 or now"))
        }
        Input::Integer { min, max } => {
            let number: i64 = text.parse().map_err(|_| wrong("this is no whole number"))?;
            if !(*min..=*max).contains(&number) {
                return Err(wrong(&format!("choose {min} to {max}")));
            }
            Ok(number.into())
        }
        Input::Decimal => match text.parse::<rust_decimal::Decimal>() {
            Ok(_) => Ok(text.into()),
            Err(_) => Err(wrong("this is no number")),
        },
        Input::Number => serde_json::from_str::<serde_json::Number>(text)
            .map(Value::Number)
            .map_err(|_| wrong("this is no number")),
        Input::Truth => Ok((text == "true").into()),
        Input::Choice(words) => {
            let word = words.iter().find(|word| word.eq_ignore_ascii_case(text));
            word.map(|word| word.as_str().into())
                .ok_or_else(|| wrong(&format!("choose one of {}", words.join(", "))))
        }
        Input::Either(cases) if !text.trim_start().starts_with(['{', '@']) => {
            let (name, content) =
                text.split_once('=').map_or((text, None), |(name, rest)| (name, Some(rest)));
            let case = cases.iter().find(|case| case.name.eq_ignore_ascii_case(name));
            let Some(case) = case else {
                let names: Vec<_> = cases.iter().map(|case| in_short(&case.name, &case.input)).collect();
                return Err(wrong(&format!("write one of {}", names.join(", "))));
            };
            match (&case.input, content) {
                (Input::Nothing, _) => Ok(case.name.as_str().into()),
                (input, Some(content)) => Ok(
                    serde_json::json!({ case.name.as_str(): value_of(input, option, &[content.to_owned()])? }),
                ),
                (input, None) => Err(wrong(&format!("write {}", in_short(&case.name, input)))),
            }
        }
        Input::Tuple(parts) if !text.trim_start().starts_with(['[', '@']) => {
            let texts: Vec<&str> = text.split('/').collect();
            if texts.len() != parts.len() {
                return Err(wrong(&format!("write {} values with / between", parts.len())));
            }
            parts
                .iter()
                .zip(texts)
                .map(|(part, text)| one(part, option, text))
                .collect::<Result<_, _>>()
                .map(Value::Array)
        }
        Input::Group(_) | Input::Tuple(_) | Input::Either(_) | Input::List(_) | Input::Json => {
            json(text, option)
        }
    }
}

fn json(text: &str, option: &str) -> Result<Value, Failure> {
    let text = match text.strip_prefix('@') {
        Some(file) => read_file(Path::new(file))?,
        None => text.to_owned(),
    };
    serde_json::from_str(&text).map_err(|error| Failure::Usage(format!("--{option}: no JSON: {error}")))
}

/// A moment as people write it: with its zone, by this machine's clock, or `now`.
fn moment(text: &str) -> Option<String> {
    if text == "now" {
        return Some(Timestamp::now().to_string());
    }
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at.to_string());
    }
    let local: DateTime = text.parse().ok()?;
    TimeZone::system().to_timestamp(local).ok().map(|at| at.to_string())
}

/// Puts a value where a path of members leads. What is given there already is kept where both are objects.
fn put(content: &mut Value, path: &str, value: Value) {
    let mut place = content;
    for name in path.split('.') {
        if !place.is_object() {
            *place = Value::Object(Map::new());
        }
        let Value::Object(members) = place else { return };
        place = members.entry(name.to_owned()).or_insert(Value::Null);
    }
    match (place, value) {
        (Value::Object(there), Value::Object(more)) => there.extend(more),
        (place, value) => *place = value,
    }
}
