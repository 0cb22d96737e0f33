//! Compressing what an object is made of, as it comes.

use std::io::{self, Write};

use crate::record::Compression;

const ZSTD_LEVEL: i32 = 3;

/// Takes content piece by piece.
pub(super) enum Compressor {
    None(Vec<u8>),
    Gzip(flate2::write::GzEncoder<Vec<u8>>),
    Zstd(zstd::stream::write::Encoder<'static, Vec<u8>>),
}

impl Compressor {
    pub(super) fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::None => Compressor::None(Vec::new()),
            Compression::Gzip => {
                let level = flate2::Compression::default();
                Compressor::Gzip(flate2::write::GzEncoder::new(Vec::new(), level))
            }
            Compression::Zstd => Compressor::Zstd(zstd::stream::write::Encoder::new(Vec::new(), ZSTD_LEVEL)?),
        })
    }

    pub(super) fn push(&mut self, content: &[u8]) -> io::Result<()> {
        match self {
            Compressor::None(bytes) => bytes.write_all(content),
            Compressor::Gzip(encoder) => encoder.write_all(content),
            Compressor::Zstd(encoder) => encoder.write_all(content),
        }
    }

    pub(super) fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Compressor::None(bytes) => Ok(bytes),
            Compressor::Gzip(encoder) => encoder.finish(),
            Compressor::Zstd(encoder) => encoder.finish(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_compressed_is_what_came() {
        for compression in [Compression::None, Compression::Gzip, Compression::Zstd] {
            let mut compressor = Compressor::new(compression).unwrap();
            for _ in 0..1_000 {
                compressor.push(b"the same again, ").unwrap();
            }
            let bytes = compressor.finish().unwrap();
            let mut content = Vec::new();
            match compression {
                Compression::None => content.clone_from(&bytes),
                Compression::Gzip => drop(
                    flate2::read::GzDecoder::new(&*bytes)
                        .read_to_end(&mut content)
                        .unwrap(),
                ),
                Compression::Zstd => content = zstd::stream::decode_all(&*bytes).unwrap(),
            }
            assert_eq!(content, b"the same again, ".repeat(1_000), "{compression:?}");
            assert_eq!(
                bytes.len() < 1_000,
                compression != Compression::None,
                "{compression:?}"
            );
        }
    }
}
