//! Lists the files in `encoders/`, so that adding a device is adding a file.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let folder = root.join("encoders");
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut entries = Vec::new();
    for vendor in sorted(&folder)? {
        println!("cargo::rerun-if-changed={}", vendor.display());
        for file in sorted(&vendor)? {
            let device = file.with_extension("");
            let id = device.strip_prefix(&folder).map_err(io::Error::other)?;
            let id = id.to_string_lossy().replace('\\', "/");
            entries.push(format!("({id:?}, include_str!({:?})),\n", file.display()));
        }
    }
    let table = format!(
        "const DEFINITIONS: &[(&str, &str)] = &[\n{}];\n",
        entries.concat()
    );
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    fs::write(Path::new(&out).join("definitions.rs"), table)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    Ok(paths)
}
