//! Files of the run as it is now, written as those of `lampyrid run` are.

use std::{
    fs::File,
    io::{self, Read},
};

use lampyrid::io::{AgentState, Product, RunDirectory, RunSeries, RunView, report::Outcome};
use tempfile::TempDir;

use crate::{error::Failure, live::Account, report, run::recorder::Observed};

/// A file that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Download {
    Series,
    FinalState,
    RunRecord,
    Report,
}

impl Download {
    /// The one of a name, if there is one.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Series, Self::FinalState, Self::RunRecord, Self::Report].into_iter().find(|one| one.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Series => "order_parameter.csv",
            Self::FinalState => "final_state.csv",
            Self::RunRecord => "run.json",
            Self::Report => "report.html",
        }
    }

    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Series | Self::FinalState => "text/csv; charset=utf-8",
            Self::RunRecord => "application/json",
            Self::Report => "text/html; charset=utf-8",
        }
    }

    /// Writes it into a file that is gone once it is closed.
    pub(super) fn write(self, account: Account) -> Result<Written, Failure> {
        let there = TempDir::with_prefix("lampyrid-serve-").map_err(Failure::from)?;
        let mut directory = RunDirectory::create(&there.path().join("run"), false)?;
        match self {
            Self::Series => {
                let mut series = directory.series(&[])?;
                account.rows.iter().try_for_each(|(time, order)| series.row(*time, *order, &[]))?;
                series.finish(&mut directory)?;
            }
            Self::FinalState => directory.write_final_state(states(&account))?,
            Self::Report => directory.write(Product::Report, report(&account)?.as_bytes())?,
            Self::RunRecord => {}
        }
        let by_hand = account.by_hand;
        directory.finish(account.record)?;
        let path = there.path().join("run").join(self.name());
        if self == Self::RunRecord && by_hand > 0 {
            let record = std::fs::read(&path)?;
            std::fs::write(&path, told_by_hand(&record, by_hand))?;
        }
        let file = File::open(path)?;
        Ok(Written { bytes: file.metadata()?.len(), file, _there: there })
    }
}

/// A file to be sent bit by bit.
pub(super) struct Written {
    pub bytes: u64,
    file: File,
    _there: TempDir,
}

impl Written {
    /// Bytes at a time.
    const PIECE: u64 = 64 << 10;

    /// The next bytes; none at the end.
    pub(super) fn piece(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = Vec::new();
        (&mut self.file).take(Self::PIECE).read_to_end(&mut piece)?;
        Ok(piece)
    }
}

fn states(account: &Account) -> impl Iterator<Item = AgentState<'_>> {
    account.states.iter().map(|state| AgentState {
        id: state.id,
        phase: state.phase,
        frequency: state.frequency,
        energy: state.energy,
        name: account.names.as_ref().zip(usize::try_from(state.id).ok()).and_then(|(names, node)| names.get(node)),
    })
}

fn report(account: &Account) -> Result<String, Failure> {
    let Account { record, rows, curves, recording, network, by_hand, .. } = account;
    let series = RunSeries {
        times: rows.iter().map(|(time, _)| *time).collect(),
        coherence: rows.iter().map(|(_, order)| *order).collect(),
        further: Vec::new(),
    };
    let view = RunView { record, curves, recording, network: network.as_deref() };
    let mut report = report::of_run(&view, &Observed::of(&series))?;
    if *by_hand > 0 {
        // It could be run again, but to other bits.
        report.replay = None;
        report
            .verdict
            .push_str(&format!(" It was changed by hand {by_hand} times: the scenario alone leads elsewhere."));
        report.commands = "lampyrid serve scenario.toml    # with the scenario below".to_owned();
        report.outcome = Outcome::Stopped;
    }
    Ok(report.html())
}

/// A record that says how often the run was changed by hand.
fn told_by_hand(record: &[u8], by_hand: u64) -> Vec<u8> {
    let mut value: serde_json::Value = serde_json::from_slice(record).unwrap_or_default();
    value["changed_by_hand"] = by_hand.into();
    let mut text = serde_json::to_vec_pretty(&value).unwrap_or_default();
    text.push(b'\n');
    text
}
