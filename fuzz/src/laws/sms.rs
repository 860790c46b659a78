//! Laws of text messages.

use downlink::message::gsm7::septets;
use downlink::message::sms::{Encoding, Segments, Submit};

/// A text is cut as the standard says, whatever it holds.
pub fn gsm7(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let segments = Segments::of(&text);
    let is_gsm7 = text.chars().all(|character| septets(character).is_some());
    assert_eq!(segments.encoding == Encoding::Gsm7, is_gsm7);
    assert_eq!(segments.outside.is_none(), is_gsm7);

    let units: Vec<usize> = if is_gsm7 {
        text.chars().filter_map(septets).collect()
    } else {
        text.chars().map(char::len_utf16).collect()
    };
    let (alone, concatenated) = if is_gsm7 { (160, 153) } else { (70, 67) };
    assert_eq!(segments.units, units.iter().sum::<usize>());
    assert_eq!(segments.count == 1, segments.units <= alone);
    if segments.count > 1 {
        // At least what fits if characters could be cut, at most one unit lost in each segment.
        assert!(segments.count >= segments.units.div_ceil(concatenated));
        assert!(segments.count <= segments.units.div_ceil(concatenated - 1));
    }
    if let Ok(submit) = Submit::new(text.as_ref()) {
        assert_eq!(submit.text(), text);
        assert_eq!(submit.segments(), segments);
    }
}
