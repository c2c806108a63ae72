//! Puts the built page (`web/dist`) into the program, or nothing where it has not been built: the workspace builds and its
//! tests pass without Node.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let manifest = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").ok_or(io::ErrorKind::NotFound)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?);
    let web = manifest.join("../../../web");
    let dist = web.join("dist");
    if web.is_dir() {
        // Cargo runs this again at every build as long as a path that it watches does not exist.
        fs::create_dir_all(&dist)?;
    }
    println!("cargo:rerun-if-changed={}", dist.display());
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    if dist.join("index.html").is_file() {
        collect(&dist, &dist, &mut files)?;
    }
    fs::write(out.join("page.rs"), table(&files))
}

/// Every file below `folder`: its address relative to `root`, and where it lies.
fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, PathBuf)>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else if let Ok(relative) = path.strip_prefix(root) {
            files.push((relative.to_string_lossy().replace('\\', "/"), path.canonicalize()?));
        }
    }
    Ok(())
}

/// A Rust expression: a slice of (address, bytes), sorted by address.
fn table(files: &[(String, PathBuf)]) -> String {
    let mut files: Vec<_> = files.iter().collect();
    files.sort();
    let mut text = "&[\n".to_owned();
    for (address, path) in files {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    ({address:?}, include_bytes!({:?})),", path.display().to_string());
    }
    text + "]\n"
}
