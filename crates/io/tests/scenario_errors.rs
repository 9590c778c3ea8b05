//! Wrong scenarios, and what is said about them.

use std::collections::BTreeSet;
use std::ops::Range;

use lampyrid_io::scenario::{Scenario, ScenarioBuilder, ScenarioError, ScenarioProblem};
use proptest::prelude::*;

/// A name and a wrong scenario each, with marks around what the error has to point at.
const WRONG: &[(&str, &str)] = &[
    // Keys.
    ("misspelt key", "[coupling]\n«strenght» = 2.0\n"),
    ("misspelt table", "seed = 1\n\n[«copling»]\nstrength = 2.0\n"),
    ("dash instead of underscore", "[coupling]\n«phase-lag» = 0.1\n"),
    ("capital letter", "«Seed» = 3\n"),
    ("unknown table without a near name", "[«weather»]\nrain = true\n"),
    ("unknown key without a near name", "[time]\n«temperature» = 300\n"),
    ("key at the top that belongs in a table", "«strength» = 2.0\n"),
    ("key in the wrong table", "[network]\nkind = \"ring\"\n«noise» = 0.1\n"),
    ("unknown memory policy", "[memory]\npolicy = «\"halt\"»\n"),
    ("misspelt memory key", "[memory]\n«budjet» = \"1 GiB\"\n"),
    ("budget of nothing", "[memory]\nbudget = «0»\n"),
    ("budget of nothing with a unit", "[memory]\nbudget = «\"0 MiB\"»\n"),
    ("negative budget", "[memory]\nbudget = «\"-5 MiB\"»\n"),
    ("negative budget in bytes", "[memory]\nper_agent = «-1»\n"),
    ("budget in no known unit", "[memory]\nbudget = «\"600 megs\"»\n"),
    ("budget without a number", "[memory]\nbudget = «\"MiB\"»\n"),
    ("budget as a fraction", "[memory]\nbudget = «0.5»\n"),
    ("negative time between looks", "[memory]\nevery = «-1.0»\n"),
    ("table that does not exist", "[«viewer»]\nevery = 60.0\n"),
    ("unknown key after a long comment", "# ééé ünïcode\n[time]\n  «stap» = 0.01 # Δt\n"),
    ("unknown key in an inline table", "coupling = { strength = 1.0, «nois» = 0.1 }\n"),
    ("unknown dotted key", "time.«integrater» = \"rk4\"\n"),
    // Words.
    ("misspelt kind", "[network]\nkind = «\"small_word\"»\n"),
    ("unknown kind", "[network]\nkind = «\"hypercube\"»\n"),
    ("misspelt integrator", "[time]\nintegrator = «\"RK45\"»\n"),
    ("unknown normalization", "[coupling]\nnormalization = «\"none\"»\n"),
    ("unknown precision of phasors", "[coupling]\nphasors = «\"half\"»\n"),
    ("unknown direction", "[network]\nfile = \"a.mtx\"\ndirection = «\"backwards\"»\n"),
    ("unknown builtin network", "[network]\nbuiltin = «\"powergrid\"»\n"),
    ("unknown phase distribution", "[phases]\ndistribution = «\"normal\"»\n"),
    ("unknown frequency distribution", "[frequencies]\ndistribution = «\"lorenz\"»\n"),
    ("unknown sampling", "[frequencies]\nsampling = «\"quantile\"»\n"),
    ("unknown column", "[record]\ncolumns = [\"link_coherence\", «\"R22\"»]\n"),
    ("column named twice", "[record]\ncolumns = [\"R2\", «\"R2\"»]\n"),
    // Types.
    ("number as text", "[coupling]\nstrength = «\"2.0\"»\n"),
    ("text as number", "[network]\nkind = «3»\n"),
    ("truth as text", "[coupling]\nall_to_all = «\"yes\"»\n"),
    ("truth as number", "[record]\nphases = «1»\n"),
    ("list for a number", "[coupling]\nstrength = «[1.0, 2.0]»\n"),
    ("date for a path", "[output]\ndir = «2026-11-23»\n"),
    ("table as number", "coupling = «2.0»\n"),
    ("array of tables", "«[[time]]»\nstep = 0.1\n"),
    ("key as table", "«[seed]»\nvalue = 1\n"),
    ("fraction for a count", "[network]\nagents = «10.5»\n"),
    ("list of numbers as columns", "[record]\ncolumns = [«1»]\n"),
    ("word instead of list", "[record]\ncolumns = «\"R2\"»\n"),
    // Ranges.
    ("step of zero", "[time]\nstep = «0.0»\n"),
    ("negative step", "[time]\nstep = «-0.01»\n"),
    ("step that is not a number", "[time]\nstep = «nan»\n"),
    ("infinite duration", "[time]\nduration = «inf»\n"),
    ("negative duration", "[time]\nduration = «-1»\n"),
    ("negative steps", "[time]\nsteps = «-5»\n"),
    ("more steps than can be counted", "[time]\nstep = 1e-300\nduration = «1e10»\n"),
    ("tiny step for the default duration", "[time]\nstep = «1e-300»\n"),
    ("no agents", "[network]\nkind = \"ring\"\nagents = «0»\n"),
    ("more agents than 32 bits name", "[network]\nkind = \"ring\"\nagents = «5_000_000_000»\n"),
    ("a number beyond 128 bits", "[network]\nagents = «999999999999999999999999999999999999999999»\n"),
    ("odd neighbours", "[network]\nkind = \"ring\"\nneighbors = «7»\n"),
    ("as many neighbours as agents", "[network]\nkind = \"ring\"\nagents = 8\nneighbors = «8»\n"),
    ("rewiring beyond one", "[network]\nkind = \"small_world\"\nrewire = «1.5»\n"),
    ("negative probability", "[network]\nkind = \"random\"\nprobability = «-0.1»\n"),
    ("more links than pairs", "[network]\nkind = \"random\"\nagents = 10\nlinks = «46»\n"),
    ("more mean neighbours than others", "[network]\nkind = \"random\"\nagents = 10\nneighbors = «9.5»\n"),
    ("lattice of a prime number", "[network]\nkind = \"lattice\"\nagents = «997»\n"),
    ("lattice without height", "[network]\nkind = \"lattice\"\n«width» = 10\n"),
    ("lattice too large", "[network]\nkind = \"lattice\"\nwidth = 100_000\nheight = «100_000»\n"),
    ("no radius", "[network]\nkind = \"geometric\"\nradius = «0.0»\n"),
    ("attaching to more than there are", "[network]\nkind = \"scale_free\"\nagents = 5\nattach = «5»\n"),
    ("growing from one agent", "[network]\nkind = \"scale_free\"\nagents = «1»\n"),
    ("more blocks than agents", "[network]\nkind = \"modular\"\nagents = 10\nblocks = «11»\n"),
    ("block of nobody", "[network]\nkind = \"modular\"\nsizes = [10, «0», 10]\n"),
    ("no blocks", "[network]\nkind = \"modular\"\nsizes = «[]»\n"),
    ("between beyond one", "[network]\nkind = \"modular\"\nbetween = «2»\n"),
    ("negative noise", "[coupling]\nnoise = «-0.5»\n"),
    ("infinite strength", "[coupling]\nstrength = «inf»\n"),
    ("strength too large for a float", "[coupling]\nstrength = «1e999»\n"),
    ("negative std", "[frequencies]\ndistribution = \"normal\"\nstd = «-1.0»\n"),
    ("negative half-width", "[frequencies]\ndistribution = \"lorentzian\"\nhalf_width = «-0.5»\n"),
    ("interval upside down", "[frequencies]\ndistribution = \"uniform\"\nlow = 2.0\nhigh = «1.0»\n"),
    ("interval without bounds", "[frequencies]\ndistribution = \"uniform\"\nlow = -1e308\nhigh = «1e308»\n"),
    ("low above the default high", "[frequencies]\ndistribution = \"uniform\"\nlow = «2.0»\n"),
    ("negative concentration", "[phases]\ndistribution = \"von_mises\"\nconcentration = «-2»\n"),
    ("rows every zero steps", "[record]\nevery = «0»\n"),
    ("negative seed", "seed = «-1»\n"),
    ("seed beyond 63 bits", "seed = «9223372036854775808»\n"),
    ("empty path", "[network]\nfile = «\"\"»\n"),
    ("path with a zero byte", "[output]\ndir = «\"runs/\\u0000\"»\n"),
    // Goals, strategies, energy, disruptions, checkpoints.
    ("misspelt pattern", "[goal]\npattern = «\"in_faze\"»\n"),
    ("unknown preset", "[goal]\npreset = «\"save_energie\"»\n"),
    ("preset that nobody brings", "[goal]\npreset = «\"save_energy\"»\n"),
    ("size without preset", "[goal]\n«size» = \"tiny\"\n"),
    ("unknown size", "[goal]\npreset = \"save_energy\"\npattern = \"splay\"\nsize = 5\n[network]\n«agnts» = 3\n"),
    ("target beyond one", "[goal]\ntarget = «1.01»\n"),
    ("target of nothing", "[goal]\ntarget = «0»\n"),
    ("no tolerance", "[goal]\ntolerance = «0.0»\n"),
    ("held for no time", "[goal]\nhold = «0»\n"),
    ("deadline in the past", "[goal]\ndeadline = «-60.0»\n"),
    ("clusters of another pattern", "[goal]\npattern = \"splay\"\n«clusters» = 3\n"),
    ("no clusters", "[goal]\npattern = \"clusters\"\nclusters = «0»\n"),
    ("phase of no pacemaker", "[goal]\n«phase» = 1.0\n"),
    ("supervisor as a word", "[goal]\nsupervisor = «\"yes\"»\n"),
    ("deadline in the table of time", "[time]\n«deadline» = 60\n"),
    ("misspelt strategy", "[strategy]\nkind = «\"plus\"»\n"),
    ("gain of a pulse", "[strategy]\nkind = \"pulse\"\n«gain» = 2.0\n"),
    ("pulse of nothing", "[strategy]\nkind = \"pulse\"\nstrength = «0.0»\n"),
    ("deaf for ever", "[strategy]\nkind = \"pulse\"\nrefractory = «1.0»\n"),
    ("rate below nothing", "[strategy]\nkind = \"desync\"\nrate = «-1.0»\n"),
    ("slots and phase", "[strategy]\nkind = \"offset\"\nslots = 4\n«phase» = 1.0\n"),
    ("no slots", "[strategy]\nkind = \"offset\"\nslots = «0»\n"),
    ("gain that is no number", "[strategy]\ngain = «nan»\n"),
    ("no room for energy", "[energy]\ncapacity = «0»\n"),
    ("energy given away", "[energy]\ncost_per_radian = «-2.0»\n"),
    ("misspelt recovery", "[energy]\n«recovry» = 1.0\n"),
    ("a disruption that is no list", "«[disruption]»\nkind = \"remove\"\n"),
    ("a list of words for disruptions", "disruption = [«\"remove\"»]\n"),
    ("disruption of no kind", "«[[disruption]]»\nfraction = 0.1\nat = 1.0\n"),
    ("disruption of an unknown kind", "[[disruption]]\nkind = «\"removed\"»\n"),
    ("disruption at no time", "«[[disruption]]»\nkind = \"remove\"\nfraction = 0.1\n"),
    ("disruption of nobody", "[[disruption]]\nkind = \"remove\"\nfraction = «0.0»\nat = 1.0\n"),
    ("disruption of more than all", "[[disruption]]\nkind = \"remove\"\nfraction = «1.5»\nat = 1.0\n"),
    ("disruption before the beginning", "[[disruption]]\nkind = \"remove\"\nfraction = 0.1\nat = «-1.0»\n"),
    (
        "disruption that ends before it begins",
        "[[disruption]]\nkind = \"silence\"\nfraction = 0.1\nat = 2.0\nuntil = «1.0»\n",
    ),
    (
        "end of what cannot be taken back",
        "[[disruption]]\nkind = \"remove\"\nfraction = 0.1\nat = 1.0\n«until» = 2.0\n",
    ),
    ("shift by nothing", "«[[disruption]]»\nkind = \"shift_frequencies\"\nfraction = 0.1\nat = 1.0\n"),
    ("shift of what is silent", "[[disruption]]\nkind = \"silence\"\n«by» = 1.0\nfraction = 0.1\nat = 1.0\n"),
    (
        "unknown key in the second disruption",
        "[[disruption]]\nkind = \"silence\"\nfraction = 0.1\nat = 1.0\n[[disruption]]\nkind = \"silence\"\nfraction = 0.1\n«att» = 1.0\nat = 1\n",
    ),
    ("saved all the time", "[checkpoint]\nevery = «0.0»\n"),
    ("nothing kept", "[checkpoint]\nkeep = «0»\n"),
    ("misspelt key of checkpoints", "[checkpoint]\n«evry» = 60.0\n"),
    // Contradictions.
    ("file and kind", "[network]\nfile = \"grid.mtx\"\n«kind» = \"ring\"\n"),
    ("kind and file", "[network]\nkind = \"ring\"\n«file» = \"grid.mtx\"\n"),
    ("builtin and file", "[network]\nbuiltin = \"celegans\"\n«file» = \"grid.mtx\"\n"),
    ("duration and steps", "[time]\nduration = 10.0\n«steps» = 100\n"),
    ("file and distribution of phases", "[phases]\nfile = \"theta0.csv\"\n«distribution» = \"uniform\"\n"),
    ("distribution and file of frequencies", "[frequencies]\ndistribution = \"normal\"\n«file» = \"omega.csv\"\n"),
    ("probability and links", "[network]\nkind = \"random\"\nprobability = 0.1\n«links» = 10\n"),
    ("radius and neighbours", "[network]\nkind = \"geometric\"\nradius = 0.1\n«neighbors» = 8\n"),
    ("agents and width", "[network]\nkind = \"lattice\"\nagents = 100\n«width» = 10\nheight = 10\n"),
    ("sizes and blocks", "[network]\nkind = \"modular\"\nsizes = [5, 5]\n«blocks» = 2\n"),
    ("all-to-all in few digits", "[coupling]\nphasors = \"single\"\n«all_to_all» = true\n"),
    ("all-to-all along a ring", "[network]\nkind = \"ring\"\n[coupling]\n«all_to_all» = true\n"),
    ("a ring beside all-to-all", "[coupling]\nall_to_all = true\n[network]\n«kind» = \"ring\"\n"),
    ("rewiring a ring", "[network]\nkind = \"ring\"\n«rewire» = 0.1\n"),
    ("radius of no kind", "[network]\n«radius» = 0.1\n"),
    ("agents of a file", "[network]\nfile = \"grid.mtx\"\n«agents» = 100\n"),
    ("direction of a ring", "[network]\nkind = \"ring\"\n«direction» = \"both\"\n"),
    ("width of equal frequencies", "[frequencies]\ndistribution = \"equal\"\n«std» = 1.0\n"),
    ("sampling of a file", "[frequencies]\nfile = \"omega.csv\"\n«sampling» = \"random\"\n"),
    ("mean of uniform phases", "[phases]\n«mean» = 1.0\n"),
    ("value of a file of phases", "[phases]\nfile = \"theta0.csv\"\n«value» = 1.0\n"),
    // TOML.
    ("value missing", "[coupling]\nstrength =«»\n"),
    ("quotes missing", "[network]\nkind = «ring»\n"),
    ("key given twice", "seed = 1\n«seed» = 2\n"),
    ("table given twice", "[time]\nstep = 0.1\n[«time»]\nsteps = 3\n"),
    ("bracket missing", "[time«»\nstep = 0.1\n"),
    ("two values", "seed = «1 2»\n"),
    ("text without an end", "[output]\ndir = \"runs«»\n"),
    ("not TOML at all", "<?xml «»version=\"1.0\"?>\n<scenario/>\n"),
    ("tab before the wrong value", "[time]\n\tstep\t=\t«-1»\n"),
    ("carriage returns", "[time]\r\nstep = 0.1\r\nsteps = «1.5»\r\n"),
];

