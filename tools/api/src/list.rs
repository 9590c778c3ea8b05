//! One line per public item.

use std::collections::BTreeSet;

use public_api::{Builder, Error};

/// The public items of a crate, sorted. Of what compilers write by themselves only the line of a
/// derived trait is listed, without its methods, and that a type cannot be sent or shared: what all
/// types have would hide the rest.
pub(crate) fn list(json: &str) -> Result<String, Error> {
    let all = |derived: bool, automatic: bool| -> Result<Vec<String>, Error> {
        let api = Builder::from_rustdoc_json(json)
            .omit_blanket_impls(true)
            .omit_auto_derived_impls(!derived)
            .omit_auto_trait_impls(!automatic)
            .build()?;
        Ok(api.items().map(ToString::to_string).collect())
    };
    let mut lines: BTreeSet<String> = all(false, false)?.into_iter().collect();
    lines.extend(all(true, false)?.into_iter().filter(|line| is_derived(line)));
    lines.extend(all(false, true)?.into_iter().filter(|line| line.contains("impl !") || line.contains("> !")));
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}

fn is_derived(line: &str) -> bool {
    line.starts_with("impl") && !line.contains("StructuralPartialEq")
}
