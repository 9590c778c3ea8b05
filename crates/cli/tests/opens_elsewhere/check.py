"""Opens a run and a sweep that were recorded in every format with DuckDB, pandas and NumPy, and compares the formats
exactly.

    python check.py RUN_DIRECTORY SWEEP_DIRECTORY
"""

import csv
import json
import math
import pathlib
import sys

import duckdb
import numpy
import pandas

run, sweep = (pathlib.Path(argument) for argument in sys.argv[1:])
record = json.loads((run / "run.json").read_text())


def text(table):
    """A table as CSV, by columns of text."""
    with open(f"{table}.csv", newline="") as file:
        heading, *rows = csv.reader(file)
    return {column: [row[place] for row in rows] for place, column in enumerate(heading)}


def number(field):
    return float(field) if field else math.nan


def same(found, expected, what):
    assert len(found) == len(expected), f"{what}: {len(found)} rows, {len(expected)} expected"
    for row, (one, other) in enumerate(zip(found, expected)):
        equal = one == other or (one is None or one != one) and other != other
        assert equal, f"{what}, row {row}: {one!r}, {other!r} expected"


def by_duckdb(table):
    table = duckdb.sql(f"SELECT * FROM '{table}.parquet'")
    return {column: list(values) for column, values in zip(table.columns, zip(*table.fetchall()))}


def by_pandas(table):
    frame = pandas.read_parquet(f"{table}.parquet")
    return {column: frame[column].tolist() for column in frame.columns}


def metadata(table):
    rows = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{table}.parquet')").fetchall()
    return {bytes(key).decode(): bytes(value).decode() for key, value in rows}


def check(table, units, expected):
    """Compares a Parquet file with what it should hold, and returns what it tells of itself."""
    for reader in (by_duckdb, by_pandas):
        found = reader(table)
        assert list(found) == list(units), f"{table}: {list(found)}"
        for column in units:
            same(found[column], expected[column], f"{table}.{column} {reader.__name__}")
    told = metadata(table)
    assert json.loads(told["lampyrid.units"]) == units, told["lampyrid.units"]
    assert told["lampyrid.table"] == table.name
    assert told["lampyrid.version"] == record["versions"]["lampyrid"]
    assert "[network]" in told["lampyrid.scenario"]
    print(f"{table.name}.parquet: {len(expected[column])} rows as in CSV")
    return told


UNITS = {
    "order_parameter": {"time": "s", "R": "1", "psi": "rad", "R2": "1"},
    "phases": {"time": "s", "id": "1", "phase": "rad"},
    "events": {"time": "s", "kind": "", "value": "by kind", "detail": ""},
}

series, phases, events = (text(run / name) for name in UNITS)
expected = {
    "order_parameter": {column: [number(field) for field in fields] for column, fields in series.items()},
    "events": {
        "time": [number(field) for field in events["time"]],
        "kind": events["kind"],
        "value": [number(field) for field in events["value"]],
        "detail": events["detail"],
    },
}
agents = [column for column in phases if column != "time"]
instants = range(len(phases["time"]))
expected["phases"] = {
    "time": [number(phases["time"][row]) for row in instants for _ in agents],
    "id": [int(agent) for _ in instants for agent in agents],
    "phase": [number(phases[agent][row]) for row in instants for agent in agents],
}
gone = sum(value != value for value in expected["phases"]["phase"])
assert gone > 0, "the run removes agents, whose phases are missing"

for name, units in UNITS.items():
    told = check(run / name, units, expected[name])
    assert int(told["lampyrid.seed"]) == record["seed"]

KEYS = {"coupling.strength": "rad/s", "network.kind": ""}
QUANTILES = {f"R_q{part}": "1" for part in ("05", "25", "50", "75", "95")}
SWEEP = {
    "points": {"point": "1", **KEYS, "runs": "1", "failures": "1", "R": "1", "R_standard_error": "1", **QUANTILES}
    | {"attained": "1", "time_to_goal": "s"},
    "runs": {"point": "1", **KEYS, "replicate": "1", "seed": "1", "status": "", "agents": "1", "steps": "1"}
    | {"R_final": "1", "R_mean": "1", "attained": "1", "time_to_goal": "s", "phase_hash": "", "error": ""},
}
for name, units in SWEEP.items():
    table = text(sweep / name)
    # Whole numbers of 64 bits have more digits than a floating one.
    convert = {"": str, "1": number, "s": number, "rad/s": number}
    expected = {column: list(map(convert[unit], table[column])) for column, unit in units.items()}
    if name == "runs":
        expected["seed"] = list(map(int, table["seed"]))
        assert sorted(set(table["status"])) == ["done", "failed"], table["status"]
    told = check(sweep / name, units, expected)
    assert told["lampyrid.vary"] == "coupling.strength=1,1e308 network.kind=ring,random", told["lampyrid.vary"]

array = numpy.load(run / "final_state.npy", mmap_mode="r")
assert array.dtype == numpy.dtype([("id", "<u8"), ("phase", "<f8"), ("frequency", "<f8"), ("energy", "<f8")])
state = text(run / "final_state")
assert array.shape == (len(state["id"]),)
same(array["id"].tolist(), [int(field) for field in state["id"]], "final_state id")
for column in ("phase", "frequency", "energy"):
    same(array[column].tolist(), [number(field) for field in state[column]], f"final_state {column}")
print(f"final_state.npy: {len(array)} records as in CSV")
print(f"opened with duckdb {duckdb.__version__}, pandas {pandas.__version__}, numpy {numpy.__version__}")
