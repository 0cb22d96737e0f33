//! How a record is stored: a format byte, then JSON.

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What a catalog holds.
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The format of what is stored: to be raised when what is stored can't be read as before.
    const FORMAT: u8;
}

/// The stored form of a record.
pub(crate) fn encode<R: Record>(record: &R) -> Result<Bytes, String> {
    let mut bytes = vec![R::FORMAT];
    serde_json::to_writer(&mut bytes, record).map_err(|error| error.to_string())?;
    Ok(Bytes::from(bytes))
}

/// The record of a stored form.
pub(crate) fn decode<R: Record>(stored: &[u8]) -> Result<R, String> {
    match stored.split_first() {
        Some((format, json)) if *format == R::FORMAT => {
            serde_json::from_slice(json).map_err(|error| error.to_string())
        }
        Some((format, _)) => Err(format!("its format is {format}, not {}", R::FORMAT)),
        None => Err("it is empty".to_owned()),
    }
}
