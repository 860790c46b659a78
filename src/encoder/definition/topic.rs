//! The topic of a message over MQTT, and how it may be shown.

use crate::error::{Error, First};
use crate::message::mqtt::TopicName;

use super::super::context::topic_conflict;
use super::super::marks::Marks;
use super::super::purpose::Purpose;
use super::super::writer::text_of;
use super::super::{Context, Frame, Secrets, Writer};
use super::model::Text;
use super::render::Renderer;

/// The topic of a message.
///
/// By itself: in a function that holds less, what is held is reached by shorter code.
#[inline(never)]
pub(super) fn topic_name(
    topic: Option<&Text>,
    renderer: &Renderer<'_>,
    frame: &mut Frame,
    writer: &mut Writer<'_>,
) -> Result<TopicName, Error> {
    let mut written = writer.frame();
    if let Some(topic) = topic {
        renderer.text(topic, &mut written, writer)?;
    }
    let Frame { bytes, style } = written;
    frame.note(|notes| notes.topic = style.into_marks().bits);
    TopicName::new(text_of(bytes)?)
}

/// The topic that the request asks for, or the device's.
pub(super) fn overridden_topic(
    context: &Context<'_>,
    own: TopicName,
    frame: &mut Frame,
) -> TopicName {
    match context.requested_topic() {
        Some(asked) => {
            frame.note(|notes| notes.topic.clear());
            asked.clone()
        }
        None => own,
    }
}

/// The topic that the device has, if the request asks for no other.
pub(super) fn fixed_topic(
    own: TopicName,
    text: Option<&Text>,
    renderer: &Renderer<'_>,
    writer: &mut Writer<'_>,
) -> Result<TopicName, Error> {
    match renderer.source.context.requested_topic() {
        Some(asked) if *asked != own => {
            let own = masked_topic(&own, text, renderer, writer)?;
            Err(topic_conflict(asked, &own))
        }
        _ => Ok(own),
    }
}

/// The topic as it may be shown.
#[cold]
fn masked_topic(
    own: &TopicName,
    text: Option<&Text>,
    renderer: &Renderer<'_>,
    writer: &mut Writer<'_>,
) -> Result<String, Error> {
    let mut written = Purpose::Preview.frame(Vec::new());
    if let Some(text) = text {
        // What it is warned of was told when it was written to be sent.
        renderer.text(text, &mut written, &mut writer.trial(&mut First::default()))?;
    }
    let mut marks = Marks::default();
    marks.notes.topic = written.style.into_marks().bits;
    Ok(Secrets::of(&marks).topic(own.as_str()).into_owned())
}
