#!/usr/bin/env python3
"""Stone Soup beside Parapet on twelve minutes of real traffic: the same plots, the same truth, one run.

  python3 beside_stonesoup.py --recording FOLDER [--parapet target/release/parapet]

FOLDER holds bcn_0800_0812.ast and bcn_0800_0812_plots.csv.gz. Plots are what `parapet decode` reads out of the recording: range,
azimuth and flight level, nothing that the radar's own tracker has computed. Truth is the ground speed and true track angle that the
aircraft told with the same plot (BDS 5,0), which no tracker is given.

Stone Soup runs its own predictors, updaters, hypothesiser, global nearest neighbour, initiator and deleters:
  cv   extended Kalman filter, nearly constant velocity
  ct   extended Kalman filter, constant turn (its ConstantTurn model)
  imm  constant velocity, quiet and restless, mixed as an interacting multiple model (which Stone Soup lacks; the mixing is ours,
       the filters in it are Stone Soup's)
A plot with an address goes to the track that has had the same address, as in Parapet: Stone Soup's filtered associators do the same
by metadata. Height comes from the flight level and is filtered apart from the plane, where nothing falls.

Needs: pip install stonesoup==1.9.1
"""
import argparse, csv, datetime, gzip, json, math, os, resource, subprocess, tempfile, time, warnings

import numpy as np

warnings.filterwarnings("ignore")
from stonesoup.dataassociator.neighbour import GNNWith2DAssignment
from stonesoup.hypothesiser.distance import DistanceHypothesiser
from stonesoup.measures import Mahalanobis
from stonesoup.models.measurement.nonlinear import CartesianToBearingRange
from stonesoup.models.transition.linear import CombinedLinearGaussianTransitionModel, ConstantVelocity
from stonesoup.models.transition.nonlinear import ConstantTurn
from stonesoup.predictor.kalman import ExtendedKalmanPredictor
from stonesoup.types.angle import Bearing
from stonesoup.types.array import CovarianceMatrix, StateVector
from stonesoup.types.detection import Detection
from stonesoup.types.hypothesis import SingleDistanceHypothesis
from stonesoup.types.state import GaussianState
from stonesoup.types.track import Track
from stonesoup.updater.kalman import ExtendedKalmanUpdater

KNOT_MPS = 1852.0 / 3600.0
NMI_M = 1852.0
FOOT_M = 0.3048
# As the site file has the radar: scenarios/barcelona-airport/site.toml.
ANTENNA_M = 27.257
SIGMA_RANGE_M, SIGMA_AZIMUTH_RAD = 20.0, math.radians(0.06)
# Effective Earth radius for a straight ray: refraction is left out, as in Parapet.
EARTH_M = 6_371_000.0
# Compared from the seventh plot of a track on; direction only above 50 kt.
PLOTS_MIN, MOVING_KT = 7, 50.0
# A track without a plot for five scans is dropped; Mahalanobis distance of the gate.
LOST_S, GATE = 20.0, 4.0
T0 = datetime.datetime(2023, 5, 2)


def plots(recording, parapet):
    """Every detection in the order of sending: (time of day s, ground range m, azimuth rad, address or None)."""
    found = subprocess.run([parapet, "decode", recording], capture_output=True, text=True, check=False).stdout
    out = []
    for line in found.splitlines():
        items = json.loads(line)["items"]
        if "I048/040" not in items or "I048/140" not in items:
            continue
        polar = items["I048/040"]
        rho_m = polar["RHO"]["value"] * NMI_M
        theta = math.radians(polar["THETA"]["value"])
        level = items.get("I048/090", {}).get("FL", {}).get("value")
        height_m = (level if level is not None else 30.0) * 100.0 * FOOT_M
        address = items.get("I048/220", {}).get("raw")
        address = f"{address:06X}" if address is not None else None
        out.append((items["I048/140"]["value"], ground_range_m(rho_m, height_m), theta, address))
    return out


def ground_range_m(rho_m, height_m):
    """Along the horizontal plane of the antenna, from slant range and height above mean sea level."""
    rise_m = height_m - ANTENNA_M - rho_m**2 / (2.0 * EARTH_M)
    return math.sqrt(max(rho_m**2 - rise_m**2, 1.0))


def truth(table):
    rows = []
    with gzip.open(table, "rt") as file:
        for row in csv.DictReader(file):
            number = lambda key: float(row[key]) if row[key] else None
            if row["icao"]:
                rows.append((float(row["tod_s"]), row["icao"], number("bds50_gs_kt"), number("bds50_trk_deg")))
    return rows


