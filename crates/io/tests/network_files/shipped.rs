//! The networks shipped with the project, against what is known of them.

use crate::support::{links, shipped};
use lampyrid_io::{InputError, NetworkFormat, ReadOptions, read_network, read_network_bytes};

#[test]
fn the_power_grid_has_4941_buses_and_6594_undirected_lines() {
    let grid = read_network(&shipped("power.mtx"), &ReadOptions::default()).unwrap();
    let adjacency = &grid.adjacency;
    assert_eq!(grid.format, NetworkFormat::MatrixMarket);
    assert_eq!((adjacency.nodes(), adjacency.links()), (4941, 2 * 6594));
    assert!(!grid.directed);
    assert!(adjacency.weights().is_none());
    assert!(grid.names.is_none());
    assert_eq!((grid.duplicates, grid.self_links), (0, 0));

    // Watts & Strogatz 1998, table 1: mean degree 2.67.
    let mean_degree = adjacency.links() as f64 / adjacency.nodes() as f64;
    assert!((mean_degree - 2.67).abs() < 0.005, "{mean_degree}");
    // The file's first entry is (387, 1); its busiest bus is number 2554.
    assert!(adjacency.neighbors(386).contains(&0));
    assert!(adjacency.neighbors(0).contains(&386));
    let degrees = (0..4941).map(|bus| adjacency.degree(bus));
    let busiest = degrees.enumerate().max_by_key(|&(_, degree)| degree);
    assert_eq!(busiest, Some((2553, 19)));
    for (i, j, _) in links(adjacency) {
        let back = adjacency.neighbors(j as usize).binary_search(&i);
        assert!(back.is_ok(), "{i} hears {j} but not the other way round");
    }
}

#[test]
fn the_worm_brain_has_297_neurons_and_2345_weighted_one_way_links() {
    let worm = read_network(&shipped("celegansneural.mtx"), &ReadOptions::default()).unwrap();
    let adjacency = &worm.adjacency;
    assert_eq!((adjacency.nodes(), adjacency.links()), (297, 2345));
    assert!(worm.directed);
    assert_eq!((worm.duplicates, worm.self_links), (0, 0));

    let weights = adjacency.weights().expect("an integer matrix has weights");
    assert_eq!(weights.iter().sum::<f64>(), 8819.0);
    assert_eq!(weights.iter().copied().fold(0.0, f64::max), 70.0);
    // Entry (7, 1) is 6: neuron 6 (counted from 0) hears neuron 0 with weight 6.
    let place = adjacency.neighbors(6).iter().position(|&sender| sender == 0);
    assert_eq!(adjacency.weights_of(6).unwrap()[place.unwrap()], 6.0);
    assert!(!adjacency.neighbors(0).contains(&6));
    let most_heard_by_one = (0..297).map(|i| (adjacency.degree(i), i)).max();
    assert_eq!(most_heard_by_one, Some((134, 44)));
}

#[test]
fn a_network_in_memory_is_read_like_a_file() {
    let options = ReadOptions::default();
    let bytes = include_bytes!("../../../../data/celegansneural.mtx");
    let in_memory = read_network_bytes("celegansneural.mtx", bytes, &options).unwrap();
    let on_disk = read_network(&shipped("celegansneural.mtx"), &options).unwrap();
    assert_eq!(in_memory.adjacency, on_disk.adjacency);

    let error = read_network_bytes("grid.mtx", b"1 2\n", &options).unwrap_err();
    assert!(matches!(error, InputError::NotMatrixMarket { .. }), "{error}");
    assert!(error.to_string().starts_with("grid.mtx:1:1: "), "{error}");
}
