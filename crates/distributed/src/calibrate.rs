//! What the parts of a step take on this machine.

use std::time::Instant;

use bevy_ecs::world::World;
use lampyrid_graph::{Part, Topology};
use lampyrid_kernel::{Level, Phasor, phasor};
use lampyrid_swarm::{Coupling, SwarmSpawner, Workers, advance, install_swarm};

use crate::{
    Costs, DistributedError, Interconnect, Numbers, Partition, Partner, RankSpawner, Ranks, Transport, TransportError,
    on_threads, traffic, transport::nothing,
};

/// Links of each agent of two rings: their difference is what links take.
const FEW: usize = 4;
const MANY: usize = 20;

/// Rounds of each measurement, of which the fastest counts.
const ROUNDS: usize = 15;

/// Measures on one core what the parts of a step take, in swarms of so many agents: as many as one core of the
/// cluster is going to have, for what links take depends on whether their agents are in the caches. A million take
/// some ten seconds.
///
/// # Errors
///
/// [`DistributedError::Graph`] and [`DistributedError::Swarm`] for fewer agents than links, or more than memory holds.
pub fn calibrate(agents: usize) -> Result<Costs, DistributedError> {
    let few = steps(&Topology::Ring { agents, neighbors: FEW })?;
    let many = steps(&Topology::Ring { agents, neighbors: MANY })?;
    let far = steps(&Topology::SmallWorld { agents, neighbors: MANY, rewire: 1.0 })?;
    let near_link = ((many.fastest - few.fastest) / (MANY - FEW) as f64).max(0.0);
    let agent = (few.fastest - FEW as f64 * near_link).max(0.0);
    Ok(Costs {
        agent,
        near_link,
        far_link: ((far.fastest - agent) / MANY as f64).max(near_link),
        tell: tell(agents)?,
        hear: hear(agents),
        jitter: many.jitter,
    })
}

/// Times of a step, per agent \[s\].
struct Steps {
    fastest: f64,
    /// The standard deviation of normal times with the same quartiles, over their median.
    jitter: f64,
}

fn steps(topology: &Topology) -> Result<Steps, DistributedError> {
    let agents = topology.agents();
    let phases: Vec<f64> = (0..agents).map(|agent| agent as f64 * 0.618).collect();
    let mut world = World::new();
    install_swarm(&mut world);
    world.insert_resource(Coupling { strength: 1.0, ..Coupling::default() });
    world.insert_resource(Workers::with_threads(1));
    SwarmSpawner::new(&topology.build(1)?).phases(&phases).spawn(&mut world)?;
    advance(&mut world, 2)?;
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        advance(&mut world, 2)?;
        times.push(began.elapsed().as_secs_f64() / (2 * agents) as f64);
    }
    times.sort_by(f64::total_cmp);
    let quartile = |quarter: usize| times[(ROUNDS - 1) * quarter / 4];
    /// Between the quartiles of a normal distribution lie so many standard deviations.
    const BETWEEN: f64 = 1.349;
    Ok(Steps { fastest: times[0], jitter: (quartile(3) - quartile(1)) / BETWEEN / quartile(2) })
}

/// Seconds that collecting a number for others takes, where all are scattered.
fn tell(agents: usize) -> Result<f64, DistributedError> {
    let agents = (agents / 8).max(64);
    let stream = Topology::SmallWorld { agents, neighbors: 8, rewire: 1.0 }.stream(1)?;
    let partition = Partition::blocks(agents, 2)?;
    let told = on_threads(2, |rank| -> Result<f64, DistributedError> {
        let part = Part::from_stream(&stream, partition.range(rank.rank()))?;
        let mut world = World::new();
        RankSpawner::new(&partition, part).spawn(&mut world, rank)?;
        world.insert_resource(Workers::with_threads(1));
        let mut fastest = f64::INFINITY;
        for _ in 0..ROUNDS {
            let before = traffic(&world);
            advance(&mut world, 2)?;
            let found = traffic(&world).since(before);
            let numbers = found.bytes / size_of::<f64>() as u64;
            fastest = fastest.min(found.packing.as_secs_f64() / numbers.max(1) as f64);
        }
        Ok(fastest)
    });
    told.into_iter().try_fold(f64::INFINITY, |fastest, one| Ok(fastest.min(one?)))
}

