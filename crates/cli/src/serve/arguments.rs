//! What can be said of `lampyrid serve` on the command line.

use std::net::IpAddr;

use clap::Args;

use crate::live::LiveArguments;

#[derive(Args, Debug)]
#[command(after_help = "\
Others than this machine's users are let in by --bind alone, and then only with a token, which is
part of the address that is printed. Ctrl-C ends it with exit code 130; 2: the port is taken.

Examples:
  lampyrid serve
  lampyrid serve --set goal.preset=save_energy --set goal.size=large --port 0
  lampyrid serve grid.toml --bind 192.168.1.20 --speed 5")]
pub(crate) struct ServeArguments {
    #[command(flatten)]
    pub live: LiveArguments,
    /// Port of the page; 0 takes any that is free.
    #[arg(long, value_name = "PORT", default_value_t = 8765)]
    pub port: u16,
    /// Address to be found at by other machines, 0.0.0.0 for all that this one has.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub bind: IpAddr,
    /// What others have to know, 16 letters, digits, - or _ or more [default: random, with --bind].
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Print the address, and at the end how the swarm was left, as one JSON object a line.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors (and, with --json, those objects).
    #[arg(long, short)]
    pub quiet: bool,
}