/// Right scenarios with a wrong `--set`.
const WRONG_OVERRIDES: &[&str] = &[
    "coupling.strenght=3",
    "copling.strength=3",
    "strength=3",
    "coupling.strength",
    "coupling.strength=",
    "=3",
    "coupling.=3",
    "coupling..strength=3",
    "coupling.strength=fast",
    "coupling.strength=\"fast",
    "coupling=3",
    "coupling.strength.value=3",
    "time.step=-0.5",
    "time.steps=1.5",
    "network.kind=rng",
    "network.kind=\"ring",
    "network.agents=100",
    "record.columns=[R2]",
    "record.columns=R2",
    "seed = -4",
    "memory.budget=lots",
    "memory.policy=halt",
];

/// The message with the line it is about and carets below the wrong part, as a program would show it.
fn marked(error: &ScenarioError) -> String {
    let (text, span, column) = (error.source_text(), error.span(), error.column());
    let line = text.lines().nth(error.line() - 1).unwrap_or("").replace('\t', " ");
    let wrong = text[span].lines().next().unwrap_or("").chars().count();
    let carets = wrong.min((line.chars().count() + 1).saturating_sub(column - 1)).max(1);
    let shown = format!(
        "{}:{}:{column}\n{line}\n{}{}",
        error.source_name(),
        error.line(),
        " ".repeat(column - 1),
        "^".repeat(carets)
    );
    match error.help() {
        Some(help) => format!("{}\n{shown}\nhelp: {help}\n", error.problem()),
        None => format!("{}\n{shown}\n", error.problem()),
    }
}

