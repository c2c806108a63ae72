//! What one zone is exposed to: the rounds that may fall on it, and when.

use parapet_frame::{Time, maths};
use parapet_track::{SensorId, TrackId};
use serde::{Deserialize, Serialize};

use crate::part::Region;
use crate::{SecondsLeft, Threat};

/// Seconds, beside two standard deviations, after which a predicted impact counts as over.
const IMPACT_GRACE_S: f64 = 1.0;
/// No round of the classes that are warned of flies longer, seconds: whatever is predicted to fall "soon" for longer than that does
/// not fall, and must not keep people in cover.
const FLIGHT_MAX_S: f64 = 400.0;
/// Seconds that pass until the next scan, where no two predictions have told how many.
const SCAN_DEFAULT_S: f64 = 1.0;

/// One way in which a round may come to the zone.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Arrival {
    /// Probability that it comes so.
    pub(crate) probability: f64,
    /// When, and the standard deviation of that, seconds.
    pub(crate) at: Time,
    pub(crate) sigma_s: f64,
}

/// What a threat's latest prediction means for one zone.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exposure<'a> {
    pub(crate) threat: &'a Threat,
    pub(crate) arrivals: &'a [Arrival],
    /// The sensors that have seen the round.
    pub(crate) seen_by: &'a [SensorId],
    /// Where people are in danger of it.
    pub(crate) region: &'a Region,
    /// Seconds since the prediction before, and the part of its uncertainty that was left by this one.
    pub(crate) scan_s: Option<f64>,
    pub(crate) kept: f64,
}

/// A round that endangers the zone, or did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cause {
    pub(crate) track: TrackId,
    pub(crate) first_plot_at: Time,
    /// Probability that it endangers the zone, by the latest prediction.
    pub(crate) probability: f64,
    pub(crate) impact_at: Time,
    /// When the impact counts as over.
    pub(crate) over_at: Time,
    /// It turned out to be no round.
    pub(crate) disproved: bool,
    /// People on duty have said that nobody need be warned of it.
    pub(crate) cancelled: bool,
    pub(crate) arrivals: Vec<Arrival>,
    pub(crate) seen_by: Vec<SensorId>,
    pub(crate) region: Region,
    pub(crate) scan_s: f64,
    pub(crate) kept: f64,
}

impl Cause {
    fn of(exposure: &Exposure<'_>) -> Self {
        let threat = exposure.threat;
        let over_at = threat.impact.at.plus_seconds(2.0 * threat.impact.sigma_time_s + IMPACT_GRACE_S);
        Cause {
            track: threat.track,
            first_plot_at: threat.first_plot_at,
            probability: exposure.arrivals.iter().map(|arrival| arrival.probability).sum::<f64>().min(1.0),
            impact_at: threat.impact.at,
            over_at: over_at.min(threat.first_plot_at.plus_seconds(FLIGHT_MAX_S)),
            disproved: false,
            cancelled: false,
            arrivals: exposure.arrivals.to_vec(),
            seen_by: exposure.seen_by.to_vec(),
            region: exposure.region.clone(),
            scan_s: exposure.scan_s.unwrap_or(SCAN_DEFAULT_S),
            kept: exposure.kept,
        }
    }

    /// Probability that it has come by then.
    fn come_by(&self, at: Time) -> f64 {
        let one = |arrival: &Arrival| {
            let sigmas = at.seconds_since(arrival.at) / arrival.sigma_s.max(1e-3);
            // Most of them have come long ago or will not for long.
            match sigmas {
                s if s <= -6.0 => 0.0,
                s if s >= 6.0 => arrival.probability,
                s => arrival.probability * 0.5 * (1.0 + maths::erf(s * core::f64::consts::FRAC_1_SQRT_2)),
            }
        };
        self.arrivals.iter().map(one).sum::<f64>().min(1.0)
    }
}

/// All of them, in the order of their tracks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Danger {
    pub(crate) causes: Vec<Cause>,
}

impl Danger {
    /// Takes in a prediction; a round that was not known before is remembered from this probability on.
    pub(crate) fn take(&mut self, exposure: &Exposure<'_>, from: f64) {
        let mut cause = Cause::of(exposure);
        match self.causes.binary_search_by_key(&cause.track, |c| c.track) {
            Ok(i) => {
                cause.cancelled = self.causes[i].cancelled;
                self.causes[i] = cause;
            }
            Err(i) if cause.probability >= from => self.causes.insert(i, cause),
            Err(_) => {}
        }
    }

    /// A track no longer endangers the zone: it is no round after all, or falls elsewhere.
    pub(crate) fn release(&mut self, track: TrackId, disproved: bool) {
        if let Ok(i) = self.causes.binary_search_by_key(&track, |c| c.track) {
            let cause = &mut self.causes[i];
            cause.probability = 0.0;
            cause.arrivals.clear();
            cause.disproved = disproved;
        }
    }

    /// People on duty have said that nobody need be warned of what threatens so probably now.
    pub(crate) fn cancel(&mut self, from: f64) {
        self.causes.iter_mut().filter(|cause| cause.probability >= from).for_each(|cause| cause.cancelled = true);
    }

    pub(crate) fn on_their_way(&self, now: Time) -> impl Iterator<Item = &Cause> {
        self.causes.iter().filter(move |c| c.over_at > now && !c.cancelled)
    }

    /// Those of them that matter: at least so probable.
    pub(crate) fn named(&self, now: Time, from: f64) -> impl Iterator<Item = &Cause> {
        self.on_their_way(now).filter(move |c| c.probability >= from)
    }

