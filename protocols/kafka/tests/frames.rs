//! Whatever stream comes, it gives frames or ends, within memory that is in proportion to it.

use fastrand::Rng;
use ninefold_kafka_protocol::{FrameDecoder, Reader, RequestHeader};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// A request for `ApiVersions`.
const REQUEST: &[u8] = b"\0\0\0\x0e\0\x12\0\x04\0\0\0\x07\0\x01a\0\x01\x01";
const STREAMS: usize = 2000;
const MAXIMUM_BYTES: usize = 1 << 16;

#[test]
fn any_stream_gives_frames_or_ends_within_memory() {
    let mut random = Rng::with_seed(1);
    let (mut frames, mut ends) = (0, 0);
    for _ in 0..STREAMS {
        let mut stream = REQUEST.repeat(3);
        for _ in 0..random.usize(0..=3) {
            let at = random.usize(..stream.len());
            match random.bool() {
                true => stream[at] ^= 1 << random.u8(..8),
                false => stream.truncate(at.max(1)),
            }
        }
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let mut decoder = FrameDecoder::new(MAXIMUM_BYTES);
        for piece in stream.chunks(random.usize(1..20)) {
            decoder.room().extend_from_slice(piece);
            while let Ok(Some(frame)) = decoder.next_frame() {
                frames += usize::from(RequestHeader::decode(&mut Reader::new(frame)).is_ok());
            }
        }
        ends += usize::from(decoder.next_frame().is_err());
        let used = MEMORY.peak_usage().saturating_sub(before);
        assert!(
            used <= (32 << 10) + 4 * stream.len(),
            "{used} bytes for {}",
            stream.len()
        );
    }
    assert!(frames > 1000 && ends > 100, "{frames} frames, {ends} ends");
}
