//! Names that a slip of the finger makes of each other.
//!
//! A hint that names another command, argument or encoder is followed by a hand that switches
//! something: it must be what was meant, never the opposite and never another thing.

/// Comparing takes time with the product of the lengths, and no longer name is a slip.
pub(super) const LONGEST: usize = 64;

/// Letters of a word from which on one of them may be wrong, and from which on two.
const ONE_SLIP: usize = 5;
const TWO_SLIPS: usize = 10;
const MOST_SLIPS: usize = 2;

/// What makes the opposite of a word where it takes the place of the other; an empty one is put in
/// or left out.
const OPPOSITES: [(&str, &str); 55] = [
    ("", "de"),
    ("", "dis"),
    ("", "im"),
    ("", "in"),
    ("", "non"),
    ("", "re"),
    ("", "un"),
    ("a", "de"),
    ("above", "below"),
    ("absolute", "relative"),
    ("ac", "de"),
    ("add", "remove"),
    ("after", "before"),
    ("begin", "end"),
    ("bottom", "top"),
    ("clear", "set"),
    ("close", "open"),
    ("closed", "opened"),
    ("cold", "hot"),
    ("con", "dis"),
    ("cool", "heat"),
    ("day", "night"),
    ("dec", "inc"),
    ("de", "en"),
    ("de", "in"),
    ("dis", "en"),
    ("down", "up"),
    ("dry", "wet"),
    ("east", "west"),
    ("even", "odd"),
    ("ex", "im"),
    ("ex", "in"),
    ("false", "true"),
    ("fast", "slow"),
    ("first", "last"),
    ("get", "set"),
    ("high", "low"),
    ("in", "out"),
    ("join", "leave"),
    ("left", "right"),
    ("lower", "upper"),
    ("master", "slave"),
    ("max", "min"),
    ("no", "yes"),
    ("north", "south"),
    ("off", "on"),
    ("over", "under"),
    ("pause", "resume"),
    ("post", "pre"),
    ("pull", "push"),
    ("read", "write"),
    ("receive", "send"),
    ("rx", "tx"),
    ("start", "stop"),
    ("summer", "winter"),
];

/// What a name is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Naming {
    /// A command, an argument, a variable, or what is named within an enumeration.
    Thing,
    /// An encoder: a word with a digit in it is a model, and models are each other's neighbors.
    Encoder,
}

/// A piece of a name, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    /// Letters, in which a finger may slip.
    Word(String),
    /// A number, a sign or a model: another one is another thing.
    Fixed(String),
}

/// The one known name that a slip makes of this one; none where several are as near.
pub(super) fn slipped<'a>(
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
    naming: Naming,
) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let is_as_long = |known: &&str| size(known).abs_diff(size(name)) <= MOST_SLIPS;
    let known: Vec<&str> = known.into_iter().filter(is_as_long).collect();
    let (own_key, own_pieces) = (key(name, naming), pieces(name, naming));
    let has_key = |known: &&&str| key(known, naming) == own_key;
    let is_near = |known: &&&str| is_slip(&own_pieces, &pieces(known, naming));
    match known.iter().find(has_key) {
        Some(_) => only(known.iter().filter(has_key)),
        None => only(known.iter().filter(is_near)),
    }
    .copied()
}

/// Letters and digits of a name.
fn size(name: &str) -> usize {
    name.chars().filter(|it| it.is_alphanumeric()).count()
}

/// The item, if it is the only one.
fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next();
    first.filter(|_| items.next().is_none())
}

/// What is left of a name without case and separators; numbers stay apart.
fn key(name: &str, naming: Naming) -> String {
    let mut key = String::with_capacity(name.len());
    for piece in thing_pieces(name, naming == Naming::Thing) {
        match piece {
            Piece::Word(word) => key.push_str(&word),
            Piece::Fixed(fixed) => key.extend(["\0", &fixed, "\0"]),
        }
    }
    key
}

fn pieces(name: &str, naming: Naming) -> Vec<Piece> {
    match naming {
        Naming::Thing => thing_pieces(name, true),
        Naming::Encoder => encoder_pieces(name),
    }
}

/// Words, split where the case changes as well, and the numbers and signs between them.
fn thing_pieces(name: &str, has_signs: bool) -> Vec<Piece> {
    let characters: Vec<char> = name.chars().collect();
    let mut pieces = Vec::new();
    let mut before = None;
    for (at, &character) in characters.iter().enumerate() {
        let after = characters.get(at + 1).copied();
        let is_sign = has_signs && character == '-' && after.is_some_and(|it| it.is_ascii_digit());
        if is_separator(character) && !is_sign {
            before = None;
            continue;
        }
        let starts = before.is_none_or(|before| is_boundary(before, character, after));
        push(&mut pieces, character, starts);
        before = Some(character);
    }
    pieces
}

/// Whether a piece starts at a character.
fn is_boundary(before: char, character: char, after: Option<char>) -> bool {
    let leads_lower = || after.is_some_and(char::is_lowercase);
    before.is_alphabetic() != character.is_alphabetic()
        || character.is_uppercase() && (before.is_lowercase() || leads_lower())
}

/// Adds a character to the last piece, or as the start of a new one.
fn push(pieces: &mut Vec<Piece>, character: char, starts: bool) {
    if let (Some(Piece::Word(text) | Piece::Fixed(text)), false) = (pieces.last_mut(), starts) {
        return text.extend(character.to_lowercase());
    }
    let text = character.to_lowercase().collect();
    pieces.push(if character.is_alphabetic() {
        Piece::Word(text)
    } else {
        Piece::Fixed(text)
    });
}