/// A text without its marks, and what was between them.
fn without_marks(text: &str) -> (String, Range<usize>) {
    let (before, rest) = text.split_once('«').expect("a mark");
    let (wrong, after) = rest.split_once('»').expect("a second mark");
    ([before, wrong, after].concat(), before.len()..before.len() + wrong.len())
}

/// Whether the error comes with a way out, or names by itself what would have been right.
fn says_what_to_do(error: &ScenarioError) -> bool {
    use ScenarioProblem::{MalformedOverride, Missing, OutOfRange, Syntax, WrongType};
    let names_it = matches!(
        error.problem(),
        WrongType { .. } | OutOfRange { .. } | Missing { .. } | MalformedOverride { .. } | Syntax { .. }
    );
    names_it || error.help().is_some_and(|help| !help.is_empty())
}

#[test]
fn there_are_many_wrong_scenarios_and_no_two_are_alike() {
    let texts: BTreeSet<_> = WRONG.iter().map(|(_, text)| text).chain(WRONG_OVERRIDES).collect();
    assert_eq!(texts.len(), WRONG.len() + WRONG_OVERRIDES.len());
    assert!(WRONG.len() >= 150, "{} wrong scenarios", WRONG.len());
}

#[test]
fn a_wrong_scenario_is_refused_with_its_place_and_a_way_out() {
    let mut report = String::new();
    for (name, marked_text) in WRONG {
        let (text, wrong) = without_marks(marked_text);
        let error = Scenario::parse(&text, "scenario.toml").expect_err(name);
        assert_eq!(error.span(), wrong, "{name}: {error}");
        assert!(says_what_to_do(&error), "{name}: {error}");
        report += &format!("## {name}\n{error}\n{}\n", marked(&error));
    }
    insta::assert_snapshot!(report);
}

