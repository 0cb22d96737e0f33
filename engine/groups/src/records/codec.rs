//! Reading and writing the fields of a record.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use ninefold_time::Timestamp;

use crate::{Client, OpenError, Partitions, TopicId};

/// Appends fields to a record.
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    /// A record of this format.
    pub(crate) fn new(format: u8) -> Self {
        Writer(vec![format])
    }

    pub(crate) fn byte(&mut self, value: u8) {
        self.0.push(value);
    }

    pub(crate) fn i32(&mut self, value: i32) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn u32(&mut self, value: u32) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn i64(&mut self, value: i64) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn u64(&mut self, value: u64) {
        self.0.extend_from_slice(&value.to_be_bytes());
    }

    pub(crate) fn topic(&mut self, value: TopicId) {
        self.0.extend_from_slice(&value.0.to_be_bytes());
    }

    pub(crate) fn timestamp(&mut self, value: Timestamp) {
        self.u64(value.as_millis());
    }

    pub(crate) fn duration(&mut self, value: Duration) {
        self.u64(u64::try_from(value.as_millis()).unwrap_or(u64::MAX));
    }

    /// How many of something follow.
    pub(crate) fn count(&mut self, value: usize) {
        self.u32(u32::try_from(value).expect("what is stored is limited far below"));
    }

    /// A length and that many bytes.
    pub(crate) fn blob(&mut self, value: &[u8]) {
        self.count(value.len());
        self.0.extend_from_slice(value);
    }

    pub(crate) fn text(&mut self, value: &str) {
        self.blob(value.as_bytes());
    }

    /// One byte that says whether there is a value, then the value.
    pub(crate) fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.byte(u8::from(value.is_some()));
        if let Some(value) = value {
            write(self, value);
        }
    }

    pub(crate) fn client(&mut self, client: &Client) {
        self.text(&client.id);
        self.text(&client.host);
    }

    pub(crate) fn partitions(&mut self, partitions: &Partitions) {
        self.count(partitions.len());
        for (topic, numbers) in partitions {
            self.topic(*topic);
            self.count(numbers.len());
            for number in numbers {
                self.u32(*number);
            }
        }
    }

    pub(crate) fn finish(self) -> Bytes {
        Bytes::from(self.0)
    }
}

/// Takes fields off a record; whatever doesn't fit is [`OpenError::Damaged`].
pub(crate) struct Reader {
    bytes: Bytes,
    record: &'static str,
}

impl Reader {
    /// Reads a record that must have this format.
    pub(crate) fn new(bytes: Bytes, format: u8, record: &'static str) -> Result<Self, OpenError> {
        let mut reader = Reader { bytes, record };
        if reader.byte()? == format {
            Ok(reader)
        } else {
            Err(OpenError::Damaged(record))
        }
    }

    fn take(&mut self, length: usize) -> Result<Bytes, OpenError> {
        if self.bytes.len() < length {
            return Err(self.damaged());
        }
        Ok(self.bytes.split_to(length))
    }

    fn array<const LENGTH: usize>(&mut self) -> Result<[u8; LENGTH], OpenError> {
        let mut array = [0; LENGTH];
        array.copy_from_slice(&self.take(LENGTH)?);
        Ok(array)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, OpenError> {
        Ok(self.array::<1>()?[0])
    }

    pub(crate) fn i32(&mut self) -> Result<i32, OpenError> {
        Ok(i32::from_be_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32, OpenError> {
        Ok(u32::from_be_bytes(self.array()?))
    }

    pub(crate) fn i64(&mut self) -> Result<i64, OpenError> {
        Ok(i64::from_be_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Result<u64, OpenError> {
        Ok(u64::from_be_bytes(self.array()?))
    }

    pub(crate) fn topic(&mut self) -> Result<TopicId, OpenError> {
        Ok(TopicId(u128::from_be_bytes(self.array()?)))
    }

    pub(crate) fn timestamp(&mut self) -> Result<Timestamp, OpenError> {
        Ok(Timestamp::from_millis(self.u64()?))
    }

    pub(crate) fn duration(&mut self) -> Result<Duration, OpenError> {
        Ok(Duration::from_millis(self.u64()?))
    }

    /// A copy that outlives the record's buffer.
    pub(crate) fn blob(&mut self) -> Result<Bytes, OpenError> {
        let length = self.u32()? as usize;
        Ok(BytesMut::from(&self.take(length)?[..]).freeze())
    }

    pub(crate) fn text(&mut self) -> Result<Arc<str>, OpenError> {
        let length = self.u32()? as usize;
        let bytes = self.take(length)?;
        let text = std::str::from_utf8(&bytes);
        text.map(Arc::from).map_err(|_| self.damaged())
    }

    pub(crate) fn optional<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, OpenError>,
    ) -> Result<Option<T>, OpenError> {
        match self.byte()? {
            0 => Ok(None),
            1 => read(self).map(Some),
            _ => Err(self.damaged()),
        }
    }

    /// As many of something as the record says.
    pub(crate) fn list<T, C: FromIterator<T>>(
        &mut self,
        mut read: impl FnMut(&mut Self) -> Result<T, OpenError>,
    ) -> Result<C, OpenError> {
        let count = self.u32()?;
        (0..count).map(|_| read(self)).collect()
    }

    pub(crate) fn client(&mut self) -> Result<Client, OpenError> {
        Ok(Client {
            id: self.text()?,
            host: self.text()?,
        })
    }

    pub(crate) fn partitions(&mut self) -> Result<Partitions, OpenError> {
        self.list(|reader| Ok((reader.topic()?, reader.list(Reader::u32)?)))
    }

    pub(crate) fn damaged(&self) -> OpenError {
        OpenError::Damaged(self.record)
    }
}
