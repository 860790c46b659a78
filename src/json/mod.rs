//! Reads JSON text piece by piece, telling the offset of each (RFC 8259).
//!
//! A request is read from the text as it was written: numbers stay literals, members keep their
//! order, a member that stands twice is seen twice, and every piece knows its place. That is what
//! errors with line and column, exact numbers and refused duplicates need.
//!
//! ```text
//! value  = false / null / true / object / array / number / string
//! object = "{" [ member *( "," member ) ] "}"      member = string ":" value
//! array  = "[" [ value *( "," value ) ] "]"
//! ws     = *( space / tab / line feed / carriage return )
//! ```
//!
//! A byte order mark is refused (RFC 8259 §8.1 lets a parser do so), and so is an escaped half of a
//! surrogate pair, for which UTF-8 has no form.

mod blank;
mod literal;
mod plain;
mod pointer;
mod scanner;
mod string;

pub(crate) use literal::Literal;
pub(crate) use pointer::nearest_offset;
pub(crate) use scanner::{Kind, Scanner, Sequence};
pub(crate) use string::{append_escaped, is_plain};
