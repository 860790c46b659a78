//! Fuzz targets: each is a law that holds for any bytes.
//!
//! Built with `--cfg fuzzing`, a target is a fuzzer; built without, it holds its law against the
//! files that it is given, so that what a fuzzer found replays with any compiler.

pub mod laws;

#[cfg(fuzzing)]
#[doc(hidden)]
pub use libfuzzer_sys;

/// The program of a target.
#[cfg(fuzzing)]
#[macro_export]
macro_rules! target {
    ($law:ident) => {
        $crate::libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::laws::$law(bytes));
    };
}

/// The program of a target.
#[cfg(not(fuzzing))]
#[macro_export]
macro_rules! target {
    ($law:ident) => {
        fn main() -> std::io::Result<()> {
            $crate::replay($crate::laws::$law)
        }
    };
}

/// Holds a law against the files that the program is given.
pub fn replay(law: fn(&[u8])) -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        law(&std::fs::read(file)?);
    }
    Ok(())
}
