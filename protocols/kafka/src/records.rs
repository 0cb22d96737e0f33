//! Records that are sent as they are stored: from memory, or straight from a file.

use std::fs::File;
use std::sync::Arc;

use bytes::Bytes;

/// A part of what is sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece {
    /// In memory.
    Memory(Bytes),
    /// In a file. The codec only says where it has its place in a frame; reading it is for whoever sends the frame.
    File(FileRange),
}

/// A part of a file, which stays there for as long as this is held, even if the file is removed.
#[derive(Clone, Debug)]
pub struct FileRange {
    /// The file.
    pub file: Arc<File>,
    /// Where in it.
    pub position: u64,
    /// How many bytes.
    pub bytes: usize,
}

impl FileRange {
    /// Leaves out what was sent.
    pub fn advance(&mut self, bytes: usize) {
        self.position += bytes as u64;
        self.bytes = self.bytes.saturating_sub(bytes);
    }
}

/// The same range of the same open file.
impl PartialEq for FileRange {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.file, &other.file) && (self.position, self.bytes) == (other.position, other.bytes)
    }
}

impl Piece {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        match self {
            Piece::Memory(bytes) => bytes.len(),
            Piece::File(range) => range.bytes,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The records of a partition in a response: consecutive pieces.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Records {
    pieces: Vec<Piece>,
}

impl Records {
    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Piece::len).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// In their order, none of them empty.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The bytes of records that are in one piece in memory, as those are that were received.
    pub fn in_memory(&self) -> Option<&Bytes> {
        match &*self.pieces {
            [Piece::Memory(bytes)] => Some(bytes),
            _ => None,
        }
    }
}

impl From<Bytes> for Records {
    fn from(bytes: Bytes) -> Self {
        Records::from_iter([Piece::Memory(bytes)])
    }
}

impl FromIterator<Piece> for Records {
    fn from_iter<T: IntoIterator<Item = Piece>>(pieces: T) -> Self {
        let pieces = pieces.into_iter().filter(|piece| !piece.is_empty());
        Records {
            pieces: pieces.collect(),
        }
    }
}
