"""Opens a run that was recorded in every format with DuckDB, pandas and NumPy, and compares the formats exactly.

    python check.py RUN_DIRECTORY
"""

import csv
import json
import math
import pathlib
import sys

import duckdb
import numpy
import pandas

run = pathlib.Path(sys.argv[1])
record = json.loads((run / "run.json").read_text())


def text(name):
    """A table as CSV, by columns of text."""
    with open(run / f"{name}.csv", newline="") as file:
        heading, *rows = csv.reader(file)
    return {column: [row[place] for row in rows] for place, column in enumerate(heading)}


def number(field):
    return float(field) if field else math.nan


def same(found, expected, what):
    assert len(found) == len(expected), f"{what}: {len(found)} rows, {len(expected)} expected"
    for row, (one, other) in enumerate(zip(found, expected)):
        equal = one == other or (one is None or one != one) and other != other
        assert equal, f"{what}, row {row}: {one!r}, {other!r} expected"


def by_duckdb(name):
    table = duckdb.sql(f"SELECT * FROM '{run / name}.parquet'")
    return {column: list(values) for column, values in zip(table.columns, zip(*table.fetchall()))}


def by_pandas(name):
    frame = pandas.read_parquet(run / f"{name}.parquet")
    return {column: frame[column].tolist() for column in frame.columns}


def metadata(name):
    rows = duckdb.sql(f"SELECT key, value FROM parquet_kv_metadata('{run / name}.parquet')").fetchall()
    return {bytes(key).decode(): bytes(value).decode() for key, value in rows}


UNITS = {
    "order_parameter": {"time": "s", "R": "1", "psi": "rad", "R2": "1"},
    "phases": {"time": "s", "id": "1", "phase": "rad"},
    "events": {"time": "s", "kind": "", "value": "by kind", "detail": ""},
}

series, phases, events = text("order_parameter"), text("phases"), text("events")
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
    for reader in (by_duckdb, by_pandas):
        found = reader(name)
        assert list(found) == list(units), f"{name}: {list(found)}"
        for column in units:
            same(found[column], expected[name][column], f"{name}.{column} {reader.__name__}")
    told = metadata(name)
    assert json.loads(told["lampyrid.units"]) == units, told["lampyrid.units"]
    assert told["lampyrid.table"] == name
    assert told["lampyrid.version"] == record["versions"]["lampyrid"]
    assert int(told["lampyrid.seed"]) == record["seed"]
    assert "[network]" in told["lampyrid.scenario"]
    print(f"{name}.parquet: {len(expected[name]['time'])} rows as in CSV")

array = numpy.load(run / "final_state.npy", mmap_mode="r")
assert array.dtype == numpy.dtype([("id", "<u8"), ("phase", "<f8"), ("frequency", "<f8"), ("energy", "<f8")])
state = text("final_state")
assert array.shape == (len(state["id"]),)
same(array["id"].tolist(), [int(field) for field in state["id"]], "final_state id")
for column in ("phase", "frequency", "energy"):
    same(array[column].tolist(), [number(field) for field in state[column]], f"final_state {column}")
print(f"final_state.npy: {len(array)} records as in CSV")
print(f"opened with duckdb {duckdb.__version__}, pandas {pandas.__version__}, numpy {numpy.__version__}")
