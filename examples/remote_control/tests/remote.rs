//! The host as others see it: a process that answers HTTP.

use std::{
    net::TcpListener,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use serde_json::{Value, json};

const COUPLING: &str = "lampyrid_swarm::settings::Coupling";
const TIME_STEP: &str = "lampyrid_swarm::settings::TimeStep";
const ID: &str = "lampyrid_swarm::agent::AgentId";
const PHASE: &str = "lampyrid_swarm::agent::Phase";
const FREQUENCY: &str = "lampyrid_swarm::agent::Frequency";
const NEIGHBORS: &str = "lampyrid_swarm::links::neighbors::Neighbors";

struct Host {
    process: Child,
    url: String,
    agent: ureq::Agent,
}

impl Host {
    /// Starts the program on a free port and waits until it answers.
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_remote_control"));
        let process = command.arg(port.to_string()).stderr(Stdio::null()).spawn().unwrap();
        let config = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).build();
        let mut host = Self { process, url: format!("http://127.0.0.1:{port}"), agent: config.into() };
        for _ in 0..600 {
            if host.try_ask("swarm.coherence", Value::Null).is_ok() {
                return host;
            }
            assert_eq!(host.process.try_wait().unwrap(), None, "the host has ended");
            sleep(Duration::from_millis(100));
        }
        panic!("the host does not answer");
    }

    /// The whole response to a request.
    fn try_ask(&self, method: &str, params: Value) -> Result<Value, ureq::Error> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.agent.post(&self.url).send_json(request)?.body_mut().read_json()
    }

    fn ask(&self, method: &str, params: Value) -> Value {
        let response = self.try_ask(method, params).unwrap();
        response.get("result").unwrap_or_else(|| panic!("{method}: {response}")).clone()
    }

    /// The message of a request that is refused.
    fn refused(&self, method: &str, params: Value) -> String {
        let response = self.try_ask(method, params).unwrap();
        response["error"]["message"].as_str().unwrap_or_else(|| panic!("{method}: {response}")).to_owned()
    }

    fn resource(&self, name: &str) -> Value {
        self.ask("world.get_resources", json!({ "resource": name }))["value"].clone()
    }

    fn set(&self, resource: &str, path: &str, value: Value) {
        self.ask("world.mutate_resources", json!({ "resource": resource, "path": path, "value": value }));
    }

    fn query(&self, components: &[&str]) -> Vec<Value> {
        let rows = self.ask("world.query", json!({ "data": { "components": components } }));
        rows.as_array().unwrap().clone()
    }

    fn coherence(&self) -> f64 {
        self.ask("swarm.coherence", Value::Null)["r"].as_f64().unwrap()
    }

    fn steps(&self) -> u64 {
        self.resource("lampyrid_swarm::clock::SwarmClock")["steps"].as_u64().unwrap()
    }

    /// Asks for R until it is as expected, for 20,000 steps at most.
    fn wait_for(&self, what: &str, is_expected: impl Fn(f64) -> bool) {
        let begin = self.steps();
        while !is_expected(self.coherence()) {
            assert!(self.steps() < begin + 20_000, "R = {} is not {what}", self.coherence());
            sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn the_swarm_reacts_to_a_coupling_that_is_changed_from_outside() {
    let host = Host::start();
    assert!(host.coherence() < 0.5, "uncoupled agents at random phases");
    assert_eq!(host.resource(COUPLING)["strength"], json!(0.0));

    host.set(COUPLING, ".strength", json!(4.0));
    host.wait_for("above 0.95", |r| r > 0.95);
    host.set(COUPLING, ".strength", json!(-4.0));
    host.wait_for("below 0.5", |r| r < 0.5);
    host.set(COUPLING, ".normalization", json!("Sum"));
    host.set(COUPLING, ".strength", json!(1.0));
    host.wait_for("above 0.95 again", |r| r > 0.95);
    let coupling = host.resource(COUPLING);
    assert_eq!((&coupling["normalization"], &coupling["strength"]), (&json!("Sum"), &json!(1.0)));
}

#[test]
fn agents_can_be_looked_at_linked_and_spawned_from_outside() {
    let host = Host::start();
    let rows = host.query(&[ID, PHASE, FREQUENCY, NEIGHBORS]);
    let mut ids = Vec::new();
    let entities: Vec<u64> = rows.iter().map(|row| row["entity"].as_u64().unwrap()).collect();
    for row in &rows {
        let of = |name: &str| &row["components"][name];
        ids.push(of(ID).as_u64().unwrap());
        assert!((0.0..std::f64::consts::TAU).contains(&of(PHASE).as_f64().unwrap()), "{row}");
        let neighbors = of(NEIGHBORS).as_array().unwrap();
        assert!(!neighbors.is_empty());
        assert!(neighbors.iter().all(|heard| entities.contains(&heard.as_u64().unwrap())), "{row}");
    }
    ids.sort_unstable();
    assert_eq!(ids, (0..100).collect::<Vec<u64>>());

    let components = host.ask("world.list_components", json!({ "entity": entities[0] }));
    for name in [ID, PHASE, FREQUENCY, NEIGHBORS] {
        assert!(components.as_array().unwrap().contains(&json!(name)), "{name} is missing in {components}");
    }

    // Another list for one, and a newcomer who listens to two.
    let list = json!([entities[1], entities[2]]);
    host.ask("world.insert_components", json!({ "entity": entities[0], "components": { NEIGHBORS: list } }));
    let newcomer = json!({ PHASE: 0.5, NEIGHBORS: list });
    let newcomer = host.ask("world.spawn_entity", json!({ "components": newcomer }))["entity"].clone();
    let rows = host.query(&[ID, NEIGHBORS]);
    assert_eq!(rows.len(), 101);
    for entity in [&json!(entities[0]), &newcomer] {
        let row = rows.iter().find(|row| row["entity"] == *entity).unwrap();
        assert_eq!(row["components"][NEIGHBORS], list);
    }
    let row = rows.iter().find(|row| row["entity"] == newcomer).unwrap();
    assert_eq!(row["components"][ID], json!(100));
}

#[test]
fn nonsense_from_outside_is_refused_or_stops_the_swarm_and_never_the_host() {
    let host = Host::start();
    let strength = json!({ "resource": COUPLING, "path": ".strength", "value": "much" });
    assert!(host.refused("world.mutate_resources", strength).contains("much"));
    let entity = host.query(&[ID])[0]["entity"].clone();
    let id = json!({ "entity": entity, "component": ID, "path": "", "value": 7 });
    assert!(host.refused("world.mutate_components", id).contains("AgentId"));

    // A step of no time is no step: the clock stands until it is mended.
    host.set(TIME_STEP, ".seconds", json!(0.0));
    let standing = host.steps();
    (0..5).for_each(|_| assert_eq!(host.steps(), standing));
    host.set(TIME_STEP, ".seconds", json!(0.01));
    while host.steps() == standing {
        sleep(Duration::from_millis(5));
    }
}
