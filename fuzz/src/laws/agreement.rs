//! Encoding and previewing are one walk.

use downlink::message::Message;
use downlink::preview::{Preview, PreviewPart};
use downlink::{Downlinks, Error};

/// What is encoded is what is previewed, and the first problem is why encoding fails.
pub(super) fn agree(preview: &Preview, encoded: &Result<Downlinks, Error>) {
    match encoded {
        Ok(downlinks) => {
            assert_eq!(preview.problems(), [], "encoded in spite of problems");
            let (parts, messages) = (preview.parts(), downlinks.messages());
            assert_eq!(parts.len(), messages.len());
            for (part, message) in parts.iter().zip(messages) {
                shows(part, payload(message));
            }
            downlinks.documents().expect("a document for each message");
        }
        Err(error) => {
            assert!(preview.parts().is_empty(), "previewed in spite of {error}");
            assert_eq!(preview.problems().first(), Some(error.diagnostic()));
        }
    }
    assert!(
        !preview.to_string().contains('\u{1b}'),
        "an escape reaches the terminal"
    );
}

/// The payload is shown, and each bit of it is attributed exactly once.
fn shows(part: &PreviewPart, payload: &[u8]) {
    assert_eq!(part.length, payload.len());
    let digits = part.payload_hex.as_bytes().chunks(2);
    assert_eq!(digits.len(), payload.len());
    for (shown, byte) in digits.zip(payload) {
        assert!(shown == b"**" || shown == hex::encode_upper([*byte]).as_bytes());
    }
    let mut attributed = 0;
    for mark in &part.marks {
        assert_eq!(mark.bits.start, attributed, "{:?}", part.marks);
        attributed = mark.bits.end;
    }
    assert_eq!(attributed, payload.len() * 8, "{:?}", part.marks);
}

pub(super) fn payload(message: &Message) -> &[u8] {
    match message {
        Message::Lora(downlink) => downlink.frm_payload(),
        Message::Mqtt(publish) => publish.payload.as_bytes(),
        Message::Sms(submit) => submit.text().as_bytes(),
        Message::Http(content) => content.body.as_bytes(),
        other => panic!("no law for {other:?}"),
    }
}
