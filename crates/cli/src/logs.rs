//! `-v`: what happens inside, on standard error.

use tracing_subscriber::filter::LevelFilter;

/// Tells from now on: what is done with `-v`, how with `-vv`, everything with `-vvv`; nothing without.
pub(crate) fn begin(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::INFO,
        2 => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    };
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colours = !plain && std::io::IsTerminal::is_terminal(&std::io::stderr());
    let lines = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_ansi(colours);
    // Nobody else in this program listens to logs.
    let _ = lines.with_target(verbosity > 1).try_init();
}