#[test]
fn a_wrong_override_is_refused_with_the_argument_as_its_place() {
    let mut report = String::new();
    for argument in WRONG_OVERRIDES {
        let built = ScenarioBuilder::built_in().set(argument).and_then(|builder| builder.build());
        let error = built.expect_err(argument);
        assert_eq!(error.source_text(), *argument);
        assert!(says_what_to_do(&error), "{error}");
        report += &format!("## {argument}\n{error}\n{}\n", marked(&error));
    }
    for (flag, key, value) in [("--seed", "seed", "abc"), ("--steps", "time.steps", "-1"), ("--out", "output.dir", "")]
    {
        let built = ScenarioBuilder::built_in().flag(flag, key, value).and_then(|builder| builder.build());
        let error = built.expect_err(flag);
        report += &format!("## {flag} {value}\n{error}\n{}\n", marked(&error));
    }
    insta::assert_snapshot!(report);
}

/// The message names the memory of the machine, which no snapshot can know.
#[test]
fn a_budget_beyond_the_machine_is_refused_with_its_place() {
    let error = Scenario::parse("[memory]\nper_agent = \"1 KiB\"\nbudget = \"1 EiB\"\n", "scenario.toml").unwrap_err();
    assert!(matches!(error.problem(), ScenarioProblem::OutOfRange { .. }), "{error}");
    assert!(error.to_string().starts_with("scenario.toml:3:10: `memory.budget` must be at most the memory"), "{error}");
    let built = ScenarioBuilder::built_in().set("memory.budget=1EiB").and_then(|builder| builder.build());
    assert!(built.unwrap_err().to_string().contains("--set memory.budget=1EiB"));
}

