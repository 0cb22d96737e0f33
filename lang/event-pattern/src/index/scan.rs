//! Reads from an event what the patterns ask for.

use super::fingerprint::{Fingerprint, Fingerprints};
use super::paths::{PathId, Paths};
use crate::error::EventError;
use crate::json::{JsonError, Kind, Reader};
use crate::scalar::Scalar;

/// A value of the event at a path that some pattern names.
#[derive(Debug)]
pub(super) struct Finding<'a> {
    path: PathId,
    pub(super) value: Scalar<'a>,
    pub(super) fingerprint: Fingerprint,
    /// Whether it is below an object or an array that is an element of an array.
    pub(super) in_element: bool,
}

/// The values of an event, in the order of their paths.
#[derive(Debug, Default)]
pub(super) struct Findings<'a>(Vec<Finding<'a>>);

impl<'a> Findings<'a> {
    fn new(mut findings: Vec<Finding<'a>>) -> Self {
        findings.sort_by_key(|finding| finding.path);
        Self(findings)
    }

    /// The values at each path that has any.
    pub(super) fn by_path(&self) -> impl Iterator<Item = (PathId, &[Finding<'a>])> {
        self.0
            .chunk_by(|one, other| one.path == other.path)
            .map(|group| (group[0].path, group))
    }

    /// The values at a path.
    pub(super) fn at(&self, path: PathId) -> &[Finding<'a>] {
        let start = self.0.partition_point(|finding| finding.path < path);
        let rest = &self.0[start..];
        // Most often it is one or none.
        let count = rest.iter().take_while(|finding| finding.path == path).count();
        &rest[..count]
    }
}

/// Reads a JSON event.
///
/// # Errors
/// It is not a JSON object.
pub(super) fn event<'a>(
    json: &'a str,
    paths: &Paths,
    fingerprints: &Fingerprints,
) -> Result<Findings<'a>, EventError> {
    let mut scan = Scan {
        reader: Reader::new(json),
        paths,
        fingerprints,
        findings: Vec::new(),
    };
    if !scan.reader.is_object()? {
        return Err(EventError::NotAnObject);
    }
    scan.value(Kind::Object, paths.root(), false)?;
    scan.reader.end()?;
    Ok(Findings::new(scan.findings))
}

/// Takes an event that is given as fields.
pub(super) fn fields<'a>(
    fields: impl IntoIterator<Item = (&'a str, Scalar<'a>)>,
    paths: &Paths,
    fingerprints: &Fingerprints,
) -> Findings<'a> {
    let found = fields.into_iter().filter_map(|(name, value)| {
        let path = paths.child(paths.root(), name)?;
        paths.is_field(path).then(|| Finding {
            path,
            fingerprint: fingerprints.of_scalar(&value),
            value,
            in_element: false,
        })
    });
    Findings::new(found.collect())
}

struct Scan<'a, 'p> {
    reader: Reader<'a>,
    paths: &'p Paths,
    fingerprints: &'p Fingerprints,
    findings: Vec<Finding<'a>>,
}

impl Scan<'_, '_> {
    /// Reads the value that comes next, which stands at a path.
    fn value(&mut self, kind: Kind, path: PathId, in_element: bool) -> Result<(), JsonError> {
        match kind {
            Kind::Object => {
                let mut members = self.reader.object()?;
                while let Some(name) = self.reader.member(&mut members)? {
                    match self.paths.child(path, &name) {
                        None => self.reader.skip()?,
                        Some(child) => {
                            let kind = self.reader.peek()?;
                            self.value(kind, child, in_element)?;
                        }
                    }
                }
            }
            Kind::Array => {
                let mut elements = self.reader.array()?;
                while let Some(kind) = self.reader.element(&mut elements)? {
                    let nested = matches!(kind, Kind::Object | Kind::Array);
                    self.value(kind, path, in_element || nested)?;
                }
            }
            _ if self.paths.is_field(path) => {
                let scalar = Scalar::read(&mut self.reader, kind)?;
                self.findings.extend(scalar.map(|value| Finding {
                    path,
                    fingerprint: self.fingerprints.of_scalar(&value),
                    value,
                    in_element,
                }));
            }
            _ => self.reader.skip()?,
        }
        Ok(())
    }
}
