use std::fmt::Write;

use ninefold_model::ServiceModel;

use super::{Failure, print};
use crate::cli::ApiArguments;
use crate::doors;

/// Prints one operation a line, as `service Operation`.
pub(crate) fn run(arguments: &ApiArguments) -> Result<(), Failure> {
    let mut lines = String::new();
    for (model, implemented) in doors::operations() {
        for operation in listed(model, implemented, arguments.missing) {
            let _ = writeln!(lines, "{} {operation}", model.name);
        }
    }
    if lines.is_empty() {
        lines.push_str("nothing is missing");
    }
    print(lines.trim_end())
}

fn listed<'a>(
    model: &'a ServiceModel,
    implemented: &'a [&'static str],
    missing: bool,
) -> impl Iterator<Item = &'static str> + 'a {
    model
        .operations()
        .iter()
        .map(|operation| operation.name)
        .filter(move |name| implemented.contains(name) != missing)
}