class Imm:
    """Two of Stone Soup's filters, mixed by the textbook (Blom and Bar-Shalom 1988)."""

    def __init__(self, models, stay_s):
        self.filters = [ExtendedKalmanPredictor(model) for model in models]
        self.stay_s = stay_s

    def predict(self, state, timestamp):
        dt = (timestamp - state.timestamp).total_seconds()
        n = len(self.filters)
        stay = math.exp(-dt / self.stay_s)
        pi = np.full((n, n), (1 - stay) / (n - 1)) + np.eye(n) * (stay - (1 - stay) / (n - 1))
        parts, odds = getattr(state, "imm", ([state] * n, np.full(n, 1.0 / n)))
        c = odds @ pi
        mixed = []
        for j in range(n):
            w = pi[:, j] * odds / c[j]
            mean, cov = moments(parts, w)
            mixed.append(self.filters[j].predict(GaussianState(mean, cov, timestamp=state.timestamp), timestamp=timestamp))
        out = merged(mixed, c, timestamp)
        out.imm = (mixed, c)
        return out


def moments(parts, w):
    mean = sum(wi * np.asarray(p.state_vector, float) for wi, p in zip(w, parts))
    cov = sum(
        wi * (np.asarray(p.covar, float) + (np.asarray(p.state_vector, float) - mean) @ (np.asarray(p.state_vector, float) - mean).T)
        for wi, p in zip(w, parts)
    )
    return StateVector(mean), CovarianceMatrix(cov)


def merged(parts, w, timestamp):
    mean, cov = moments(parts, w)
    return GaussianState(mean, cov, timestamp=timestamp)


class Tracker:
    """One look at a time: hypotheses, global nearest neighbour, updates, births."""

    def __init__(self, kind):
        self.kind = kind
        quiet, restless = 0.05, 6.0  # acceleration, m^2/s^3: straight flight, and turns of 4 m/s^2 over some seconds
        cv = lambda q: CombinedLinearGaussianTransitionModel([ConstantVelocity(q), ConstantVelocity(q)])
        if kind == "imm":
            self.imm = Imm([cv(quiet), cv(restless)], stay_s=40.0)
            self.predictor = ExtendedKalmanPredictor(cv(restless))
        elif kind == "ct":
            self.predictor = ExtendedKalmanPredictor(ConstantTurn(linear_noise_coeffs=np.array([0.5, 0.5]), turn_noise_coeff=1e-5))
        else:
            self.predictor = ExtendedKalmanPredictor(cv(2.0))
        dim = 5 if kind == "ct" else 4
        self.model = CartesianToBearingRange(
            ndim_state=dim, mapping=(0, 2), noise_covar=CovarianceMatrix(np.diag([SIGMA_AZIMUTH_RAD**2, SIGMA_RANGE_M**2]))
        )
        self.updater = ExtendedKalmanUpdater(self.model)
        self.hypothesiser = DistanceHypothesiser(self.predictor, self.updater, Mahalanobis(), missed_distance=GATE)
        self.associator = GNNWith2DAssignment(self.hypothesiser)
        self.tracks = []
        self.by_address = {}

    def begin(self, detection, address):
        bearing, rng = float(detection.state_vector[0]), float(detection.state_vector[1])
        x, y = rng * math.cos(bearing), rng * math.sin(bearing)
        s = max(SIGMA_RANGE_M, rng * SIGMA_AZIMUTH_RAD) ** 2
        mean, var = [x, 0.0, y, 0.0], [s, 150.0**2, s, 150.0**2]
        if self.kind == "ct":
            mean, var = mean + [0.0], var + [0.03**2]
        track = Track([GaussianState(StateVector(mean), CovarianceMatrix(np.diag(var)), timestamp=detection.timestamp)])
        track.metadata_address, track.count = address, 1
        self.tracks.append(track)
        if address:
            self.by_address[address] = track
        return track

    def update(self, track, detection):
        """Stone Soup's update of one track by one plot; of every part of a mixture, where it is one."""
        state = track.state
        if self.kind == "imm":
            parts, odds = self.imm.predict(state, detection.timestamp).imm
            new, like = [], []
            for part in parts:
                mp = self.updater.predict_measurement(part)
                new.append(self.updater.update(SingleDistanceHypothesis(part, detection, 0.0, mp)))
                y = np.asarray(detection.state_vector - mp.state_vector, float)
                s = np.asarray(mp.covar, float)
                like.append(math.exp(-0.5 * float((y.T @ np.linalg.solve(s, y)).item())) / math.sqrt(np.linalg.det(s)))
            w = odds * np.maximum(like, 1e-300)
            w = w / w.sum()
            out = merged(new, w, detection.timestamp)
            out.imm = (new, w)
            track.append(out)
        else:
            prediction = self.predictor.predict(state, timestamp=detection.timestamp)
            mp = self.updater.predict_measurement(prediction)
            track.append(self.updater.update(SingleDistanceHypothesis(prediction, detection, 0.0, mp)))
        track.count += 1

    def look(self, at, measured):
        """Plots of one moment; returns (address, track) of each that moved or began a track."""
        moved, open_detections = [], {}
        for rng, theta, address in measured:
            # Anticlockwise from east, as Stone Soup measures.
            bearing = (math.pi / 2 - theta + math.pi) % (2 * math.pi) - math.pi
            detection = Detection(StateVector([Bearing(bearing), rng]), timestamp=at, measurement_model=self.model)
            own = self.by_address.get(address) if address else None
            if own is not None and at > own.state.timestamp:
                self.update(own, detection)
                moved.append((address, own))
            elif own is None and address:
                moved.append((address, self.begin(detection, address)))
            elif not address:
                open_detections[detection] = address
        if open_detections:
            unnamed = {t for t in self.tracks if t.metadata_address is None and at > t.state.timestamp}
            taken = set()
            for track, hypothesis in self.associator.associate(unnamed, set(open_detections), at).items() if unnamed else ():
                if hypothesis:
                    self.update(track, hypothesis.measurement)
                    taken.add(hypothesis.measurement)
            for detection in open_detections:
                if detection not in taken:
                    self.begin(detection, None)
        gone = [t for t in self.tracks if (at - t.state.timestamp).total_seconds() > LOST_S]
        for track in gone:
            self.tracks.remove(track)
            if track.metadata_address:
                self.by_address.pop(track.metadata_address, None)
        return moved


