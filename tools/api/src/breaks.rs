//! Which changes of a public interface can break a user.

use std::collections::BTreeSet;

/// The changes from `old` to `new`, two lists of one crate, that can break a user and whose item the
/// changelog does not name in its part "Unreleased".
///
/// A line that is gone breaks (a changed item loses its old line). A line that came breaks if it is a
/// variant or a field of something that users could match or build in full, or says that a type can
/// no longer be sent or shared. What no list can show, such as a new method that a trait demands or
/// another meaning of the same signature, is left to readers.
pub(crate) fn unnamed(old: &str, new: &str, changelog: &str) -> Vec<String> {
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) = (old.lines().collect(), new.lines().collect());
    let gone = old.difference(&new).map(|line| ("gone", *line));
    let came = new.difference(&old).filter(|line| breaks_by_coming(line, &old)).map(|line| ("came", *line));
    let said = unreleased(changelog);
    gone.chain(came)
        .filter(|(_, line)| !said.contains(name(line)))
        .map(|(how, line)| format!("{how}: {line}"))
        .collect()
}

fn breaks_by_coming(line: &str, old: &BTreeSet<&str>) -> bool {
    if line.starts_with("impl") {
        return line.contains('!');
    }
    // Variants and fields are listed by their path alone.
    let Some((owner, _)) = line.strip_prefix("pub ").map(path).and_then(|path| path.rsplit_once("::")) else {
        return false;
    };
    let open = || old.iter().filter(|line| !line.starts_with("#[non_exhaustive]"));
    let is_owner = |kind: &str| open().any(|line| line.split_once(kind).is_some_and(|(_, rest)| path(rest) == owner));
    ["pub struct ", "pub enum ", "pub union "].into_iter().any(is_owner)
}

/// What a line begins with, up to where its path ends.
fn path(rest: &str) -> &str {
    let end = rest.find(|letter: char| !(letter.is_alphanumeric() || "_:".contains(letter))).unwrap_or(rest.len());
    rest[..end].trim_end_matches(':')
}

/// The last name of the item that a line is about; of an `impl`, of the type it is for.
fn name(line: &str) -> &str {
    let item = line.rsplit_once(" for ").map_or(line, |(_, of)| of);
    let path = item.split_whitespace().map(path).find(|word| word.contains("::")).unwrap_or(item);
    path.rsplit("::").next().unwrap_or(path)
}

/// The part of the changelog before the first release that it tells of.
fn unreleased(changelog: &str) -> &str {
    let begin = changelog.find("\n## Unreleased").map_or(0, |place| place + 1);
    let rest = &changelog[begin..];
    rest[2..].find("\n## ").map_or(rest, |end| &rest[..end + 2])
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "\
#[non_exhaustive] pub enum swarm::Error
pub enum swarm::Kind
pub fn swarm::advance(world: &mut World, steps: u64)
#[repr(C)] pub struct swarm::Goal
pub swarm::Goal::hold: f64
impl core::marker::Copy for swarm::Kind
";
    const SILENT: &str = "# Changelog\n\n## Unreleased\n\n## 0.1.0\n\n- `advance` `Kind` `Goal` `hold`\n";

    fn changed(from: &str, to: &str) -> String {
        OLD.replace(from, to)
    }

    #[test]
    fn nothing_breaks_where_nothing_changes_or_functions_come() {
        assert!(unnamed(OLD, OLD, SILENT).is_empty());
        assert!(unnamed(OLD, &(OLD.to_owned() + "pub fn swarm::Goal::met(&self) -> bool\n"), SILENT).is_empty());
        assert!(unnamed(OLD, &(OLD.to_owned() + "pub struct swarm::New\npub swarm::New::x: f64\n"), SILENT).is_empty());
    }

    #[test]
    fn what_is_gone_or_changed_breaks_until_the_changelog_names_it() {
        let new = changed("steps: u64", "steps: usize");
        assert_eq!(unnamed(OLD, &new, SILENT), ["gone: pub fn swarm::advance(world: &mut World, steps: u64)"]);
        let said = SILENT.replace("## Unreleased\n", "## Unreleased\n\n- `advance` takes a `usize`.\n");
        assert!(unnamed(OLD, &new, &said).is_empty());
    }

    #[test]
    fn a_trait_that_is_no_longer_there_breaks_by_the_name_of_its_type() {
        let new = changed("impl core::marker::Copy for swarm::Kind\n", "");
        assert_eq!(unnamed(OLD, &new, SILENT).len(), 1);
        let said = SILENT.replace("## Unreleased\n", "## Unreleased\n\n- `Kind` cannot be copied.\n");
        assert!(unnamed(OLD, &new, &said).is_empty());
    }

    #[test]
    fn a_variant_or_field_that_comes_breaks_unless_users_must_expect_it() {
        let with = |line: &str| unnamed(OLD, &(OLD.to_owned() + line), SILENT);
        assert_eq!(with("pub swarm::Kind::Third"), ["came: pub swarm::Kind::Third"]);
        assert_eq!(with("pub swarm::Goal::deadline: f64"), ["came: pub swarm::Goal::deadline: f64"]);
        assert!(with("pub swarm::Error::Other").is_empty());
    }

    #[test]
    fn a_type_that_can_no_longer_be_sent_breaks() {
        let new = OLD.to_owned() + "impl !core::marker::Send for swarm::Goal\n";
        assert_eq!(unnamed(OLD, &new, SILENT), ["came: impl !core::marker::Send for swarm::Goal"]);
    }
}
