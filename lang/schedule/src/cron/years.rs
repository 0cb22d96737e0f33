use super::field::{CronField, Span};
use crate::ScheduleError;

/// The years of an expression. An expression is short, so there are few spans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Years(Vec<Span>);

impl Years {
    pub(super) fn parse(text: &str) -> Result<Self, ScheduleError> {
        let field = CronField::Year;
        field
            .items(text)?
            .into_iter()
            .map(|item| {
                let span = field.parse_span(item)?;
                // Years don't begin again.
                if span.first > span.last {
                    return Err(field.refuse(item));
                }
                Ok(span)
            })
            .collect::<Result<_, _>>()
            .map(Years)
    }

    /// The first year of the expression that is at least `year`.
    pub(super) fn first_from(&self, year: i32) -> Option<i32> {
        self.0.iter().filter_map(|span| first_of_span(*span, year)).min()
    }
}

fn first_of_span(span: Span, year: i32) -> Option<i32> {
    let (first, step) = (i32::from(span.first), i32::from(span.step));
    let steps = ((year - first).max(0) + step - 1) / step;
    let candidate = first + steps * step;
    (candidate <= i32::from(span.last)).then_some(candidate)
}
