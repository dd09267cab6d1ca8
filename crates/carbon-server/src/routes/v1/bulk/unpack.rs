//! Bodies that come packed, unpacked up to a limit that no body gets around.

use std::io::{self, Read};

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use flate2::read::MultiGzDecoder;
use ruzstd::decoding::StreamingDecoder;

use crate::fault::Fault;

/// How a body is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// Not at all.
    None,
    /// With gzip.
    Gzip,
    /// With Zstandard.
    Zstd,
}

/// Largest memory that a Zstandard frame may want for looking back; what its tools take at their
/// usual levels is half of it.
const LARGEST_WINDOW: u64 = 16 << 20;

impl Packing {
    /// As the headers say.
    ///
    /// # Errors
    /// It is another one, or several.
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Fault> {
        let Some(value) = headers.get(header::CONTENT_ENCODING) else { return Ok(Self::None) };
        match value.to_str().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Ok(Self::None),
            "gzip" | "x-gzip" => Ok(Self::Gzip),
            "zstd" => Ok(Self::Zstd),
            _ => Err(Fault::Unsupported("Bodies are packed with gzip or zstd".to_owned())),
        }
    }

    /// What was packed.
    ///
    /// # Errors
    /// It is longer than the limit, or not packed so.
    pub(super) fn unpack(self, packed: Bytes, limit: usize) -> Result<Bytes, Fault> {
        match self {
            Self::None => Ok(packed),
            Self::Gzip => read(MultiGzDecoder::new(&packed[..]), limit),
            Self::Zstd => {
                let decoder =
                    StreamingDecoder::new_with_max_window_size(&packed[..], LARGEST_WINDOW);
                read(decoder.map_err(|_| malformed())?, limit)
            }
        }
    }
}

fn read(from: impl Read, limit: usize) -> Result<Bytes, Fault> {
    let mut unpacked = Vec::new();
    let read: io::Result<usize> = from.take(limit as u64 + 1).read_to_end(&mut unpacked);
    if unpacked.len() > limit {
        return Err(Fault::TooLong { limit });
    }
    read.map_err(|_| malformed())?;
    Ok(unpacked.into())
}

fn malformed() -> Fault {
    Fault::Invalid("The body is not packed as Content-Encoding says".to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::*;

    fn gzip(bytes: &[u8]) -> Bytes {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap().into()
    }

    fn zstd(bytes: &[u8]) -> Bytes {
        compress_to_vec(bytes, CompressionLevel::Fastest).into()
    }

    #[test]
    fn what_was_packed_comes_out() {
        let bytes = b"[{\"a\": 1}]".repeat(1000);
        let limit = bytes.len();
        assert_eq!(Packing::Gzip.unpack(gzip(&bytes), limit).unwrap(), bytes);
        assert_eq!(Packing::Zstd.unpack(zstd(&bytes), limit).unwrap(), bytes);
        assert_eq!(Packing::None.unpack(bytes.clone().into(), limit).unwrap(), bytes);
    }

    #[test]
    fn a_bomb_is_noticed_before_it_is_large() {
        let zeros = vec![0; 64 << 20];
        for (packing, packed) in [(Packing::Gzip, gzip(&zeros)), (Packing::Zstd, zstd(&zeros))] {
            assert!(packed.len() < 1 << 20, "{packing:?}: {}", packed.len());
            let found = packing.unpack(packed, 1 << 20);
            assert!(matches!(found, Err(Fault::TooLong { limit: 1_048_576 })), "{packing:?}");
        }
    }

    #[test]
    fn what_is_not_packed_or_cut_off_is_refused() {
        let bytes = b"[{\"a\": 1}]".repeat(1000);
        for (packing, packed) in [(Packing::Gzip, gzip(&bytes)), (Packing::Zstd, zstd(&bytes))] {
            for broken in
                [packed.slice(..packed.len() / 2), Bytes::from_static(b"[]"), Bytes::new()]
            {
                let found = packing.unpack(broken.clone(), 1 << 20);
                assert!(matches!(found, Err(Fault::Invalid(_))), "{packing:?} {}", broken.len());
            }
        }
    }
}
