use super::{Failure, print};

pub(crate) fn run() -> Result<(), Failure> {
    print(concat!("ninefold ", env!("CARGO_PKG_VERSION")))
}
