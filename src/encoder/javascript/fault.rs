//! How scripts fail, and what is said of it.

use rquickjs::{Coerced, Ctx, Exception, Value};

use super::bounds::Bounds;
use super::meter::{Meter, Wish};
use super::realm::FILE_START;
use crate::error::{Audience, Code, Error, Position, quote};

/// How a script failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// It uses up more than it may.
    Work {
        is_late: bool,
    },
    Memory,
    Stack,
    /// It asked for what nobody gave.
    Wish(Wish),
    /// It threw something.
    Thrown(Thrown),
    /// What it returned is wrong, or refuses.
    Told(Error),
    /// It threw `null`, as the engine does where memory is too short for an error.
    Null,
    /// An exception is pending in the engine.
    Pending,
}

/// What a script threw, and where.
#[derive(Debug)]
pub(super) struct Thrown {
    text: String,
    is_syntax: bool,
    place: Option<Place>,
}

/// Where a script threw.
#[derive(Debug)]
struct Place {
    /// The path of the file; nothing for the script itself.
    file: Option<String>,
    line: usize,
    column: usize,
}

impl From<rquickjs::Error> for Fault {
    fn from(error: rquickjs::Error) -> Self {
        match error {
            rquickjs::Error::Exception => Self::Pending,
            rquickjs::Error::Allocation => Self::Memory,
            other => Self::Thrown(Thrown {
                text: other.to_string(),
                is_syntax: false,
                place: None,
            }),
        }
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

impl Fault {
    /// Finds out what is pending in the engine.
    pub(super) fn caught(self, ctx: &Ctx<'_>, meter: &Meter) -> Self {
        let Self::Pending = self else { return self };
        let thrown = ctx.catch();
        if thrown.is_uncatchable_error() {
            let is_late = meter.is_late();
            return Self::Work { is_late };
        }
        if thrown.is_null() {
            return Self::Null;
        }
        let thrown = Thrown::read(ctx, &thrown);
        match thrown.text.as_str() {
            "InternalError: out of memory" | "InternalError: string too long" => Self::Memory,
            "InternalError: stack overflow"
            | "RangeError: Maximum call stack size exceeded"
            | "SyntaxError: stack overflow" => Self::Stack,
            _ => Self::Thrown(thrown),
        }
    }

    /// The script's own `throw null`.
    pub(super) fn thrown_null() -> Self {
        Self::Thrown(Thrown {
            text: "null".to_owned(),
            is_syntax: false,
            place: None,
        })
    }

    /// Whether it hangs on nothing but the script and the message.
    pub(super) fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Told(_) | Self::Wish(_) | Self::Work { is_late: true }
        )
    }

    /// The error while a message is encoded.
    #[cold]
    pub(super) fn into_error(self, bounds: &Bounds) -> Error {
        match self {
            Self::Told(error) => error,
            Self::Work { is_late: false } => over(
                Code::CodecTimeout,
                "runs too long",
                &format!("{} ticks of work", bounds.ticks),
            ),
            Self::Work { is_late: true } => {
                let most = bounds.wall_clock.unwrap_or_default();
                let error = over(
                    Code::CodecTimeout,
                    "takes too long",
                    &format!("{} ms", most.as_millis()),
                );
                let hint = "this is the wall-clock limit, which the program sets";
                error.hint_for(Audience::Operator, hint)
            }
            Self::Memory | Self::Null => over(
                Code::CodecMemory,
                "uses too much memory",
                &format!("{} KiB", bounds.memory / 1024),
            ),
            Self::Stack => over(
                Code::CodecStack,
                "recurses too deeply",
                &format!("{} KiB of stack", bounds.stack / 1024),
            ),
            Self::Wish(wish) => wish.into_error(),
            Self::Thrown(thrown) => thrown.into_error(),
            Self::Pending => Error::new(Code::CodecException, "the script failed"),
        }
    }

    /// The error while a script is loaded, placed in the script.
    #[cold]
    pub(super) fn into_load_error(self, script: &str, bounds: &Bounds) -> Error {
        let Self::Thrown(thrown) = self else {
            return self.into_error(bounds);
        };
        let text = quote(&thrown.text);
        let error = Error::new(
            Code::CodecSyntax,
            format!("the script does not load: {text}"),
        )
        .found(text);
        match thrown.place {
            Some(Place {
                file: None,
                line,
                column,
            }) => error.at_position(position(script, line, column)),
            _ => error,
        }
    }

