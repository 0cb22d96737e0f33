//! Reading and writing the fields of a record.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use ninefold_time::Timestamp;

use crate::{Position, QueueError};

/// Appends fields to a record.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// A record of this format, expected to take about `capacity` bytes.
    pub(crate) fn new(format: u8, capacity: usize) -> Self {
        let mut bytes = Vec::with_capacity(capacity + 1);
        bytes.push(format);
        Writer(bytes)
    }

    pub(crate) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn u128(&mut self, value: u128) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn timestamp(&mut self, value: Timestamp) {
        self.u64(value.as_millis());
    }

    pub(crate) fn position(&mut self, value: Position) {
        self.timestamp(value.vesting);
        self.u64(value.sequence);
    }

    /// A length and that many bytes.
    pub(crate) fn blob(&mut self, value: &[u8]) {
        let length = u32::try_from(value.len()).expect("fields are limited far below 4 GiB");
        self.u32(length);
        self.0.extend_from_slice(value);
    }

    /// One byte that says whether there is a value, then the value.
    pub(crate) fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.byte(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    /// The rest of the record.
    pub(crate) fn rest(&mut self, value: &[u8]) {
        self.0.extend_from_slice(value);
    }

    pub(crate) fn finish(self) -> Bytes {
        Bytes::from(self.0)
    }
}

/// Takes fields off a record; whatever doesn't fit is [`QueueError::Damaged`].
pub(crate) struct Reader {
    bytes: Bytes,
    record: &'static str,
}

impl Reader {
    /// Reads a record that must have this format.
    pub(crate) fn new(bytes: Bytes, format: u8, record: &'static str) -> Result<Self, QueueError> {
        let (reader, found) = Self::versioned(bytes, record)?;
        if found == format {
            Ok(reader)
        } else {
            Err(QueueError::Damaged(record))
        }
    }

    /// Reads a record of which there are several formats; says too which one it has.
    pub(crate) fn versioned(bytes: Bytes, record: &'static str) -> Result<(Self, u8), QueueError> {
        let mut reader = Reader { bytes, record };
        let format = reader.byte()?;
        Ok((reader, format))
    }

    fn take(&mut self, length: usize) -> Result<Bytes, QueueError> {
        if self.bytes.len() < length {
            return Err(QueueError::Damaged(self.record));
        }
        Ok(self.bytes.split_to(length))
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], QueueError> {
        let mut array = [0; LENGTH];
        array.copy_from_slice(&self.take(LENGTH)?);
        Ok(array)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, QueueError> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn u32(&mut self) -> Result<u32, QueueError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, QueueError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    pub(crate) fn u128(&mut self) -> Result<u128, QueueError> {
        Ok(u128::from_be_bytes(self.array()?))
    }

    pub(crate) fn timestamp(&mut self) -> Result<Timestamp, QueueError> {
        Ok(Timestamp::from_millis(self.u64()?))
    }

    pub(crate) fn position(&mut self) -> Result<Position, QueueError> {
        Ok(Position {
            vesting: self.timestamp()?,
            sequence: self.u64()?,
        })
    }

    pub(crate) fn blob(&mut self) -> Result<Bytes, QueueError> {
        let length = self.u32()? as usize;
        self.take(length)
    }

    pub(crate) fn text(&mut self) -> Result<Arc<str>, QueueError> {
        let bytes = self.blob()?;
        std::str::from_utf8(&bytes)
            .map(Arc::from)
            .map_err(|_| QueueError::Damaged(self.record))
    }

    pub(crate) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, QueueError>,
    ) -> Result<Option<T>, QueueError> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(self.damaged()),
        }
    }

    /// The rest of the record, in the same buffer.
    pub(crate) fn rest(self) -> Bytes {
        self.bytes
    }

    /// A copy of a field that outlives the record's buffer.
    pub(crate) fn owned_blob(&mut self) -> Result<Bytes, QueueError> {
        Ok(BytesMut::from(&self.blob()?[..]).freeze())
    }

    pub(crate) fn damaged(&self) -> QueueError {
        QueueError::Damaged(self.record)
    }
}
