use proptest::prelude::*;

use super::gsm;
use super::*;

fn count(text: &str) -> u8 {
    Segments::of(text).unwrap().count()
}

/// What a telephone would show.
fn read(segments: &Segments) -> String {
    match segments.alphabet() {
        Alphabet::Gsm7 => segments.parts().map(gsm::decode).collect(),
        Alphabet::Ucs2 => segments.parts().map(read_utf16).collect(),
    }
}

/// Each part by itself: half a surrogate pair would show.
fn read_utf16(octets: &[u8]) -> String {
    let units: Vec<u16> = octets
        .chunks(2)
        .map(|unit| u16::from_be_bytes([unit[0], unit[1]]))
        .collect();
    String::from_utf16(&units).unwrap()
}

#[test]
fn texts_have_the_parts_that_operators_count() {
    for (text, alphabet, parts) in [
        (String::new(), Alphabet::Gsm7, 1),
        ("a".repeat(160), Alphabet::Gsm7, 1),
        ("a".repeat(161), Alphabet::Gsm7, 2),
        ("a".repeat(306), Alphabet::Gsm7, 2),
        ("a".repeat(307), Alphabet::Gsm7, 3),
        ("€".repeat(80), Alphabet::Gsm7, 1),
        ("€".repeat(81), Alphabet::Gsm7, 2),
        // 76 of two septets each leave one septet of 153 unused.
        ("€".repeat(152), Alphabet::Gsm7, 2),
        ("€".repeat(153), Alphabet::Gsm7, 3),
        (format!("{}€", "a".repeat(158)), Alphabet::Gsm7, 1),
        (format!("{}€", "a".repeat(159)), Alphabet::Gsm7, 2),
        ("ä".repeat(160), Alphabet::Gsm7, 1),
        ("á".repeat(70), Alphabet::Ucs2, 1),
        ("á".repeat(71), Alphabet::Ucs2, 2),
        ("á".repeat(134), Alphabet::Ucs2, 2),
        ("á".repeat(135), Alphabet::Ucs2, 3),
        ("\u{1F600}".repeat(35), Alphabet::Ucs2, 1),
        ("\u{1F600}".repeat(36), Alphabet::Ucs2, 2),
        // 33 pairs leave one code unit of 67 unused.
        ("\u{1F600}".repeat(66), Alphabet::Ucs2, 2),
        ("\u{1F600}".repeat(67), Alphabet::Ucs2, 3),
        (format!("{}ç", "a".repeat(69)), Alphabet::Ucs2, 1),
        (format!("{}\u{2019}", "a".repeat(70)), Alphabet::Ucs2, 2),
        ("a".repeat(1_600), Alphabet::Gsm7, 11),
        ("a".repeat(153 * 255), Alphabet::Gsm7, 255),
    ] {
        let segments = Segments::of(&text).unwrap();
        let start: String = text.chars().take(10).collect();
        let what = format!("{start}… of {} characters", text.chars().count());
        assert_eq!(
            (segments.alphabet(), segments.count()),
            (alphabet, parts),
            "{what}"
        );
        assert_eq!(read(&segments), text, "{what}");
    }
}

#[test]
fn there_are_255_parts_at_most() {
    assert_eq!(Segments::of(&"a".repeat(153 * 255 + 1)), Err(TooManyParts));
    assert_eq!(Segments::of(&"á".repeat(67 * 255 + 1)), Err(TooManyParts));
}

#[test]
fn characters_are_never_cut() {
    let segments = Segments::of(&format!("{}€{}", "a".repeat(152), "b".repeat(20))).unwrap();
    let parts: Vec<&[u8]> = segments.parts().collect();
    assert_eq!(parts[0].len(), 152);
    assert_eq!(parts[1][..3], [0x1B, 0x65, b'b']);

    let segments = Segments::of(&format!("{}\u{1F600}{}", "á".repeat(66), "á".repeat(9))).unwrap();
    let parts: Vec<&[u8]> = segments.parts().collect();
    assert_eq!(parts[0].len(), 132);
    assert_eq!(parts[1][..4], [0xD8, 0x3D, 0xDE, 0x00]);
}

#[test]
fn the_alphabet_is_that_of_the_standard() {
    for (text, codes) in [
        ("@£$¥èéùìòÇ\nØø\rÅå", (0x00..=0x0F).collect::<Vec<u8>>()),
        ("Δ_ΦΓΛΩΠΨΣΘΞ", (0x10..=0x1A).collect()),
        ("ÆæßÉ !\"#¤%&'()*+,-./", (0x1C..=0x2F).collect()),
        ("0123456789:;<=>?", (0x30..=0x3F).collect()),
        ("¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§", (0x40..=0x5F).collect()),
        ("¿abcdefghijklmnopqrstuvwxyzäöñüà", (0x60..=0x7F).collect()),
        (
            "\u{0C}^{}\\[~]|€",
            vec![
                0x1B, 0x0A, 0x1B, 0x14, 0x1B, 0x28, 0x1B, 0x29, 0x1B, 0x2F, 0x1B, 0x3C, 0x1B, 0x3D, 0x1B,
                0x3E, 0x1B, 0x40, 0x1B, 0x65,
            ],
        ),
    ] {
        assert_eq!(Segments::of(text).unwrap().octets(), codes, "{text}");
        assert_eq!(gsm::decode(&codes), text);
    }
    for missing in [
        '`', 'ç', 'á', 'Á', '\t', '\u{1B}', '\u{FFFE}', '\u{2019}', '…', '\0', 'Ë',
    ] {
        assert_eq!(gsm::encode(missing), None, "{missing:?}");
    }
}

#[test]
fn codes_that_are_none_are_read_as_the_standard_says() {
    assert_eq!(gsm::decode(&[0x1B]), " ");
    assert_eq!(gsm::decode(&[0x1B, b'a']), "a");
    assert_eq!(gsm::decode(&[0x1B, 0x1B, b'a']), " a");
    assert_eq!(gsm::decode(&[0x80, b'a']), "\u{FFFD}a");
}

#[test]
fn the_header_says_how_to_join_the_parts() {
    assert_eq!(
        concatenation_header(0xA7, 3, 2),
        [0x05, 0x00, 0x03, 0xA7, 0x03, 0x02]
    );
}

proptest! {
    #[test]
    fn any_text_is_read_as_it_was_and_fits(text in "(?s).{0,800}") {
        let segments = Segments::of(&text).unwrap();
        prop_assert_eq!(read(&segments), text);
        let (single, part) = match segments.alphabet() {
            Alphabet::Gsm7 => (160, 153),
            Alphabet::Ucs2 => (140, 134),
        };
        let limit = if segments.count() == 1 { single } else { part };
        prop_assert!(segments.parts().all(|octets| octets.len() <= limit));
        prop_assert_eq!(segments.parts().count(), usize::from(segments.count()));
    }

    #[test]
    fn texts_of_the_alphabet_stay_in_it(text in "[@£$¥èéA-Za-z0-9€^{}\\[~\\]|ÄÖÑÜ§]{0,700}") {
        let segments = Segments::of(&text).unwrap();
        prop_assert_eq!(segments.alphabet(), Alphabet::Gsm7);
        prop_assert_eq!(read(&segments), text);
    }

    #[test]
    fn a_longer_text_never_has_fewer_parts(text in "[a-z€á\u{1F600}]{0,400}", more in "[a-z€á\u{1F600}]{1,50}") {
        let longer = text.clone() + &more;
        prop_assert!(count(&text) <= count(&longer));
    }

    #[test]
    fn any_octets_can_be_read(octets in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(gsm::decode(&octets).chars().count() <= octets.len());
    }
}
