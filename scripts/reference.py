"""Makes tests/reference: small networks of oscillators and their phases after a while, to 13 digits.

Independent of the Rust code: dense matrices, 80-bit floating point (numpy longdouble on x86),
Gragg-Bulirsch-Stoer extrapolation. Each case is solved twice, with other steps and orders, and
the largest difference is printed and written beside the result; it must be below 1e-12.

Usage: python scripts/reference.py [CASE ...]     (needs numpy; all cases take ten minutes)
"""

import pathlib
import sys

import numpy as np

LONG = np.longdouble
TAU = 2 * LONG("3.14159265358979323846264338327950288")
HERE = pathlib.Path(__file__).resolve().parent.parent / "tests" / "reference"


class Case:
    def __init__(self, name, n, links, *, symmetric, weighted, strength, lag=0.0, normalization="degree",
                 duration=20.0, step=0.01, seed=0, spread=1.0, extra_entries=()):
        self.name, self.n, self.symmetric, self.weighted = name, n, symmetric, weighted
        self.strength, self.lag, self.normalization = strength, lag, normalization
        self.duration, self.step = duration, step
        rng = np.random.default_rng(seed)
        self.omega = np.round(spread * rng.standard_normal(n), 12)
        self.theta0 = np.round(rng.uniform(0, 2 * np.pi, n), 12)
        if weighted == "real":
            self.entries = [(i, j, round(float(rng.uniform(-0.5, 1.5)), 6)) for i, j in links]
        elif weighted == "integer":
            self.entries = [(i, j, int(rng.integers(1, 5))) for i, j in links]
        else:
            self.entries = [(i, j, 1) for i, j in links]
        self.entries += list(extra_entries)

    def matrix(self):
        """w[i, j]: the weight with which i listens to j; duplicates add, self-links are dropped."""
        w = np.zeros((self.n, self.n), dtype=LONG)
        linked = np.zeros((self.n, self.n), dtype=bool)
        for i, j, weight in self.entries:
            if i != j:
                for a, b in {(i, j), (j, i)} if self.symmetric else {(i, j)}:
                    w[a, b] += LONG(str(weight))
                    linked[a, b] = True
        return w, linked.sum(axis=1)

    def rate(self):
        w, degree = self.matrix()
        divisor = {"degree": np.maximum(degree, 1), "sum": 1, "size": self.n}[self.normalization]
        omega, gain, lag = self.omega.astype(LONG), LONG(str(self.strength)) / divisor, LONG(str(self.lag))

        def f(theta):
            return omega + gain * np.sum(w * np.sin(theta[None, :] - theta[:, None] - lag), axis=1)

        return f


def extrapolated_step(f, y, h, columns):
    """One step of Gragg's modified midpoint rule, extrapolated to zero (Bulirsch & Stoer 1966)."""
    table = []
    for k in range(1, columns + 1):
        n = 2 * k
        sub = h / n
        before, now = y, y + sub * f(y)
        for _ in range(n - 1):
            before, now = now, before + 2 * sub * f(now)
        row = [(before + now + sub * f(now)) / 2]
        for j, previous in enumerate(table[-1] if table else []):
            ratio = LONG(n) / LONG(2 * (k - 1 - j))
            row.append(row[j] + (row[j] - previous) / (ratio * ratio - 1))
        table.append(row)
    return table[-1][-1]


def solve(case, h, columns):
    f, y = case.rate(), case.theta0.astype(LONG)
    steps = int(round(case.duration / h))
    for _ in range(steps):
        y = extrapolated_step(f, y, LONG(case.duration) / steps, columns)
    return y


