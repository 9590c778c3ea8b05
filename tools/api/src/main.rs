//! Lists what the crates make public and says what of it breaks users. `scripts/api.sh` runs it.
//!
//! `api list JSON OUT` writes one sorted line per public item of a crate, from rustdoc's JSON.
//! `api breaks RELEASED NOW CHANGELOG` reads two directories of such lists and prints every change that
//! can break a user and that the changelog's part "Unreleased" does not name; it fails if there is one.

mod breaks;
mod list;

use std::{error::Error, fs, path::Path, process::ExitCode};

fn breaks(released: &Path, now: &Path, changelog: &Path) -> Result<bool, Box<dyn Error>> {
    let changelog = fs::read_to_string(changelog)?;
    let mut silent = false;
    for entry in fs::read_dir(released)? {
        let old = entry?.path();
        // A crate that is gone has lost all it had.
        let new = fs::read_to_string(now.join(old.file_name().unwrap_or_default())).unwrap_or_default();
        for change in breaks::unnamed(&fs::read_to_string(&old)?, &new, &changelog) {
            println!("{change}");
            silent = true;
        }
    }
    Ok(silent)
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list", json, out] => fs::write(out, list::list(json)?)?,
        ["breaks", released, now, changelog] => {
            if breaks(released.as_ref(), now.as_ref(), changelog.as_ref())? {
                return Ok(ExitCode::FAILURE);
            }
        }
        _ => return Err("usage: api list JSON OUT | api breaks RELEASED NOW CHANGELOG".into()),
    }
    Ok(ExitCode::SUCCESS)
}