    /// The error while a file that the script requires is read.
    #[cold]
    pub(super) fn into_file_error(self, path: &str, bounds: &Bounds) -> Error {
        let Self::Thrown(thrown) = self else {
            return self.into_error(bounds);
        };
        let (path, text) = (quote(path), quote(&thrown.text));
        let place = thrown.place.map_or(String::new(), |it| {
            format!(" at line {}, column {}", it.line, it.column)
        });
        Error::new(
            Code::CodecSyntax,
            format!("`{path}` does not load: {text}{place}"),
        )
        .found(text)
    }
}

impl Wish {
    fn into_error(self) -> Error {
        match self {
            Self::Time => Error::new(
                Code::CodecClock,
                "the script asks for the time, which was not given",
            )
            .hint("bytes that depend on a clock are not the same for the same instruction"),
            Self::Chance => Error::new(
                Code::CodecClock,
                "the script calls `Math.random`, which is disabled",
            )
            .hint("random bytes are not the same for the same instruction"),
            Self::Locale(function) => Error::new(
                Code::CodecLocale,
                format!(
                    "the script calls `{function}`, which depends on a locale or a time zone, \
                     and scripts have neither"
                ),
            )
            .found(format!("`{function}`"))
            .hint("format numbers, dates and texts with functions that need no locale"),
        }
    }
}

/// The place that the engine names: it counts columns in bytes.
fn position(script: &str, line: usize, column: usize) -> Position {
    let before = script.split_inclusive('\n').take(line.saturating_sub(1));
    let start: usize = before.map(str::len).sum();
    Position::in_text(script, start + column.saturating_sub(1))
}

fn over(code: Code, what: &str, most: &str) -> Error {
    Error::new(code, format!("the script {what}, expected at most {most}"))
        .expected(format!("at most {most}"))
}

impl Thrown {
    fn read(ctx: &Ctx<'_>, thrown: &Value<'_>) -> Self {
        let exception = thrown
            .clone()
            .into_object()
            .and_then(Exception::from_object);
        let Some(exception) = exception else {
            let text = thrown.get::<Coerced<String>>().map_or_else(
                |_| {
                    ctx.catch();
                    thrown.type_name().to_owned()
                },
                |text| text.0,
            );
            return Self {
                text,
                is_syntax: false,
                place: None,
            };
        };
        let text_of = |key: &str| {
            let text = exception.as_object().get::<_, Option<String>>(key);
            text.unwrap_or_else(|_| {
                ctx.catch();
                None
            })
        };
        let name = text_of("name").unwrap_or_else(|| "Error".to_owned());
        let message = text_of("message").unwrap_or_default();
        let place = text_of("stack").and_then(|stack| place_in(&stack));
        Self {
            is_syntax: name == "SyntaxError",
            text: match message.as_str() {
                "" => name,
                message => format!("{name}: {message}"),
            },
            place,
        }
    }

    /// Whether the engine could not read the script, or what the script made anew.
    pub(super) fn is_syntax(&self) -> bool {
        self.is_syntax
    }

    fn into_error(self) -> Error {
        let text = quote(&self.text);
        let place = match self.place {
            Some(Place { file, line, column }) => {
                let file = file.map(|path| format!("`{}`", quote(&path)));
                let file = file.as_deref().unwrap_or("the script");
                format!(" at line {line}, column {column} of {file}")
            }
            None => String::new(),
        };
        Error::new(
            Code::CodecException,
            format!("the script threw `{text}`{place}"),
        )
        .found(text)
    }
}

/// The name that scripts have in stacks.
pub(super) const SCRIPT: &str = "script.js";

/// The line and column of the innermost call that is in the script itself.
fn place_in(stack: &str) -> Option<Place> {
    stack.lines().find_map(|line| {
        let (_, place) = line.split_once(SCRIPT)?;
        let (file, numbers) = place.split_once(':')?;
        let file = file.strip_prefix('/').map(str::to_owned);
        let mut numbers = numbers.split([':', ')']);
        let line = numbers.next()?.parse().ok()?;
        let column: usize = numbers.next()?.parse().ok()?;
        let before = if file.is_some() && line == 1 {
            FILE_START.len()
        } else {
            0
        };
        Some(Place {
            file,
            line,
            column: column.saturating_sub(before),
        })
    })
}
