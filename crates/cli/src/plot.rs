//! `lampyrid plot`: pictures of results that are there already.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use lampyrid::io::{
    Picture, RunView, lorentzian_half_width,
    plot::{self, Figure, PlotError, PlotOptions},
    replace_file,
    scenario::nearest,
};

use crate::{
    error::Failure,
    exit_code,
    results::{Results, RunResults, SweepResults},
};

#[derive(Args, Debug)]
#[command(after_help = "\
Pictures of a run: order_parameter, phase_circles, phase_raster, effective_frequencies,
phase_portrait, network, energy, strategies; of a sweep: sweep_curves, sweep_map.

Examples:
  lampyrid plot runs/latest
  lampyrid plot runs/latest --only phase_circles --at 0,2.5,40 --format svg
  lampyrid plot sweeps/onset --out pictures")]
pub(crate) struct PlotArguments {
    /// The directory of a run, or of a sweep.
    pub directory: PathBuf,
    /// Only this picture, not all that there is anything to draw on; may be repeated.
    #[arg(long, value_name = "NAME")]
    pub only: Vec<String>,
    /// Only in this format, not in both: svg for pages and print, png for everything else.
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Directory for the pictures, instead of that of the results.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Simulated seconds at which phases are shown on the circle, at most four.
    #[arg(long, value_name = "T,…", value_delimiter = ',', allow_negative_numbers = true)]
    pub at: Vec<f64>,
    /// Print the files written as one JSON object.
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors.
    #[arg(long, short)]
    pub quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum Format {
    Svg,
    Png,
}

/// A picture that was asked for and cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlotFailure {
    #[error("there is no picture {name:?} of a {of}; {}", did_you_mean(.nearest.as_deref(), .known))]
    Unknown { name: String, of: &'static str, nearest: Option<String>, known: String },
    #[error("--at takes one to four times from 0 to {end} s, the end of the run; this is {found}")]
    Times { found: String, end: f64 },
}

fn did_you_mean(nearest: Option<&str>, known: &str) -> String {
    nearest.map_or_else(|| format!("there are {known}"), |nearest| format!("did you mean {nearest:?}?"))
}

pub(crate) fn plot(arguments: &PlotArguments) -> Result<u8, Failure> {
    let figures = match Results::read(&arguments.directory)? {
        Results::Run(run) => of_run(&run, arguments)?,
        Results::Sweep(sweep) => of_sweep(&sweep, &arguments.only)?,
    };
    let out = arguments.out.as_ref().unwrap_or(&arguments.directory);
    let mut files = Vec::new();
    for (name, figure) in &figures {
        write(out, name, figure, arguments.format, &mut files)?;
    }
    tell(arguments, &files)?;
    Ok(exit_code::DONE)
}

fn of_run(run: &RunResults, arguments: &PlotArguments) -> Result<Vec<(&'static str, Figure)>, Failure> {
    let view = run.view();
    let names = Picture::ALL.map(Picture::name);
    let mut pictures = Vec::new();
    for name in &arguments.only {
        let picture = Picture::ALL.into_iter().find(|picture| picture.name() == name);
        pictures.push(picture.ok_or_else(|| unknown(name, "run", &names))?);
    }
    if arguments.only.is_empty() {
        pictures = view.pictures();
    }
    let draw = |picture: Picture| {
        let figure = match picture {
            Picture::PhaseCircles if !arguments.at.is_empty() => circles_at(run, &view, &arguments.at)?,
            _ => view.draw(picture, &picture.options())?,
        };
        Ok((picture.name(), figure))
    };
    pictures.into_iter().map(draw).collect()
}

/// The phases at times of one's own.
fn circles_at(run: &RunResults, view: &RunView<'_>, times: &[f64]) -> Result<Figure, Failure> {
    let end = run.record.time;
    if times.len() > 4 || times.iter().any(|time| !(0.0..=end).contains(time)) {
        let found = times.iter().map(f64::to_string).collect::<Vec<_>>().join(",");
        return Err(PlotFailure::Times { found, end }.into());
    }
    let mut snapshots = Vec::new();
    for &time in times {
        if let Some((time, coherence)) = run.series.at(time) {
            snapshots.extend(view.recording.raster.circle(time, coherence)?);
        }
    }
    Ok(plot::phase_circles(&snapshots, &Picture::PhaseCircles.options())?)
}

/// Names of the pictures of a sweep.
const CURVES: &str = "sweep_curves";
const MAP: &str = "sweep_map";

/// The pictures of a sweep: those asked for, or all that can be drawn.
pub(crate) fn of_sweep(sweep: &SweepResults, only: &[String]) -> Result<Vec<(&'static str, Figure)>, Failure> {
    if let Some(name) = only.iter().find(|name| ![CURVES, MAP].contains(&name.as_str())) {
        return Err(unknown(name, "sweep", &[CURVES, MAP]).into());
    }
    let half_width = sweep.first.as_ref().and_then(lorentzian_half_width);
    let options = PlotOptions::default();
    let drawn = [
        (CURVES, plot::sweep_curves(&sweep.table, half_width, &options)),
        (MAP, plot::sweep_map(&sweep.table, &options)),
    ];
    let mut figures = Vec::new();
    for (name, figure) in drawn {
        match figure {
            Ok(figure) if only.is_empty() || only.iter().any(|one| one == name) => figures.push((name, figure)),
            Err(PlotError::NothingToDraw { .. }) if !only.iter().any(|one| one == name) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {}
        }
    }
    Ok(figures)
}

fn unknown(name: &str, of: &'static str, known: &[&str]) -> PlotFailure {
    let nearest = nearest(name, known).map(str::to_owned);
    PlotFailure::Unknown { name: name.to_owned(), of, nearest, known: known.join(", ") }
}

fn write(
    out: &Path,
    name: &str,
    figure: &Figure,
    format: Option<Format>,
    files: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    if format != Some(Format::Png) {
        let path = out.join(format!("{name}.svg"));
        replace_file(&path, figure.svg().as_bytes())?;
        files.push(path);
    }
    if format != Some(Format::Svg) {
        let path = out.join(format!("{name}.png"));
        replace_file(&path, &figure.png()?)?;
        files.push(path);
    }
    Ok(())
}

fn tell(arguments: &PlotArguments, files: &[PathBuf]) -> Result<(), Failure> {
    let names: Vec<String> = files.iter().map(|path| path.display().to_string()).collect();
    let mut out = std::io::stdout().lock();
    if arguments.json {
        writeln!(out, "{}", serde_json::json!({ "files": names }))?;
    } else if !arguments.quiet {
        names.iter().try_for_each(|name| writeln!(out, "{name}"))?;
    }
    out.flush()?;
    Ok(())
}
