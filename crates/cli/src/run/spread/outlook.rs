//! What the processes of a run are going to tell each other, and what of a step that is going to take: said before it begins.

use lampyrid::{
    distributed::{Burden, Cluster, Placement, calibrate, measure_interconnect, predicted_bytes, predicted_halo},
    graph::Topology,
    io::{
        ExchangeRecord, RankRecord,
        scenario::{NetworkScenario, Scenario},
    },
};

use super::member::Member;
use crate::{
    error::Failure,
    plan::{LEAST_MEASURED, Rounds},
    ranks::{Ending, together},
    run::figures::{bytes, grouped},
};

/// Agents of the swarms that costs are measured in, at most: about a second.
const MOST_MEASURED: f64 = 1e5;

/// Processes whose halos are told one by one, at most.
const FEW: usize = 8;

pub(super) struct Outlook {
    /// By process: how many agents of others it hears.
    halos: Vec<u64>,
    predicted_halo: Option<f64>,
    bytes_per_step: f64,
    communication: f64,
    has_single_angles: bool,
    placement: Placement,
}

impl Outlook {
    /// All processes look together, and the first is told what is to be seen.
    pub(super) fn of(scenario: &Scenario, member: &Member, threads: usize) -> Result<Option<Self>, Ending> {
        let Member { ranks, agents, links, .. } = member;
        let [halo, partners] = member.heard();
        let halos = ranks.share(halo)?;
        let partners = mean(&ranks.share(partners)?);
        let interconnect = measure_interconnect(ranks)?;
        let share = *agents as f64 / ranks.size() as f64 / threads as f64;
        let measured = share.clamp(LEAST_MEASURED, MOST_MEASURED) as usize;
        let costs = ranks.is_first().then(|| calibrate(measured)).transpose().map_err(Failure::from);
        let Some(costs) = together(ranks, costs)? else { return Ok(None) };
        let topology = match &scenario.network {
            NetworkScenario::Generated(network) => network.topology(),
            // Whose links lead anywhere, as far as anybody knows.
            _ => Topology::RandomLinks { agents: *agents, links: *links as usize / 2 },
        };
        let all_to_all = scenario.coupling.all_to_all;
        let burden = Burden {
            links: if all_to_all { 0.0 } else { *links as f64 / *agents as f64 },
            halo: mean(&halos),
            partners,
            ..Burden::of(&topology, all_to_all, ranks.size())
        };
        let cluster = Cluster { nodes: ranks.size(), cores: threads, costs, interconnect };
        let Rounds { telling, sums } = Rounds::of(scenario, *agents);
        Ok(Some(Self {
            predicted_halo: predicted_halo(&topology, ranks.size()).filter(|_| !all_to_all),
            bytes_per_step: predicted_bytes(burden.halo, ranks.size(), telling),
            communication: cluster.forecast(&burden, telling, sums).communication(),
            has_single_angles: telling.phasors.has_single_angles(),
            placement: member.placement,
            halos,
        }))
    }

    /// What is said of it.
    pub(super) fn text(&self) -> String {
        let heard = |halo: &u64| grouped(*halo);
        let halos = if self.halos.len() <= FEW {
            let each = self.halos.iter().enumerate().map(|(rank, halo)| format!("rank {rank} hears {}", heard(halo)));
            format!("{} agents of others", each.collect::<Vec<_>>().join(", "))
        } else {
            let [least, most] =
                [self.halos.iter().min(), self.halos.iter().max()].map(|halo| heard(halo.unwrap_or(&0)));
            let mean = grouped(mean(&self.halos).round() as u64);
            format!("each rank hears {least} to {most} agents of others, {mean} on the mean")
        };
        let formula = |halo: f64| format!(" ({} by the formula)", grouped(halo.round() as u64));
        let predicted = self.predicted_halo.map_or(String::new(), formula);
        let along = match self.placement {
            Placement::Metis => "by parts of few links between them (METIS), ",
            Placement::CuthillMcKee => "in an order along links (Cuthill & McKee), ",
            _ => "",
        };
        format!(
            "{along}{halos}{predicted}: {} a step in all, as angles of {} bits; about {:.0} % of a step is going to be communication",
            bytes(self.bytes_per_step as u64),
            if self.has_single_angles { 32 } else { 64 },
            100.0 * self.communication,
        )
    }

    /// The same beside what has come of it.
    pub(super) fn record(&self, shares: &[RankRecord]) -> ExchangeRecord {
        let [step, compute] = [|share: &RankRecord| share.step_seconds, |share: &RankRecord| share.compute_seconds]
            .map(|seconds| shares.iter().map(seconds).sum::<f64>());
        ExchangeRecord {
            placement: self.placement.name().to_owned(),
            angles: if self.has_single_angles { "single" } else { "double" }.to_owned(),
            predicted_halo: self.predicted_halo,
            predicted_bytes_per_step: self.bytes_per_step,
            predicted_communication: self.communication,
            communication: (step > 0.0).then(|| 1.0 - compute / step),
        }
    }
}

fn mean(numbers: &[u64]) -> f64 {
    numbers.iter().sum::<u64>() as f64 / numbers.len().max(1) as f64
}
