//! Right scenarios: defaults, overrides, and writing them back.

use std::path::{Path, PathBuf};

use lampyrid_io::builtin::BuiltinNetwork;
use lampyrid_io::network::Direction;
use lampyrid_io::scenario::{
    Blocks, Column, Density, Extent, Frequencies, FrequencyDistribution, GeneratedNetwork, Integrator, Memory,
    MemoryPolicy, NetworkScenario, Normalization, Numbering, PhaseDistribution, Phases, Reach, Sampling, Scenario,
    ScenarioBuilder,
};

fn parse(text: &str) -> Scenario {
    Scenario::parse(text, "scenario.toml").unwrap_or_else(|error| panic!("{error}"))
}

fn network(text: &str) -> NetworkScenario {
    parse(&format!("[network]\n{text}")).network
}

/// The built-in scenario with overrides.
fn overridden(arguments: &[&str]) -> Scenario {
    let builder = arguments.iter().try_fold(ScenarioBuilder::built_in(), |builder, argument| builder.set(argument));
    builder.and_then(|builder| builder.build()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn an_empty_scenario_is_all_defaults() {
    insta::assert_snapshot!(parse("").to_toml());
}

#[test]
fn the_built_in_scenario_is_the_power_grid() {
    let scenario = Scenario::default_power_grid();
    let builtin = BuiltinNetwork::PowerGrid;
    assert_eq!(
        scenario.network,
        NetworkScenario::Builtin { builtin, direction: Direction::AsStored, numbering: Numbering::AsStored }
    );
    assert_eq!(scenario.network.agents(), None);
}

#[test]
fn every_kind_of_network_has_defaults_for_all_its_parameters() {
    let kinds = ["ring", "lattice", "complete", "random", "small_world", "scale_free", "star", "modular", "geometric"];
    for kind in kinds {
        let network = network(&format!("kind = \"{kind}\""));
        assert_eq!(network.agents(), Some(1000), "{kind}");
    }
}

#[test]
fn sizes_are_read_in_every_unit_and_written_back_in_bytes() {
    let budget = |text: &str| parse(&format!("[memory]\nbudget = {text}\nper_agent = \"1 KiB\"")).memory.budget;
    let sizes = [
        ("\"600 MiB\"", 600 << 20),
        ("\"0.5GiB\"", 512 << 20),
        ("\"1.5 MB\"", 1_500_000),
        ("\" 2 kb \"", 2000),
        ("\"4096\"", 4096),
        ("4096", 4096),
    ];
    for (text, bytes) in sizes {
        assert_eq!(budget(text), Some(bytes), "{text}");
    }
    assert_eq!(overridden(&["memory.budget=64 MiB"]).memory.budget, Some(64 << 20));
    let memory = parse("[memory]\nbudget = \"1 MiB\"\npolicy = \"pause\"\nevery = 0.5").memory;
    assert_eq!(memory, Memory { budget: Some(1 << 20), per_agent: None, policy: MemoryPolicy::Pause, every: 0.5 });
    let limited = parse("[memory]\nbudget = \"1 MiB\"\nper_agent = 300\npolicy = \"warn\"");
    assert_eq!(parse(&limited.to_toml()), limited);
    assert!(limited.memory.is_limited() && !parse("").memory.is_limited());
}

#[test]
fn the_default_of_neighbours_fits_into_a_small_network() {
    for agents in 1..12 {
        let ring = network(&format!("kind = \"ring\"\nagents = {agents}"));
        let neighbors = 8.min((agents - 1) / 2 * 2);
        assert_eq!(ring, NetworkScenario::Generated(GeneratedNetwork::Ring { agents, neighbors }));
    }
}

#[test]
fn each_kind_reads_its_own_parameters() {
    let cases = [
        ("kind = \"ring\"\nagents = 20\nneighbors = 4", GeneratedNetwork::Ring { agents: 20, neighbors: 4 }),
        (
            "kind = \"lattice\"\nwidth = 3\nheight = 5\nperiodic = false",
            GeneratedNetwork::Lattice { width: 3, height: 5, periodic: false },
        ),
        ("kind = \"lattice\"\nagents = 100", GeneratedNetwork::Lattice { width: 10, height: 10, periodic: true }),
        ("kind = \"lattice\"\nagents = 1000", GeneratedNetwork::Lattice { width: 40, height: 25, periodic: true }),
        (
            "kind = \"random\"\nagents = 50\nprobability = 0.2",
            GeneratedNetwork::Random { agents: 50, density: Density::Probability(0.2) },
        ),
        (
            "kind = \"random\"\nagents = 50\nlinks = 100",
            GeneratedNetwork::Random { agents: 50, density: Density::Links(100) },
        ),
        (
            "kind = \"random\"\nagents = 50\nneighbors = 3.5",
            GeneratedNetwork::Random { agents: 50, density: Density::Neighbors(3.5) },
        ),
        ("kind = \"scale_free\"\nattach = 2", GeneratedNetwork::ScaleFree { agents: 1000, attach: 2 }),
        (
            "kind = \"modular\"\nsizes = [30, 20]\nwithin = 0.5\nbetween = 0",
            GeneratedNetwork::Modular { blocks: Blocks::Sizes { sizes: vec![30, 20] }, within: 0.5, between: 0.0 },
        ),
        (
            "kind = \"modular\"\nagents = 50\nblocks = 3",
            GeneratedNetwork::Modular { blocks: Blocks::Equal { agents: 50, blocks: 3 }, within: 0.1, between: 0.01 },
        ),
        (
            "kind = \"geometric\"\nagents = 1e5\nradius = 0.01\nperiodic = false",
            GeneratedNetwork::Geometric { agents: 100_000, reach: Reach::Radius(0.01), periodic: false },
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(network(text), NetworkScenario::Generated(expected), "{text}");
    }
}

#[test]
fn every_kind_can_be_made_and_has_the_agents_and_the_neighbours_it_promises() {
    // Kind and parameters, and the mean number of neighbours where it follows from them.
    let cases = [
        ("kind = \"ring\"\nagents = 50", Some(8.0)),
        ("kind = \"lattice\"\nagents = 100", Some(4.0)),
        ("kind = \"complete\"\nagents = 20", Some(19.0)),
        ("kind = \"star\"\nagents = 20", Some(1.9)),
        ("kind = \"random\"\nagents = 2000", Some(8.0)),
        ("kind = \"random\"\nagents = 50\nlinks = 100", Some(4.0)),
        ("kind = \"random\"\nagents = 2000\nprobability = 0.005", Some(10.0)),
        ("kind = \"small_world\"\nagents = 100", Some(8.0)),
        ("kind = \"scale_free\"\nagents = 2000", Some(8.0)),
        ("kind = \"modular\"\nagents = 50\nblocks = 7", None),
        ("kind = \"modular\"\nsizes = [3, 10]\nwithin = 1\nbetween = 0", Some(96.0 / 13.0)),
        ("kind = \"geometric\"\nagents = 2000", Some(8.0)),
        ("kind = \"geometric\"\nagents = 50\nradius = 2.0", Some(49.0)),
        ("kind = \"geometric\"\nagents = 50\nneighbors = 0", Some(0.0)),
        ("kind = \"geometric\"\nagents = 1", Some(0.0)),
        ("kind = \"random\"\nagents = 1", Some(0.0)),
        ("kind = \"small_world\"\nagents = 1", Some(0.0)),
        ("kind = \"lattice\"\nagents = 1", Some(0.0)),
    ];
    for (text, neighbors) in cases {
        let NetworkScenario::Generated(generated) = network(text) else { panic!("{text}") };
        let adjacency = generated.topology().build(7).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(adjacency.nodes(), generated.agents(), "{text}");
        let mean = adjacency.links() as f64 / adjacency.nodes() as f64;
        // Random networks of 2000 agents scatter by a few per cent.
        assert!(neighbors.is_none_or(|expected| (mean - expected).abs() <= 0.06 * expected), "{text}: {mean}");
    }
}

#[test]
fn equal_blocks_differ_by_one_agent_at_most() {
    let blocks = Blocks::Equal { agents: 50, blocks: 7 };
    assert_eq!(blocks.sizes(), [8, 7, 7, 7, 7, 7, 7]);
}

#[test]
fn all_to_all_coupling_needs_no_network_but_its_agents() {
    let scenario = parse("[network]\nagents = 300\n[coupling]\nall_to_all = true");
    assert_eq!(scenario.network, NetworkScenario::Generated(GeneratedNetwork::Complete { agents: 300 }));
    let scenario = parse("[network]\nfile = \"grid.mtx\"\n[coupling]\nall_to_all = true");
    assert!(matches!(scenario.network, NetworkScenario::File { .. }));
}

#[test]
fn distributions_read_their_own_parameters() {
    let scenario = parse("[phases]\ndistribution = \"von_mises\"\nmean = 1\nconcentration = 4.0");
    assert_eq!(scenario.phases, Phases::Drawn(PhaseDistribution::VonMises { mean: 1.0, concentration: 4.0 }));
    let scenario = parse("[phases]\ndistribution = \"equal\"\nvalue = 0.5");
    assert_eq!(scenario.phases, Phases::Drawn(PhaseDistribution::Equal { value: 0.5 }));
    let scenario = parse("[frequencies]\ndistribution = \"lorentzian\"\nhalf_width = 0.5\nsampling = \"quantiles\"");
    let distribution = FrequencyDistribution::Lorentzian { center: 0.0, half_width: 0.5 };
    assert_eq!(scenario.frequencies, Frequencies::Drawn { distribution, sampling: Sampling::Quantiles });
    let scenario = parse("[frequencies]\ndistribution = \"uniform\"\nlow = -2\nhigh = -2");
    let distribution = FrequencyDistribution::Uniform { low: -2.0, high: -2.0 };
    assert_eq!(scenario.frequencies, Frequencies::Drawn { distribution, sampling: Sampling::Random });
}

#[test]
fn the_remaining_tables_read_their_keys() {
    let scenario = parse(
        "seed = 0\n[coupling]\nnormalization = \"size\"\nphase_lag = 0.3\nnoise = 0.1\n[time]\nsteps = 0\nintegrator = \"heun\"\n\
         [record]\nevery = 1\nphases = true\ncolumns = [\"R2\", \"local_coherence\"]\n[output]\ndir = \"x/y\"",
    );
    assert_eq!(scenario.coupling.normalization, Normalization::Size);
    assert_eq!((scenario.coupling.phase_lag, scenario.coupling.noise), (0.3, 0.1));
    assert_eq!((scenario.time.extent, scenario.steps()), (Some(Extent::Steps(0)), 0));
    assert_eq!(scenario.time.integrator, Integrator::Heun);
    assert_eq!(scenario.record.columns, [Column::R2, Column::LocalCoherence]);
    assert!(scenario.record.phases);
    assert_eq!(scenario.output.dir, Path::new("x/y"));
}

#[test]
fn input_paths_are_relative_to_the_scenario_and_the_output_is_not() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("scenario.toml");
    let absolute = directory.path().join("abs.csv");
    let text = format!(
        "[network]\nfile = \"sub/grid.mtx\"\n[phases]\nfile = '{}'\n[frequencies]\nfile = \"omega.csv\"\n[output]\ndir = \"out\"",
        absolute.display()
    );
    std::fs::write(&path, text).unwrap();
    let scenario = Scenario::load(&path).unwrap();
    let file = directory.path().join("sub/grid.mtx");
    assert_eq!(
        scenario.network,
        NetworkScenario::File { file, direction: Direction::AsStored, numbering: Numbering::AsStored }
    );
    assert_eq!(scenario.phases, Phases::File { file: absolute });
    assert_eq!(scenario.frequencies, Frequencies::File { file: directory.path().join("omega.csv") });
    assert_eq!(scenario.output.dir, Path::new("out"));

    // What a user types is relative to where the user is.
    let scenario = ScenarioBuilder::from_file(&path).unwrap().set("phases.file=here.csv").unwrap().build().unwrap();
    assert_eq!(scenario.phases, Phases::File { file: PathBuf::from("here.csv") });
}

#[test]
fn a_flag_overrides_a_set_and_a_set_overrides_the_file() {
    let builder = ScenarioBuilder::from_text("seed = 1\n[time]\nsteps = 10\n[coupling]\nnoise = 0.5", "a").unwrap();
    let builder = builder.flag("--seed", "seed", "3").unwrap().set("seed=2").unwrap().set("time.steps=20").unwrap();
    let scenario = builder.build().unwrap();
    assert_eq!((scenario.seed, scenario.steps(), scenario.coupling.noise), (3, 20, 0.5));
}

#[test]
fn the_later_of_two_sets_wins() {
    assert_eq!(overridden(&["seed=2", "seed=3"]).seed, 3);
}

#[test]
fn an_override_is_toml_or_a_bare_word() {
    let scenario = overridden(&[
        "network.kind=ring",
        "network.agents=1_000",
        "time.integrator=\"euler\"",
        " coupling . strength = 1.5 ",
        "coupling.all_to_all=false",
        "record.columns=[\"R2\"]",
        "output.dir=2026-11-23",
    ]);
    assert_eq!(scenario.network, NetworkScenario::Generated(GeneratedNetwork::Ring { agents: 1000, neighbors: 8 }));
    assert_eq!(scenario.time.integrator, Integrator::Euler);
    assert_eq!(scenario.coupling.strength, 1.5);
    assert_eq!(scenario.record.columns, [Column::R2]);
    assert_eq!(scenario.output.dir, Path::new("2026-11-23"));
    assert_eq!(overridden(&["coupling={ strength = 7, noise = 1 }"]).coupling.strength, 7.0);
    assert_eq!(overridden(&["output.dir=a=b"]).output.dir, Path::new("a=b"));
}

#[test]
fn an_override_takes_the_place_of_what_it_excludes() {
    let scenario = overridden(&["network.file=x.mtx"]);
    assert!(matches!(scenario.network, NetworkScenario::File { .. }));
    let scenario = overridden(&["network.kind=star", "network.agents=5"]);
    assert_eq!(scenario.network, NetworkScenario::Generated(GeneratedNetwork::Star { agents: 5 }));
    assert_eq!(overridden(&["time.steps=7"]).time.extent, Some(Extent::Steps(7)));
    assert_eq!(overridden(&["phases.file=p.csv"]).phases, Phases::File { file: "p.csv".into() });

    // The parameters of the kind in the file go with it.
    let text = "[network]\nkind = \"small_world\"\nagents = 50\nrewire = 0.5\n[frequencies]\nstd = 3.0";
    let builder = ScenarioBuilder::from_text(text, "a").unwrap();
    let builder = builder.set("network.kind=ring").unwrap().set("frequencies.distribution=lorentzian").unwrap();
    let scenario = builder.build().unwrap();
    assert_eq!(scenario.network, NetworkScenario::Generated(GeneratedNetwork::Ring { agents: 50, neighbors: 8 }));
    let distribution = FrequencyDistribution::Lorentzian { center: 0.0, half_width: 1.0 };
    assert_eq!(scenario.frequencies, Frequencies::Drawn { distribution, sampling: Sampling::Random });
}

#[test]
fn a_resolved_scenario_reads_back_as_itself() {
    let texts = [
        "",
        "[network]\nkind = \"lattice\"\nwidth = 4\nheight = 7",
        "[network]\nkind = \"complete\"\nagents = 12",
        "[network]\nkind = \"star\"",
        "[network]\nkind = \"random\"\nlinks = 30",
        "[network]\nkind = \"random\"\nprobability = 0.25",
        "[network]\nkind = \"random\"\nneighbors = 5.5",
        "[network]\nkind = \"scale_free\"",
        "[network]\nkind = \"modular\"\nblocks = 7",
        "[network]\nkind = \"modular\"\nsizes = [3, 4, 5]",
        "[network]\nkind = \"geometric\"\nradius = 0.125",
        "[network]\nkind = \"geometric\"\nneighbors = 6.5\nperiodic = false",
        "[network]\nfile = \"some where/ü.graphml\"\ndirection = \"both\"",
        "[network]\nbuiltin = \"celegans\"\ndirection = \"reversed\"",
        "[network]\nbuiltin = \"power_grid\"\nnumbering = \"metis\"",
        "[phases]\nfile = \"theta0.csv\"\n[frequencies]\nfile = \"omega.csv\"",
        "[phases]\ndistribution = \"von_mises\"\n[frequencies]\ndistribution = \"lorentzian\"\nsampling = \"quantiles\"",
        "[phases]\ndistribution = \"equal\"\n[frequencies]\ndistribution = \"equal\"\nvalue = 6.283185307179586",
        "[frequencies]\ndistribution = \"uniform\"\nlow = 1e-300\nhigh = 1e300",
        "seed = 9223372036854775807\n[time]\nstep = 0.1\nsteps = 9007199254740992\nintegrator = \"euler\"",
        "[coupling]\nphasors = \"single\"",
        "[coupling]\nphasors = \"single_angle\"",
        "[coupling]\nall_to_all = true\nnormalization = \"size\"\nphase_lag = -0.1\nnoise = 1e-9",
        "[record]\nevery = 3\nphases = true\ncolumns = [\"R2\", \"link_coherence\", \"local_coherence\"]",
    ];
    for text in texts.iter().copied().chain([lampyrid_io::scenario::DEFAULT_SCENARIO]) {
        let scenario = parse(text);
        let written = scenario.to_toml();
        assert_eq!(parse(&written), scenario, "{written}");
    }
}