    /// Probability that at least one round on its way endangers the zone.
    pub(crate) fn probability(&self, now: Time) -> f64 {
        1.0 - self.on_their_way(now).map(|c| 1.0 - c.probability).product::<f64>()
    }

    /// When the last round that was at least so probable came down.
    pub(crate) fn last_impact(&self, now: Time, from: f64) -> Option<Time> {
        let struck = |c: &&Cause| c.over_at <= now && !c.cancelled && c.probability >= from;
        self.causes.iter().filter(struck).map(|c| c.impact_at).max()
    }

    /// Seconds left until the first round comes, if one does: quantiles of the earliest of all arrivals, found by halving.
    pub(crate) fn seconds_left(&self, now: Time) -> Option<SecondsLeft> {
        let total = self.probability(now);
        let end = self.on_their_way(now).flat_map(|c| &c.arrivals).map(|a| a.at.plus_seconds(6.0 * a.sigma_s)).max()?;
        if total <= 0.0 {
            return None;
        }
        let come_by = |at: Time| (1.0 - self.on_their_way(now).map(|c| 1.0 - c.come_by(at)).product::<f64>()) / total;
        let quantile = |part: f64| {
            let (mut low_s, mut high_s) = (0.0, end.seconds_since(now).max(0.0));
            // A minute is halved to a few milliseconds.
            for _ in 0..14 {
                let middle_s = 0.5 * (low_s + high_s);
                let side = if come_by(now.plus_seconds(middle_s)) < part { &mut low_s } else { &mut high_s };
                *side = middle_s;
            }
            high_s
        };
        Some(SecondsLeft { earliest_s: quantile(0.05), median_s: quantile(0.5), latest_s: quantile(0.95) })
    }

    /// Drops what no longer matters: impacts long over, and, while all is quiet, whatever does not threaten.
    pub(crate) fn forget(&mut self, now: Time, kept_s: f64, quiet: bool, from: f64) {
        self.causes.retain(|c| {
            let over_s = now.seconds_since(c.over_at);
            // What was cancelled must stay so, even if it is seen to fall later than was thought.
            let cancelled = c.cancelled && now < c.first_plot_at.plus_seconds(FLIGHT_MAX_S);
            cancelled || over_s < 0.0 && (c.probability >= from || !quiet) || (0.0..kept_s).contains(&over_s) && !quiet
        });
    }
}

#[cfg(test)]
mod tests {
    use parapet_frame::{PlaneCovariance, SitePoint};

    use super::*;
    use crate::Impact;

    fn at(seconds: f64) -> Time {
        Time::from_seconds(1_000.0 + seconds)
    }

    fn danger(rounds: &[(f64, f64, f64)]) -> Danger {
        let mut danger = Danger::default();
        for (number, (probability, impact_s, sigma_s)) in rounds.iter().enumerate() {
            let impact = Impact {
                at: at(*impact_s),
                sigma_time_s: *sigma_s,
                place: SitePoint::default(),
                covariance: PlaneCovariance::default(),
                speed_mps: 200.0,
            };
            let track = TrackId(number as u64);
            let threat =
                Threat { track, at: at(0.0), first_plot_at: at(-5.0), probability: 1.0, believed: true, impact };
            let arrivals = [Arrival { probability: *probability, at: at(*impact_s), sigma_s: *sigma_s }];
            let (seen_by, region) = (&[SensorId(0)], &Region::EMPTY);
            danger.take(
                &Exposure { threat: &threat, arrivals: &arrivals, seen_by, region, scan_s: None, kept: 1.0 },
                0.0,
            );
        }
        danger
    }

    /// One round: the quantiles of a normal distribution, 1.645 standard deviations either way.
    #[test]
    fn seconds_left_are_those_of_the_arrival() {
        let left = danger(&[(0.3, 20.0, 2.0)]).seconds_left(at(0.0)).unwrap();
        assert!((left.earliest_s - 16.71).abs() < 0.01 && (left.latest_s - 23.29).abs() < 0.01, "{left:?}");
        assert!((left.median_s - 20.0).abs() < 0.01);
    }

    /// Two certain rounds: the first of them counts, not their mean.
    #[test]
    fn the_first_round_counts() {
        let left = danger(&[(1.0, 20.0, 0.1), (1.0, 60.0, 0.1)]).seconds_left(at(0.0)).unwrap();
        assert!((left.median_s - 20.0).abs() < 0.05 && left.latest_s < 21.0, "{left:?}");
        let doubtful = danger(&[(0.2, 20.0, 0.1), (1.0, 60.0, 0.1)]).seconds_left(at(0.0)).unwrap();
        assert!(doubtful.earliest_s < 20.1 && (doubtful.median_s - 60.0).abs() < 0.2, "{doubtful:?}");
    }

    #[test]
    fn what_is_over_has_no_seconds_left() {
        assert_eq!(danger(&[(0.9, 20.0, 0.1)]).seconds_left(at(30.0)), None);
        assert_eq!(danger(&[]).seconds_left(at(0.0)), None);
    }

    /// A thing that is always about to fall never does.
    #[test]
    fn no_flight_lasts_for_ever() {
        let danger = danger(&[(0.9, 2_000.0, 0.1)]);
        assert!(danger.probability(at(100.0)) > 0.8);
        assert_eq!(danger.probability(at(500.0)), 0.0);
    }
}
