//! Zones told 30 % should be hit in three cases of ten, and times told with 90 % should hold in nine of ten.

use std::fmt::Write as _;

use parapet_warn::{Policy, Zone};
use parapet_world::Stream;

use super::scenes::Shot;
use crate::play::{self, Player};
use crate::runs;

/// Zones on a side of the grid that covers the places where rounds come down.
const SIDE: usize = 26;
/// Half the side of a zone, metres.
const HALF_M: f64 = 175.0;
/// Probabilities below this are not looked at: there are as many of them as one cares to draw zones.
const LEAST: f64 = 0.005;
/// When zones are looked at: seconds after the first plot, and before the impact.
const AFTER_S: [f64; 6] = [3.0, 5.0, 8.0, 12.0, 18.0, 26.0];
const BEFORE_S: f64 = 4.0;
/// Bounds of the bins of the diagram.
const BINS: [f64; 13] = [LEAST, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.000_001];

/// What one zone was told at one time, and what came of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// The probability.
    pub probability: f64,
    /// Whether the round endangered the zone.
    pub hit: bool,
}

/// One interval of time that was told, and the truth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timed {
    /// Whether the impact came inside.
    pub holds: bool,
    /// Its width, seconds.
    pub width_s: f64,
}

/// What came of one round.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Whether it was ever believed.
    pub believed: bool,
    /// Every look at every zone with some probability.
    pub told: Vec<Told>,
    /// One interval for each look.
    pub timed: Vec<Timed>,
}

/// Plays so many rounds.
///
/// # Errors
/// When a scene cannot be made, which is a fault of this program.
pub fn play(rounds: usize, seed: u64, workers: usize) -> Result<Vec<Outcome>, String> {
    runs::all("rounds", rounds, workers, |number| play_one(seed, number as u64))
}

fn play_one(seed: u64, number: u64) -> Result<Outcome, String> {
    let shot = Shot::draw(seed, number, 1.0)?;
    let mut draws = Stream::new(seed, "shot", "zones", number);
    let shift = [draws.uniform(-HALF_M, HALF_M), draws.uniform(-HALF_M, HALF_M)];
    let zones = zones(shift);
    let effect_m = Policy::default().effect_radius_m;
    let impact = [shot.impact.position_m.x, shot.impact.position_m.y];
    let mut player = Player::new(shot.config(zones), &shot.scene, &shot.messages);
    let mut outcome = Outcome::default();
    let times = AFTER_S.iter().map(|s| shot.first_plot_s + s).chain([shot.impact.time_s - BEFORE_S]);
    let mut times: Vec<f64> = times.filter(|t| *t > shot.first_plot_s && *t <= shot.impact.time_s - 1.0).collect();
    times.sort_by(f64::total_cmp);
    for time_s in times {
        let picture = player.until(time_s);
        outcome.believed |= picture.tracks.values().any(|(_, threat)| threat.is_some_and(|threat| threat.believed));
        let hazards: Vec<_> = player.engine().hazards().filter(|hazard| hazard.probability >= LEAST).collect();
        outcome.told.extend(hazards.iter().map(|hazard| {
            let middle = middle(usize::from(hazard.zone.0), shift);
            let off_m = |axis: usize| ((impact[axis] - middle[axis]).abs() - HALF_M).max(0.0);
            Told { probability: hazard.probability, hit: off_m(0).hypot(off_m(1)) <= effect_m }
        }));
        let likely = hazards.iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
        outcome.timed.extend(likely.and_then(|hazard| hazard.left).map(|left| {
            let truth_s = shot.impact.time_s - play::seconds(play::at(time_s));
            let holds = (left.earliest_s..=left.latest_s).contains(&truth_s);
            Timed { holds, width_s: left.latest_s - left.earliest_s }
        }));
    }
    Ok(outcome)
}

fn middle(number: usize, [east_m, north_m]: [f64; 2]) -> [f64; 2] {
    let place = |n: usize| (n as f64 - 0.5 * (SIDE as f64 - 1.0)) * 2.0 * HALF_M;
    [place(number % SIDE) + east_m, place(number / SIDE) + north_m]
}