def run_stonesoup(kind, measured):
    """Lines of (address, time of day, speed kt, course deg, plots) and the CPU seconds of tracking."""
    tracker, lines = Tracker(kind), []
    # In the order of measuring, for Stone Soup's filters do not go back in time: Parapet is given the order of sending.
    measured = sorted(measured, key=lambda plot: plot[0])
    begun = time.process_time()
    for time_s, rng, theta, address in measured:
        for who, track in tracker.look(T0 + datetime.timedelta(seconds=time_s), [(rng, theta, address)]):
            x = np.asarray(track.state.state_vector, float).ravel()
            speed, course = math.hypot(x[1], x[3]) / KNOT_MPS, math.degrees(math.atan2(x[1], x[3]))
            lines.append((who, time_s, speed, course, track.count))
    return lines, time.process_time() - begun


def run_parapet(parapet, recording, site):
    with tempfile.TemporaryDirectory() as out:
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([parapet, "track", "--date", "2023-05-02", "--config", site, "--out", out, recording], check=True, capture_output=True)
        cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        lines = []
        for line in open(os.path.join(out, "tracks.jsonl")):
            r = json.loads(line)
            if r["kind"] == "track" and r.get("address") and r["new_plots"]:
                lines.append((r["address"], r["at_s"] % 86400.0, r["ground_speed_mps"] / KNOT_MPS, r["course_deg"], r["plots"]))
        return lines, cpu


def errors(lines, rows):
    by_address = {}
    for who, at_s, speed, course, count in lines:
        if count >= PLOTS_MIN:
            by_address.setdefault(who, []).append((at_s, speed, course))
    speeds, courses = [], []
    for at_s, who, told_kt, told_deg in rows:
        near = min(by_address.get(who, []), key=lambda line: abs(line[0] - at_s), default=None)
        if near is None or abs(near[0] - at_s) > 0.08:
            continue
        if told_kt is not None:
            speeds.append(near[1] - told_kt)
        if told_deg is not None and told_kt is not None and told_kt >= MOVING_KT:
            courses.append((near[2] - told_deg + 540.0) % 360.0 - 180.0)
    return np.array(speeds), np.array(courses)


def percentiles(values):
    return " / ".join(f"{value:+.2f}" for value in np.quantile(values, [0.05, 0.5, 0.95]))


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.join(here, "..", "..")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recording", required=True, help="the folder of the recording")
    parser.add_argument("--parapet", default=os.path.join(root, "target/release/parapet"))
    a = parser.parse_args()
    recording = os.path.join(a.recording, "bcn_0800_0812.ast")
    rows = truth(os.path.join(a.recording, "bcn_0800_0812_plots.csv.gz"))
    measured = plots(recording, a.parapet)
    site = os.path.join(root, "scenarios/barcelona-airport/site.toml")
    table = [("Parapet", *run_parapet(a.parapet, recording, site))]
    names = {"cv": "Stone Soup, EKF, constant velocity", "ct": "Stone Soup, EKF, constant turn", "imm": "Stone Soup's filters, IMM"}
    for kind, name in names.items():
        table.append((name, *run_stonesoup(kind, measured)))
    print(f"{len(measured)} plots\n")
    print("| tracker | ground speed error, kt, 5/50/95 % | track angle error, degrees, 5/50/95 % | its size, 50/95 % | compared | CPU us a plot |")
    print("|---|---|---|---|---|---|")
    for name, lines, cpu in table:
        speeds, courses = errors(lines, rows)
        size = " / ".join(f"{value:.2f}" for value in np.quantile(np.abs(courses), [0.5, 0.95]))
        print(f"| {name} | {percentiles(speeds)} | {percentiles(courses)} | {size} | {len(speeds)} | {1e6 * cpu / len(measured):.1f} |")


if __name__ == "__main__":
    main()
