//! Sets of time against sets of seconds.

use std::collections::BTreeSet;

use ocpp_server::availability::{Second, Span, Spans};
use proptest::prelude::*;

fn span(from: i64, to: i64) -> Option<Span> {
    Span::new(Second(from), Second(to))
}

fn any_spans() -> impl Strategy<Value = Vec<(i64, i64)>> {
    proptest::collection::vec(
        (-30_i64..60, 0_i64..20).prop_map(|(from, length)| (from, from + length)),
        0..12,
    )
}

fn spans(pairs: &[(i64, i64)]) -> Spans {
    pairs.iter().filter_map(|&(from, to)| span(from, to)).collect()
}

fn seconds(pairs: &[(i64, i64)]) -> BTreeSet<i64> {
    pairs.iter().flat_map(|&(from, to)| from..to).collect()
}

fn counted(spans: &Spans) -> BTreeSet<i64> {
    spans.as_slice().iter().flat_map(|span| span.from().0..span.to().0).collect()
}

/// The form that two equal sets share: ascending, apart from each other, none empty.
fn assert_is_normal(spans: &Spans) {
    for pair in spans.as_slice().windows(2) {
        assert!(pair[0].to() < pair[1].from(), "{spans:?} has spans that touch");
    }
    assert_eq!(spans.seconds(), i64::try_from(counted(spans).len()).expect("a count"));
}

proptest! {
    #[test]
    fn sets_are_what_their_seconds_are(a in any_spans(), b in any_spans()) {
        let (one, two) = (spans(&a), spans(&b));
        let (ones, twos) = (seconds(&a), seconds(&b));
        let results = [
            (one.clone(), ones.clone()),
            (one.union(&two), &ones | &twos),
            (one.intersection(&two), &ones & &twos),
            (one.difference(&two), &ones - &twos),
        ];
        for (found, wanted) in results {
            assert_is_normal(&found);
            prop_assert_eq!(counted(&found), wanted);
        }
    }

    #[test]
    fn the_first_seconds_are_counted_across_gaps(a in any_spans(), most in -5_i64..80) {
        let found = spans(&a).first(most);
        let wanted: BTreeSet<i64> = seconds(&a).into_iter().take(usize::try_from(most).unwrap_or(0)).collect();
        assert_is_normal(&found);
        prop_assert_eq!(counted(&found), wanted);
    }
}

#[test]
fn moments_before_1970_are_in_their_own_second() {
    let second = |text: &str| Second::of(text.parse().unwrap());
    assert_eq!(second("1969-12-31T23:59:59.5Z"), Second(-1));
    assert_eq!(second("1970-01-01T00:00:00.5Z"), Second(0));
    assert_eq!(second("1969-12-31T23:59:59Z"), Second(-1));
    assert_eq!(Second(i64::MAX).timestamp(), jiff::Timestamp::MAX);
    assert_eq!(Second(i64::MIN).timestamp(), jiff::Timestamp::MIN);
}