fn zones(shift: [f64; 2]) -> Vec<Zone> {
    let zone = |number: usize| {
        let [east_m, north_m] = middle(number, shift);
        let corner = |e: f64, n: f64| [east_m + e * HALF_M, north_m + n * HALF_M];
        Zone {
            key: format!("zone-{number}"),
            name: format!("Zone {number}"),
            kind: "housing".to_owned(),
            people: 100,
            rings: vec![vec![corner(-1.0, -1.0), corner(1.0, -1.0), corner(1.0, 1.0), corner(-1.0, 1.0)]],
            alarm_probability: 0.1,
            shelter_s: None,
        }
    };
    (0..SIDE * SIDE).map(zone).collect()
}

/// One bin of the diagram.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bin {
    /// How often a zone was told a probability of this bin.
    pub count: usize,
    /// The mean of those probabilities.
    pub told: f64,
    /// How many of them were hit, as a part.
    pub hit: f64,
    /// Standard error of that, with the looks at one round taken as one.
    pub sigma: f64,
}

/// The bins that have anything in them.
#[must_use]
pub fn bins(outcomes: &[Outcome]) -> Vec<Bin> {
    BINS.windows(2).filter_map(|ends| bin(outcomes, ends[0], ends[1])).collect()
}

fn bin(outcomes: &[Outcome], low: f64, high: f64) -> Option<Bin> {
    let of = |outcome: &Outcome| {
        let inside = outcome.told.iter().filter(|told| (low..high).contains(&told.probability));
        inside.fold((0.0, 0.0, 0.0), |(n, p, h), told| (n + 1.0, p + told.probability, h + f64::from(told.hit)))
    };
    let rounds: Vec<(f64, f64, f64)> = outcomes.iter().map(of).filter(|(n, _, _)| *n > 0.0).collect();
    let count: f64 = rounds.iter().map(|(n, _, _)| n).sum();
    if count == 0.0 {
        return None;
    }
    let told = rounds.iter().map(|(_, p, _)| p).sum::<f64>() / count;
    let hit = rounds.iter().map(|(_, _, h)| h).sum::<f64>() / count;
    // The error of a ratio of sums over clusters (Cochran, Sampling Techniques, 3rd ed., section 6.3).
    let spread: f64 = rounds.iter().map(|(n, _, h)| (h - hit * n) * (h - hit * n)).sum();
    Some(Bin { count: count as usize, told, hit, sigma: spread.sqrt() / count })
}

/// Mean squared difference of what was told and what came (Brier 1950), and the same for somebody who always tells the mean.
#[must_use]
pub fn brier(outcomes: &[Outcome]) -> (f64, f64) {
    let all = || outcomes.iter().flat_map(|outcome| &outcome.told);
    let count = all().count().max(1) as f64;
    let mean = all().filter(|told| told.hit).count() as f64 / count;
    let score = |tell: &dyn Fn(&Told) -> f64| {
        all().map(|told| (tell(told) - f64::from(told.hit)) * (tell(told) - f64::from(told.hit))).sum::<f64>() / count
    };
    (score(&|told| told.probability), score(&|_| mean))
}

/// The part of the intervals of time that hold, and how many there are.
#[must_use]
pub fn held(outcomes: &[Outcome]) -> (f64, usize) {
    let all = || outcomes.iter().flat_map(|outcome| &outcome.timed);
    let count = all().count();
    (all().filter(|timed| timed.holds).count() as f64 / count.max(1) as f64, count)
}