#[test]
fn two_overrides_that_exclude_each_other_are_refused_at_the_second() {
    let builder = ScenarioBuilder::built_in().set("time.steps=10").and_then(|builder| builder.set("time.duration=1"));
    let error = builder.and_then(|builder| builder.build()).unwrap_err();
    assert!(matches!(error.problem(), ScenarioProblem::Conflict { .. }), "{error}");
    assert_eq!(error.source_text(), "time.duration=1");
}

#[test]
fn a_scenario_that_cannot_be_read_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let missing = Scenario::load(&directory.path().join("nothing.toml")).unwrap_err();
    assert!(matches!(missing.problem(), ScenarioProblem::Unreadable(_)), "{missing}");
    assert!(missing.to_string().contains("nothing.toml: cannot read the scenario"), "{missing}");
    assert!(std::error::Error::source(&missing).is_some());

    let latin = directory.path().join("latin.toml");
    std::fs::write(&latin, b"# caf\xe9\n").unwrap();
    let error = Scenario::load(&latin).unwrap_err();
    assert!(matches!(error.problem(), ScenarioProblem::NotText { offset: 5 }), "{error}");

    let large = directory.path().join("large.toml");
    std::fs::write(&large, vec![b'#'; (128 << 10) + 1]).unwrap();
    let error = Scenario::load(&large).unwrap_err();
    assert!(matches!(error.problem(), ScenarioProblem::TooLarge { .. }), "{error}");
}

