//! `lampyrid completions` and `lampyrid man`: for shells and for `man`.

use std::io::Write;

use clap::{Command, CommandFactory};

use crate::{
    arguments::{Arguments, CompletionsArguments, ManArguments},
    error::Failure,
    exit_code,
};

/// Prints what a shell completes commands by.
pub(crate) fn completions(arguments: &CompletionsArguments) -> Result<u8, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "lampyrid", &mut text);
    print(&text)
}

/// Prints the page of the manual, of the program or one of its commands.
pub(crate) fn man(arguments: &ManArguments) -> Result<u8, Failure> {
    let mut program = Arguments::command();
    program.build();
    let (command, title) = match &arguments.command {
        None => (program, "lampyrid".to_owned()),
        Some(name) => (subcommand(&program, name)?, format!("lampyrid-{name}")),
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(command).title(title).render(&mut text)?;
    print(&text)
}

fn subcommand(program: &Command, name: &str) -> Result<Command, ManError> {
    let found = program.get_subcommands().find(|known| known.get_name() == name);
    found.cloned().ok_or_else(|| {
        let known: Vec<_> = program.get_subcommands().map(Command::get_name).collect();
        let nearest = lampyrid::io::scenario::nearest(name, &known).map(str::to_owned);
        ManError { name: name.to_owned(), nearest, known: known.join(", ") }
    })
}

/// There is no such command.
#[derive(Debug, thiserror::Error)]
#[error("there is no command {name:?}; {}", hint(.nearest.as_deref(), .known))]
pub(crate) struct ManError {
    name: String,
    nearest: Option<String>,
    known: String,
}

fn hint(nearest: Option<&str>, known: &str) -> String {
    nearest.map_or_else(|| format!("there are {known}"), |nearest| format!("did you mean {nearest:?}?"))
}

fn print(text: &[u8]) -> Result<u8, Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(exit_code::DONE)
}
