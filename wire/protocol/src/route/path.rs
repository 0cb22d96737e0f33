//! REST path templates: `/restapis/{id}/resources/{path+}?mode=import`.

use ninefold_model::{Operation, ServiceModel};
use percent_encoding::percent_decode_str;

use crate::query::Form;

/// An operation with its path template taken apart.
#[derive(Debug)]
pub(super) struct RestOperation {
    pub(super) model: &'static ServiceModel,
    pub(super) operation: &'static Operation,
    segments: Vec<Segment>,
    parameters: Vec<(&'static str, &'static str)>,
}

/// A part of a template between slashes.
#[derive(Clone, Copy, Debug)]
enum Segment {
    Literal(&'static str),
    Label(&'static str),
    GreedyLabel(&'static str),
}

impl RestOperation {
    pub(super) fn new(model: &'static ServiceModel, operation: &'static Operation) -> Self {
        let (path, query) = operation.uri.split_once('?').unwrap_or((operation.uri, ""));
        let parameters = query.split('&').filter(|part| !part.is_empty());
        RestOperation {
            model,
            operation,
            segments: parts(path).map(Segment::parse).collect(),
            parameters: parameters
                .map(|part| part.split_once('=').unwrap_or((part, "")))
                .collect(),
        }
    }

    /// The decoded labels, if the request is this operation's.
    pub(super) fn matches(
        &self,
        method: &str,
        path: &str,
        query: &Form,
    ) -> Option<Vec<(&'static str, String)>> {
        if self.operation.method != method || !self.parameters.iter().all(|parameter| holds(query, parameter))
        {
            return None;
        }
        let mut labels = Vec::new();
        let mut rest: Vec<&str> = parts(path).collect();
        rest.reverse();
        for (index, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Literal(literal) => {
                    if decoded(rest.pop()?)? != *literal {
                        return None;
                    }
                }
                Segment::Label(name) => {
                    let text = decoded(rest.pop()?).filter(|text| !text.is_empty())?;
                    labels.push((*name, text));
                }
                Segment::GreedyLabel(name) => {
                    let taken = rest
                        .len()
                        .checked_sub(self.segments.len() - index - 1)
                        .filter(|taken| *taken > 0)?;
                    let mut texts = rest
                        .drain(rest.len() - taken..)
                        .map(decoded)
                        .collect::<Option<Vec<_>>>()?;
                    texts.reverse();
                    labels.push((*name, texts.join("/")));
                }
            }
        }
        rest.is_empty().then_some(labels)
    }

    /// Orders the candidates for one request: the most specific template is the least. A template that goes on
    /// where another ends (after a greedy label) is the more specific.
    pub(super) fn specificity(&self) -> impl Ord + use<> {
        const END: u8 = 3;
        let ranks = self.segments.iter().map(|segment| segment.rank());
        (
            ranks.chain([END]).collect::<Vec<u8>>(),
            std::cmp::Reverse(self.parameters.len()),
        )
    }
}

impl Segment {
    fn parse(part: &'static str) -> Self {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(label) => match label.strip_suffix('+') {
                Some(greedy) => Segment::GreedyLabel(greedy),
                None => Segment::Label(label),
            },
            None => Segment::Literal(part),
        }
    }

    fn rank(self) -> u8 {
        match self {
            Segment::Literal(_) => 0,
            Segment::Label(_) => 1,
            Segment::GreedyLabel(_) => 2,
        }
    }
}

/// The parts of a path; a slash at its end makes no difference.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').filter(move |_| !path.is_empty())
}

fn decoded(part: &str) -> Option<String> {
    percent_decode_str(part)
        .decode_utf8()
        .ok()
        .map(|text| text.into_owned())
}

/// Whether the query has a fixed parameter of the template, with its value where one is stated.
fn holds(query: &Form, (name, value): &(&str, &str)) -> bool {
    query
        .get(name)
        .is_some_and(|given| value.is_empty() || given == *value)
}
