//! The tracks, what of them the present look has touched, and an outline of each by which looks pass over those that are elsewhere.

use core::ops::Deref;

use nalgebra::Vector3;
use parapet_frame::Time;

use crate::index::Cube;
use crate::measurement::Measurement;
use crate::{Track, TrackId};

/// All tracks in the order of their numbers. Reading is free; whatever changes a track goes through here, so that nothing that was
/// worked out of it outlives it.
#[derive(Clone, Debug, Default)]
#[expect(clippy::vec_box, reason = "tracks come and go in every look, and a table of thousands closes ranks each time")]
pub(crate) struct Table {
    tracks: Vec<Box<Track>>,
    /// The outline of each, in the same order; `None` since it was changed last.
    outlines: Vec<Option<Outline>>,
    /// The places of those that were moved or missed since [`Table::settle`], each once; in order once a look is over.
    touched: Vec<usize>,
    /// How many are shown.
    shown: usize,
    /// The places of those that are dropped, and rooms for new ones, kept so that no memory is taken anew.
    gone: Vec<usize>,
    spare: Vec<Box<Track>>,
}

/// Where a track may be: small enough that thousands are asked in each look.
#[derive(Clone, Copy, Debug)]
struct Outline {
    at: Time,
    cube: Cube,
}

/// A look of few plots, as outlines are held against it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sieve<'a> {
    pub(crate) at: Time,
    pub(crate) plots: &'a [Measurement],
    low: Vector3<f64>,
    high: Vector3<f64>,
    /// How many standard deviations are looked at.
    sigmas: f64,
}

impl<'a> Sieve<'a> {
    pub(crate) fn of(at: Time, plots: &'a [Measurement], sigmas: f64) -> Self {
        let outermost = |by: fn(&Vector3<f64>, &Vector3<f64>) -> Vector3<f64>, from: f64| {
            plots.iter().fold(Vector3::repeat(from), |so_far, plot| by(&so_far, &plot.position_m))
        };
        let (low, high) = (outermost(Vector3::inf, f64::INFINITY), outermost(Vector3::sup, f64::NEG_INFINITY));
        Sieve { at, plots, low, high, sigmas }
    }

    /// Whether any plot may lie in a gate of what has this outline, when gates are wider by so much after so many seconds.
    #[inline]
    fn lets_pass(&self, outline: &Outline, wider_m: impl Fn(f64) -> f64) -> bool {
        let seconds = self.at.seconds_since(outline.at);
        let (centre, half_m) = outline.cube.after(seconds);
        let half_m = half_m + wider_m(seconds);
        let (low, high) = (self.low - centre, self.high - centre);
        let is_near = (0..3).all(|axis| low[axis] <= half_m && -half_m <= high[axis]);
        is_near && self.plots.iter().any(|plot| (plot.position_m - centre).amax() <= half_m)
    }
}

impl Deref for Table {
    type Target = [Box<Track>];

    fn deref(&self) -> &[Box<Track>] {
        &self.tracks
    }
}

impl Table {
    /// Takes in a new track, whose number is higher than that of every other.
    pub(crate) fn push(&mut self, track: Track) {
        self.tracks.push(match self.spare.pop() {
            Some(mut room) => {
                *room = track;
                room
            }
            None => Box::new(track),
        });
        self.outlines.push(None);
    }

    /// The places of those of whom a look may hold a plot, when gates are wider by so much after so many seconds.
    pub(crate) fn sift(&mut self, sieve: &Sieve<'_>, wider_m: impl Fn(f64) -> f64, near: &mut Vec<usize>) {
        let outlines = self.outlines.iter_mut().zip(&self.tracks).enumerate();
        near.extend(outlines.filter_map(|(place, (outline, track))| {
            let worked_out = || Outline { at: track.at, cube: track.beliefs.cube(sieve.sigmas) };
            sieve.lets_pass(outline.get_or_insert_with(worked_out), &wider_m).then_some(place)
        }));
    }

    /// A track, to be changed.
    pub(crate) fn change(&mut self, place: usize) -> &mut Track {
        self.outlines[place] = None;
        &mut self.tracks[place]
    }

    /// A track that the present look moves or misses, to be changed.
    pub(crate) fn touch(&mut self, place: usize) -> &mut Track {
        if !core::mem::replace(&mut self.tracks[place].touched, true) {
            self.touched.push(place);
        }
        self.change(place)
    }

    /// Where a track lies, if there is one of this number.
    pub(crate) fn find(&self, id: TrackId) -> Option<usize> {
        self.tracks.binary_search_by_key(&id, |track| track.id).ok()
    }

    /// Those that the present look has moved or missed.
    pub(crate) fn touched(&self) -> impl Iterator<Item = &Track> {
        self.touched.iter().map(|place| &*self.tracks[*place])
    }

    /// Changes each that the present look has moved or missed.
    pub(crate) fn change_touched(&mut self, mut with: impl FnMut(&mut Track)) {
        for i in 0..self.touched.len() {
            with(self.change(self.touched[i]));
        }
    }

    /// Changes each.
    pub(crate) fn change_all(&mut self, mut with: impl FnMut(&mut Track)) {
        self.outlines.fill(None);
        self.tracks.iter_mut().for_each(|track| with(track));
    }

    /// A new look begins.
    pub(crate) fn begin_look(&mut self) {
        for place in self.touched.drain(..) {
            self.tracks[place].touched = false;
        }
    }

    /// The look has been taken: what it touched is put in order, and who is shown by now is counted, and will be told of.
    pub(crate) fn end_look(&mut self) {
        self.touched.sort_unstable();
        for place in &self.touched {
            let track = &mut self.tracks[*place];
            let is_shown = track.is_shown();
            track.told |= is_shown;
            if core::mem::replace(&mut track.counted, is_shown) != is_shown {
                self.shown = if is_shown { self.shown + 1 } else { self.shown - 1 };
            }
        }
    }

    /// How many a person is shown.
    pub(crate) fn shown(&self) -> usize {
        self.shown
    }

    /// Takes out each track that is to go.
    pub(crate) fn drop_where(&mut self, goes: impl Fn(&Track) -> bool, with: impl FnMut(&mut Track)) {
        self.gone.clear();
        self.gone.extend(self.tracks.iter().enumerate().filter(|(_, track)| goes(track)).map(|(place, _)| place));
        self.drop_gone(with);
    }

    /// Takes out each track that is to go among those that the present look has moved or missed.
    pub(crate) fn drop_touched_where(&mut self, goes: impl Fn(&Track) -> bool, with: impl FnMut(&mut Track)) {
        self.gone.clear();
        self.gone.extend(self.touched.iter().copied().filter(|place| goes(&self.tracks[*place])));
        self.gone.sort_unstable();
        self.drop_gone(with);
    }

    fn drop_gone(&mut self, mut with: impl FnMut(&mut Track)) {
        let Some(first) = self.gone.first().copied() else { return };
        let gone = &self.gone;
        let is_gone = |place: &mut usize| {
            *place += 1;
            gone.binary_search(&(*place - 1)).is_ok()
        };
        let (mut of_tracks, mut of_outlines) = (first, first);
        for mut track in self.tracks.extract_if(first.., |_| is_gone(&mut of_tracks)) {
            self.shown -= usize::from(track.counted);
            with(&mut track);
            self.spare.push(track);
        }
        self.outlines.extract_if(first.., |_| is_gone(&mut of_outlines)).for_each(drop);
        self.touched.retain_mut(|place| {
            let before = gone.partition_point(|gone| *gone < *place);
            let stays = gone.get(before) != Some(place);
            *place -= before;
            stays
        });
    }
}
