//! On which topics a device may be told.

use std::fmt;

use downlink::directory::Binding;
use downlink::encoder::Encoder;

/// A topic filter (MQTT 5.0 §4.7): levels, `+` for any one of them, `#` for all that follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicFilter(String);

impl TopicFilter {
    /// The filter that is written so, if it is one.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let levels: Vec<&str> = text.split('/').collect();
        let last = levels.len().checked_sub(1)?;
        let is_sound = |(place, level): (usize, &&str)| match *level {
            "+" => true,
            "#" => place == last,
            level => !level.contains(['+', '#', '\0']),
        };
        let is_filter = !text.is_empty() && levels.iter().enumerate().all(is_sound);
        is_filter.then(|| Self(text.to_owned()))
    }

    /// Whether a topic matches.
    #[must_use]
    pub fn takes(&self, topic: &str) -> bool {
        let mut levels = topic.split('/');
        for wanted in self.0.split('/') {
            match (wanted, levels.next()) {
                ("#", _) => return true,
                ("+", Some(_)) => {}
                (wanted, Some(level)) if wanted == level => {}
                _ => return false,
            }
        }
        levels.next().is_none()
    }
}

/// The topics that an encoder makes for a device: what it says of its destinations, with the
/// variables of the binding. A level that an argument decides is any.
#[must_use]
pub(super) fn of_encoder(encoder: &dyn Encoder, binding: &Binding) -> Vec<TopicFilter> {
    let topics = encoder.destinations().into_iter().filter_map(|it| it.topic);
    topics
        .filter_map(|topic| of_template(&topic, binding))
        .collect()
}

fn of_template(template: &str, binding: &Binding) -> Option<TopicFilter> {
    let mut topic = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{$") {
        let (name, after) = after.split_once('}')?;
        topic.push_str(before);
        topic.push_str(binding.variable(name)?);
        rest = after;
    }
    topic.push_str(rest);
    let level = |level: &str| {
        if level.contains('{') {
            "+".to_owned()
        } else {
            level.to_owned()
        }
    };
    let levels: Vec<String> = topic.split('/').map(level).collect();
    TopicFilter::new(&levels.join("/"))
}

impl fmt::Display for TopicFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Filter, topic, whether it matches: the examples of MQTT 5.0 §4.7.1.
    const MATCHES: [(&str, &str, bool); 12] = [
        ("sport/tennis/player1/#", "sport/tennis/player1", true),
        (
            "sport/tennis/player1/#",
            "sport/tennis/player1/ranking",
            true,
        ),
        (
            "sport/tennis/player1/#",
            "sport/tennis/player1/score/wimbledon",
            true,
        ),
        ("sport/#", "sport", true),
        ("sport/tennis/+", "sport/tennis/player1", true),
        ("sport/tennis/+", "sport/tennis/player1/ranking", false),
        ("sport/+", "sport", false),
        ("sport/+", "sport/", true),
        ("+/+", "/finance", true),
        ("/+", "/finance", true),
        ("+", "/finance", false),
        ("a/b", "a/b/c", false),
    ];

    #[test]
    fn a_filter_takes_the_topics_that_the_standard_says() {
        for (filter, topic, expected) in MATCHES {
            let filter = TopicFilter::new(filter).unwrap();
            assert_eq!(filter.takes(topic), expected, "{filter} {topic}");
        }
    }

    #[test]
    fn a_wildcard_stands_alone_in_its_level_and_a_number_sign_last() {
        for text in ["", "a+", "a/#b", "#/a", "a/#/b", "+a/b"] {
            assert_eq!(TopicFilter::new(text), None, "{text}");
        }
    }
}