/// The tables.
#[must_use]
pub fn markdown(outcomes: &[Outcome]) -> String {
    let mut text = String::from("| told % | zones | mean told % | hit % | standard error |\n|---|---|---|---|---|\n");
    for (bin, ends) in BINS.windows(2).filter_map(|ends| Some((bin(outcomes, ends[0], ends[1])?, ends))) {
        let _ = writeln!(
            text,
            "| {:.1} to {:.0} | {} | {:.1} | {:.1} | {:.1} |",
            100.0 * ends[0],
            100.0 * ends[1],
            bin.count,
            100.0 * bin.told,
            100.0 * bin.hit,
            100.0 * bin.sigma
        );
    }
    let believed = outcomes.iter().filter(|outcome| outcome.believed).count();
    let (score, reference) = brier(outcomes);
    let (part, intervals) = held(outcomes);
    let width_s = crate::statistics::quantile(outcomes.iter().flat_map(|o| &o.timed).map(|t| t.width_s), 0.5);
    let _ = write!(
        text,
        "\n| what | figure |\n|---|---|\n| rounds played | {} |\n| believed | {believed} |\n\
         | Brier score | {score:.4} |\n| of always telling the mean | {reference:.4} |\n| skill | {:.3} |\n\
         | 90 % intervals of the time that hold | {:.1} % of {intervals} |\n| their median width | {width_s:.2} s |\n",
        outcomes.len(),
        1.0 - score / reference.max(f64::MIN_POSITIVE),
        100.0 * part
    );
    text
}

/// The reliability diagram: what was told across, what came upwards, with two standard errors.
#[must_use]
pub fn diagram(outcomes: &[Outcome]) -> String {
    /// Picture units for the whole axis, and the margin.
    const AXIS: f64 = 400.0;
    const MARGIN: f64 = 50.0;
    let (x, y) = (|p: f64| MARGIN + AXIS * p, |p: f64| MARGIN + AXIS * (1.0 - p));
    let side = AXIS + 2.0 * MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Reliability of the probabilities told to zones</title>\n<rect width=\"{side}\" height=\"{side}\" fill=\"white\"/>\n\
         <path d=\"M{} {}H{}V{}Z\" fill=\"none\" stroke=\"#888\"/>\n<path d=\"M{} {}L{} {}\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>\n",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0),
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0)
    );
    for tick in [0.0, 0.2, 0.4, 0.6, 0.8, 1.0] {
        let percent = (100.0_f64 * tick).round();
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{percent}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{percent}</text>",
            x(tick),
            y(0.0) + 16.0,
            x(0.0) - 6.0,
            y(tick) + 4.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">told, %</text>\
         <text transform=\"translate(14 {:.1}) rotate(-90)\" text-anchor=\"middle\">hit, %</text>",
        x(0.5),
        side - 10.0,
        y(0.5)
    );
    for bin in bins(outcomes) {
        let (low, high) = ((bin.hit - 2.0 * bin.sigma).max(0.0), (bin.hit + 2.0 * bin.sigma).min(1.0));
        let _ = writeln!(
            svg,
            "<path d=\"M{0:.1} {1:.1}V{2:.1}\" stroke=\"#06c\"/><circle cx=\"{0:.1}\" cy=\"{3:.1}\" r=\"4\" fill=\"#06c\"/>",
            x(bin.told),
            y(low),
            y(high),
            y(bin.hit)
        );
    }
    svg + "</svg>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scores_are_as_published() {
        let told = |probability, hit| Told { probability, hit };
        let outcome = Outcome { told: vec![told(0.8, true), told(0.25, false)], ..Outcome::default() };
        let (score, reference) = brier(core::slice::from_ref(&outcome));
        assert!((score - 0.5 * (0.04 + 0.0625)).abs() < 1e-12 && (reference - 0.25).abs() < 1e-12);
        let bins = bins(&[outcome]);
        assert_eq!(bins.iter().map(|bin| (bin.count, bin.hit)).collect::<Vec<_>>(), [(1, 0.0), (1, 1.0)]);
    }

    /// A few rounds through the whole of it: what is told is neither nothing nor nonsense.
    #[test]
    fn rounds_are_told_of() {
        let outcomes = play(6, 1, 2).unwrap();
        assert_eq!(outcomes, play(6, 1, 1).unwrap());
        assert!(outcomes.iter().filter(|outcome| outcome.believed).count() >= 5, "{outcomes:?}");
        let (score, reference) = brier(&outcomes);
        assert!(score < reference, "{score} {reference}");
        assert!(diagram(&outcomes).starts_with("<svg") && markdown(&outcomes).contains("Brier"));
    }
}