/// Seconds that the cosine and sine of a number take.
fn hear(numbers: usize) -> f64 {
    let angles: Vec<f64> = (0..numbers).map(|number| (number as f64 * 0.618) % 6.0).collect();
    let mut phasors = vec![Phasor::default(); numbers];
    let level = Level::detect();
    let times = (0..ROUNDS).map(|_| {
        let began = Instant::now();
        phasor::sin_cos(level, &angles, std::hint::black_box(&mut phasors));
        began.elapsed().as_secs_f64() / numbers.max(1) as f64
    });
    times.fold(f64::INFINITY, f64::min)
}

/// Numbers of a message that is long.
const LONG: usize = 1 << 17;

/// Measures what messages between ranks take: those between the first and the last one, which are the farthest apart
/// where ranks fill one machine after the other, and those of all with all. All ranks call it together, and are told the
/// same; with one there is nothing to measure, and messages cost nothing.
///
/// # Errors
///
/// If ranks do not come together.
pub fn measure_interconnect(ranks: &Ranks) -> Result<Interconnect, TransportError> {
    let transport = ranks.transport();
    let (rank, ranks) = (ranks.rank(), ranks.size());
    if ranks == 1 {
        return Ok(Interconnect { latency: 0.0, overhead: 0.0, bandwidth: f64::INFINITY });
    }
    let last = ranks - 1;
    let pair = |numbers: usize| -> Vec<Partner> {
        let partner = |other| Partner { rank: other, told: 0..numbers, heard: 0..numbers };
        [(0, last), (last, 0)].into_iter().filter(|(own, _)| *own == rank).map(|(_, other)| partner(other)).collect()
    };
    let everybody: Vec<Partner> = (0..ranks)
        .filter(|other| *other != rank)
        .enumerate()
        .map(|(place, other)| Partner { rank: other, told: 0..1, heard: place..place + 1 })
        .collect();
    let latency = fastest(transport, &pair(1))?;
    let long = fastest(transport, &pair(LONG))?;
    let all = fastest(transport, &everybody)?;
    let seconds = (long - latency).max(f64::MIN_POSITIVE);
    let overhead = (all - latency).max(0.0) / (ranks - 2).max(1) as f64;
    let found = [latency, overhead, size_of::<[f64; LONG]>() as f64 / seconds].map(f64::to_bits).to_vec();
    // The first rank was there each time.
    let told = transport.trade(if rank == 0 { vec![found; ranks] } else { vec![Vec::new(); ranks] })?;
    match told[0][..] {
        [latency, overhead, bandwidth] => Ok(Interconnect {
            latency: f64::from_bits(latency),
            overhead: f64::from_bits(overhead),
            bandwidth: f64::from_bits(bandwidth),
        }),
        _ => Err(TransportError::Unexpected { rank: 0 }),
    }
}

/// Seconds that the fastest of some exchanges with these partners took.
fn fastest(transport: &dyn Transport, partners: &[Partner]) -> Result<f64, TransportError> {
    let numbers = |end: fn(&Partner) -> usize| partners.iter().map(end).max().unwrap_or(0);
    let told = vec![0.0; numbers(|partner| partner.told.end)];
    let mut heard = vec![0.0; numbers(|partner| partner.heard.end)];
    let mut fastest = f64::INFINITY;
    for _ in 0..ROUNDS {
        let began = Instant::now();
        transport.exchange(partners, Numbers::Doubles { told: &told, heard: &mut heard }, &mut nothing)?;
        fastest = fastest.min(began.elapsed().as_secs_f64());
    }
    Ok(fastest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_takes_some_time_and_far_links_no_less_than_near_ones() {
        let costs = calibrate(2_000).unwrap();
        let Costs { agent, near_link, far_link, tell, hear, jitter } = costs;
        assert!(
            [agent + near_link, far_link, tell, hear].iter().all(|&seconds| seconds > 0.0 && seconds < 1e-3),
            "{costs:?}"
        );
        assert!(far_link >= near_link && jitter >= 0.0, "{costs:?}");
    }

    #[test]
    fn all_ranks_are_told_the_same_of_their_messages() {
        for ranks in [1, 2, 3] {
            let found = on_threads(ranks, |rank| measure_interconnect(&Ranks::new(rank)).unwrap());
            assert!(
                found.iter().all(|one| *one == found[0] && one.bandwidth > 0.0 && one.overhead >= 0.0),
                "{found:?}"
            );
            assert_eq!(found[0].latency > 0.0, ranks > 1, "{found:?}");
        }
    }

    #[test]
    fn rings_that_do_not_close_are_refused() {
        assert!(calibrate(10).is_err());
    }
}