#[test]
fn hostile_nesting_is_refused_without_exhausting_the_stack() {
    for text in
        [["a"; 100_000].join("."), format!("a = {}", "[".repeat(100_000)), format!("[{}]", ["a"; 100_000].join("."))]
    {
        marked(&Scenario::parse(&text, "scenario.toml").unwrap_err());
    }
}

#[test]
fn an_override_of_a_hundred_thousand_tables_is_refused_without_exhausting_the_stack() {
    let built = ScenarioBuilder::built_in().set(&format!("{}=1", ["a"; 100_000].join(".")));
    let error = built.unwrap_err();
    assert!(matches!(error.problem(), ScenarioProblem::UnknownKey { .. }), "{error}");
    assert_eq!((error.column(), error.span().len()), (33, 1));
}

/// They would steer the terminal that the message is shown on.
#[test]
fn control_characters_of_a_scenario_are_not_in_the_message() {
    for text in ["\"\\u001b[2J\" = 1", "[network]\nkind = \"\\u001b[2J\\n\"", "[time]\nstep = \"\\u0007\\n\""] {
        let message = Scenario::parse(text, "scenario.toml").unwrap_err().to_string();
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_whatever_makes_the_reader_panic(text in "\\PC{0,200}") {
        if let Err(error) = Scenario::parse(&text, "any") {
            let _ = (marked(&error), error.to_string());
        }
    }

    #[test]
    fn no_arrangement_of_scenario_parts_makes_the_reader_panic(
        parts in proptest::collection::vec(
            prop_oneof![
                Just("[network]\n"), Just("[time]\n"), Just("kind = \"ring\"\n"), Just("agents = "), Just("1e9\n"),
                Just("-3\n"), Just("[["), Just("]]\n"), Just("steps = 5\n"), Just("file = \"x\"\n"), Just("é = 'ü'\r\n"),
                Just("{ a = [1, 2"), Just("}\n"), Just("\u{feff}"), Just("seed = 0xFFFF_FFFF_FFFF_FFFF_F\n"), Just("\"\"\"\n"),
            ],
            0..12,
        )
    ) {
        if let Err(error) = Scenario::parse(&parts.concat(), "any") {
            let _ = (marked(&error), error.to_string());
        }
    }

    #[test]
    fn no_override_whatever_makes_the_reader_panic(argument in "[a-z.=\\[\\]\"' é0-9-]{0,40}") {
        let built = ScenarioBuilder::built_in().set(&argument).and_then(|builder| builder.build());
        if let Err(error) = built {
            let _ = (marked(&error), error.to_string());
        }
    }
}