def small_world(n, k, p, seed):
    rng = np.random.default_rng(seed)
    links = set()
    for i in range(n):
        for d in range(1, k // 2 + 1):
            j = (i + d) % n
            if rng.random() < p:
                j = int(rng.integers(n))
                while j == i or (max(i, j), min(i, j)) in links:
                    j = int(rng.integers(n))
            links.add((max(i, j), min(i, j)))
    return sorted(links)


def random_directed(n, p, seed, nodes=None):
    rng = np.random.default_rng(seed)
    among = range(n) if nodes is None else nodes
    return [(i, j) for i in among for j in among if i != j and rng.random() < p]


def cases():
    yield Case("undirected_small_world", 60, small_world(60, 6, 0.2, 1), symmetric=True, weighted=None,
               strength=2.0, duration=30.0, seed=11)
    yield Case("directed_random", 50, random_directed(50, 0.1, 2), symmetric=False, weighted=None,
               strength=3.0, duration=20.0, seed=12, spread=0.5)
    yield Case("weighted_undirected", 40, small_world(40, 4, 0.3, 3), symmetric=True, weighted="real",
               strength=3.0, duration=15.0, step=0.005, seed=13)
    yield Case("weighted_lagged", 45, random_directed(45, 0.12, 4), symmetric=False, weighted="real",
               strength=2.5, lag=0.4, duration=20.0, step=0.005, seed=14)
    yield Case("disconnected", 36, random_directed(36, 0.2, 5, nodes=[*range(3, 15), *range(20, 33)]), symmetric=False,
               weighted=None, strength=1.0, duration=25.0, step=0.005, seed=15, spread=2.0)
    yield Case("star_summed", 12, [(i, 0) for i in range(1, 12)], symmetric=True, weighted=None, strength=0.4,
               normalization="sum", duration=50.0, seed=16)
    yield Case("complete_by_size", 30, [(i, j) for i in range(30) for j in range(i)], symmetric=True, weighted=None,
               strength=1.2, normalization="size", duration=20.0, seed=17, spread=0.5)
    yield Case("sensitive", 24, small_world(24, 4, 0.3, 8), symmetric=True, weighted=None, strength=-0.6, lag=1.3,
               normalization="sum", duration=15.0, step=0.002, seed=18)
    yield Case("duplicates_and_self_links", 10, small_world(10, 4, 0.2, 9), symmetric=True, weighted="integer",
               strength=0.6, duration=20.0, seed=19, extra_entries=[(1, 0, 2), (5, 5, 3), (1, 0, 1)])


def write(case, final, agreement):
    folder = HERE / case.name
    folder.mkdir(parents=True, exist_ok=True)
    field = {None: "pattern", "real": "real", "integer": "integer"}[case.weighted]
    symmetry = "symmetric" if case.symmetric else "general"
    lines = [f"%%MatrixMarket matrix coordinate {field} {symmetry}", f"{case.n} {case.n} {len(case.entries)}"]
    lines += [f"{i + 1} {j + 1}" + (f" {w}" if case.weighted else "") for i, j, w in case.entries]
    (folder / "network.mtx").write_text("\n".join(lines) + "\n")
    for name, values in (("omega", case.omega), ("theta0", case.theta0)):
        (folder / f"{name}.csv").write_text("".join(f"{float(v)!r}\n" for v in values))
    (folder / "scenario.toml").write_text(f"""[network]
file = "network.mtx"
[phases]
file = "theta0.csv"
[frequencies]
file = "omega.csv"
[coupling]
strength = {case.strength}
phase_lag = {case.lag}
normalization = "{case.normalization}"
[time]
step = {case.step}
duration = {case.duration}
integrator = "rk4"
[record]
every = 1000
""")
    wrapped = final - TAU * np.floor(final / TAU)
    text = f"# phases at t = {case.duration} s; two solutions agree to {float(agreement):.1e}\n"
    text += "".join(np.format_float_positional(v, precision=17, unique=False) + "\n" for v in wrapped)
    (folder / "final.csv").write_text(text)


def main():
    for case in cases():
        if sys.argv[1:] and case.name not in sys.argv[1:]:
            continue
        steps = (0.01, 0.008) if case.name == "sensitive" else (0.05, 0.04)
        final = solve(case, steps[0], 9)
        agreement = np.max(np.abs(final - solve(case, steps[1], 8)))
        print(f"{case.name:28} n = {case.n:3}  agreement {float(agreement):.1e}", flush=True)
        assert agreement < 1e-12, case.name
        write(case, final, agreement)


if __name__ == "__main__":
    main()
