//! What the matchers are measured with: generated rules and events, the same for all.

mod events;
mod rules;

pub use events::{Document, event};
pub use rules::{Operator, rule};

/// Of what values fields take, events and rules draw the same.
mod vocabulary {
    pub(crate) const SOURCES: u32 = 20;
    pub(crate) const KINDS: u32 = 5;
    pub(crate) const CUSTOMERS: u32 = 1_000;
    pub(crate) const NUMBERS: u32 = 10_000;
    pub(crate) const PRICES: u32 = 10_000;
    pub(crate) const STATES: [&str; 8] = [
        "draft", "placed", "paid", "packed", "shipped", "returned", "refunded", "closed",
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;
    use ninefold_event_pattern::{Event, EventPattern, PatternIndex};

    #[test]
    fn rules_are_valid_and_some_match() {
        let mut random = Rng::with_seed(1);
        let events = (0..500)
            .map(|_| event(Document::Small, &mut random))
            .collect::<Vec<_>>();
        for (name, operator) in Operator::ALL {
            let mut index = PatternIndex::new();
            for number in 0..5_000 {
                let rule = rule(operator, &mut random);
                assert!(!rule.contains('\n'), "{rule}");
                index.insert(number, &EventPattern::parse(&rule).unwrap());
            }
            let matches = events
                .iter()
                .map(|event| index.matches(event.as_bytes()).unwrap().len());
            let matches = matches.sum::<usize>();
            assert!((1..20_000).contains(&matches), "{name} {matches}");
        }
    }

    #[test]
    fn events_are_objects_of_the_size_that_is_told() {
        let mut random = Rng::with_seed(1);
        for (document, sizes) in [(Document::Small, 700..1_000), (Document::Large, 55_000..75_000)] {
            let event = event(document, &mut random);
            assert!(sizes.contains(&event.len()), "{}", event.len());
            assert!(!event.contains('\n'));
            assert!(Event::parse(event.as_bytes()).is_ok());
            let value = serde_json::from_str::<serde_json::Value>(&event).unwrap();
            assert!(value["detail"]["object"]["key"].is_string());
        }
    }
}
