//! Reading frames without parsing what they carry: both the stations and the floor do so for every call.

/// A frame of OCPP-J.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame<'a> {
    Call {
        id: &'a str,
        action: &'a str,
    },
    Result {
        id: &'a str,
        payload: &'a str,
    },
    Error {
        id: &'a str,
        code: &'a str,
    },
    /// A SEND or a CALLRESULTERROR, which want no answer.
    Other,
}

/// Reads a frame; `None` for anything that is none, and for ids with escapes, which nobody here writes.
pub(super) fn read(text: &str) -> Option<Frame<'_>> {
    let rest = text.trim_ascii().strip_prefix('[')?.strip_suffix(']')?;
    let (kind, rest) = rest.split_once(',')?;
    match kind.trim_ascii() {
        "2" => {
            let (id, rest) = string(rest)?;
            let (action, _) = string(rest.strip_prefix(',')?)?;
            Some(Frame::Call { id, action })
        }
        "3" => {
            let (id, rest) = string(rest)?;
            let payload = rest.strip_prefix(',')?.trim_ascii();
            (payload.starts_with('{') && payload.ends_with('}')).then_some(Frame::Result { id, payload })
        }
        "4" => {
            let (id, rest) = string(rest)?;
            let (code, _) = string(rest.strip_prefix(',')?)?;
            Some(Frame::Error { id, code })
        }
        "5" | "6" => Some(Frame::Other),
        _ => None,
    }
}

/// A string without escapes, and what follows it.
fn string(text: &str) -> Option<(&str, &str)> {
    let (string, rest) = text.trim_ascii_start().strip_prefix('"')?.split_once('"')?;
    (!string.contains('\\')).then_some((string, rest.trim_ascii_start()))
}

/// The first member of this name that is a string. `name` has its quotes: `"\"status\""`.
pub(super) fn text_of<'a>(payload: &'a str, name: &str) -> Option<&'a str> {
    Some(string(value_of(payload, name)?)?.0)
}

/// The first member of this name that is a whole number. `name` has its quotes.
pub(super) fn number_of<'a>(payload: &'a str, name: &str) -> Option<&'a str> {
    let value = value_of(payload, name)?;
    let digits = value.find(|c: char| !c.is_ascii_digit() && c != '-').unwrap_or(value.len());
    value[..digits].parse::<i64>().is_ok().then_some(&value[..digits])
}

fn value_of<'a>(payload: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = payload.split_once(name)?;
    Some(rest.trim_ascii_start().strip_prefix(':')?.trim_ascii_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_read_with_and_without_white_space() {
        let result = Some(Frame::Result { id: "a-1", payload: r#"{"status":"Accepted"}"# });
        assert_eq!(read(r#"[3,"a-1",{"status":"Accepted"}]"#), result);
        assert_eq!(read(" [ 3 , \"a-1\" , {\"status\":\"Accepted\"} ]\n"), result);
        assert_eq!(
            read(r#"[4,"1","GenericError","",{}]"#),
            Some(Frame::Error { id: "1", code: "GenericError" })
        );
        assert_eq!(read(r#"[2,"1","Reset",{}]"#), Some(Frame::Call { id: "1", action: "Reset" }));
        assert_eq!(read(r#"[6,"1","NotifyPeriodicEventStream",{}]"#), Some(Frame::Other));
        for none in
            ["", "[]", "[3]", r#"[3,"1"]"#, r#"[3,"1",7]"#, r#"[3,1,{}]"#, r#"[3,"a\"b",{}]"#, "{}", "[9,1]"]
        {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn members_are_found_by_their_whole_name() {
        let payload =
            r#"{"certificateStatus":"Bad","idTokenInfo":{"status" : "Accepted"},"transactionId": 17}"#;
        assert_eq!(text_of(payload, "\"status\""), Some("Accepted"));
        assert_eq!(number_of(payload, "\"transactionId\""), Some("17"));
        assert_eq!(number_of(payload, "\"interval\""), None);
        assert_eq!(number_of(r#"{"transactionId":"x"}"#, "\"transactionId\""), None);
    }
}