fn encoder_pieces(id: &str) -> Vec<Piece> {
    let words = id.split(is_separator).map(str::to_lowercase);
    let piece = |word: String| {
        if word.chars().all(char::is_alphabetic) {
            Piece::Word(word)
        } else {
            Piece::Fixed(word)
        }
    };
    words.map(piece).collect()
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || matches!(character, '_' | '-' | '.' | '/' | ':')
}

/// Whether two names differ by slips in their letters only, none of which says the opposite.
fn is_slip(name: &[Piece], meant: &[Piece]) -> bool {
    let mut slips = 0;
    let mut letters = 0;
    for (piece, other) in name.iter().zip(meant) {
        let (Piece::Word(word), Piece::Word(other)) = (piece, other) else {
            if piece == other {
                continue;
            }
            return false;
        };
        letters += length(word).min(length(other));
        let between = slips_between(word, other);
        let Some(between) = between else { return false };
        slips += between;
    }
    name.len() == meant.len() && slips <= allowed(letters)
}

/// How many slips make one word of the other, unless they are too many or say the opposite.
fn slips_between(word: &str, meant: &str) -> Option<usize> {
    if word == meant {
        return Some(0);
    }
    let slips = strsim::damerau_levenshtein(word, meant);
    let most = allowed(length(word).min(length(meant)));
    (slips <= most && !is_opposite(word, meant)).then_some(slips)
}

fn length(word: &str) -> usize {
    word.chars().count()
}

fn allowed(letters: usize) -> usize {
    match letters {
        ..ONE_SLIP => 0,
        ONE_SLIP..TWO_SLIPS => 1,
        _ => MOST_SLIPS,
    }
}

fn is_opposite(word: &str, other: &str) -> bool {
    let swapped = |from: &str, to: &str| {
        let places = word.char_indices().map(|(at, _)| at).chain([word.len()]);
        let mut rests = places.filter_map(|at| {
            let (before, after) = word.split_at_checked(at)?;
            Some((before, after.strip_prefix(from)?))
        });
        rests.any(|(before, after)| is_joined(other, [before, to, after]))
    };
    let mut opposites = OPPOSITES.iter();
    opposites.any(|(one, two)| swapped(one, two) || swapped(two, one))
}

/// Whether a text is these pieces, one after the other.
fn is_joined(text: &str, [first, second, third]: [&str; 3]) -> bool {
    let rest = text.strip_prefix(first);
    rest.and_then(|rest| rest.strip_prefix(second)) == Some(third)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slip(name: &str, known: &[&'static str]) -> Option<&'static str> {
        slipped(name, known.iter().copied(), Naming::Thing)
    }

    #[test]
    fn one_slip_is_told_from_five_letters_on_and_two_from_ten() {
        for (name, meant) in [
            ("realy", "relay"),
            ("pasword", "password"),
            ("report_intervall", "report_interval"),
            ("temperatrue", "temperature"),
            ("temperatre_alamr", "temperature_alarm"),
            ("tempreatre", "temperature"),
        ] {
            assert_eq!(slip(name, &[meant]), Some(meant));
        }
        for (name, known) in [
            ("tcd", "tdc"),
            ("rely", "relay"),
            ("rleya", "relay"),
            ("axis_x", "axis_y"),
            ("tempratur", "temperature"),
        ] {
            assert_eq!(slip(name, &[known]), None, "{name}");
        }
    }

    #[test]
    fn case_and_separators_are_told_at_any_length() {
        for (name, meant) in [
            ("TDC", "tdc"),
            ("ON", "on"),
            ("pulse_time2", "PulseTime2"),
            ("report-interval", "report_interval"),
            ("get.info", "getinfo"),
        ] {
            assert_eq!(slip(name, &[meant]), Some(meant));
        }
    }

    #[test]
    fn numbers_and_signs_are_never_slips() {
        for (name, known) in [
            ("ro3", "ro1"),
            ("PulseTime2", "PulseTime"),
            ("PulseTime", "PulseTime2"),
            ("channel_1_2", "channel_12"),
            ("threshold-5", "threshold5"),
            ("threshold<5", "threshold>5"),
            ("1.5", "15"),
        ] {
            assert_eq!(slip(name, &[known]), None, "{name}");
        }
    }

    #[test]
    fn opposites_are_never_slips() {
        for (name, other) in [
            ("activation", "deactivation"),
            ("authorized", "unauthorized"),
            ("increasing", "decreasing"),
            ("internally", "externally"),
            ("switchonall", "switchoffall"),
            ("southbound", "northbound"),
            ("relay_restart", "relay_start"),
            ("encryption", "decryption"),
        ] {
            assert_eq!(slip(name, &[other]), None, "{name}");
            assert_eq!(slip(other, &[name]), None, "{other}");
        }
    }

    #[test]
    fn of_two_that_are_as_near_none_is_told() {
        assert_eq!(slip("relya", &["relay"]), Some("relay"));
        assert_eq!(slip("lighs", &["light", "lights"]), None);
        assert_eq!(slip("Auto", &["auto", "AUTO"]), None);
    }

    #[test]
    fn models_are_never_slips() {
        let known = ["brookline/ws51x", "brookline/uc51x", "acme/valve"];
        let slip = |id| slipped(id, known, Naming::Encoder);
        assert_eq!(slip("brooklien/ws51x"), Some("brookline/ws51x"));
        assert_eq!(slip("BrookLine/WS51X"), Some("brookline/ws51x"));
        assert_eq!(slip("acme/vavle"), Some("acme/valve"));
        assert_eq!(slip("brookline/ws51y"), None);
        assert_eq!(slip("brookline/uc50x"), None);
    }
}
