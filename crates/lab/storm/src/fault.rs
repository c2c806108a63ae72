//! Everything that may go wrong, one kind at a time, and how a seed chooses among it.

use core::fmt;

use parapet_world::Stream;

use crate::site::{CLEARS_S, Site};

/// Kinds of faults that are switched on and off together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Radars that fall silent, restart, freeze, go blind in a sector, or flood.
    Sensors,
    /// Clocks of sensors, of the host and of sirens, and the calendar.
    Clocks,
    /// The lines from sensors to the host.
    Network,
    /// Somebody who wants the site to be wrong.
    Adversary,
    /// Power, process and disk of the host.
    Disk,
    /// The broker between host and sirens.
    Broker,
    /// The sirens themselves.
    Sirens,
    /// More than the host can take.
    Load,
    /// People on duty, and their mistakes.
    People,
    /// Practice beside the real thing.
    Exercise,
}

impl Family {
    /// All of them.
    pub const ALL: [Family; 10] = [
        Family::Sensors,
        Family::Clocks,
        Family::Network,
        Family::Adversary,
        Family::Disk,
        Family::Broker,
        Family::Sirens,
        Family::Load,
        Family::People,
        Family::Exercise,
    ];

    /// As on the command line.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Family::Sensors => "sensors",
            Family::Clocks => "clocks",
            Family::Network => "network",
            Family::Adversary => "adversary",
            Family::Disk => "disk",
            Family::Broker => "broker",
            Family::Sirens => "sirens",
            Family::Load => "load",
            Family::People => "people",
            Family::Exercise => "exercise",
        }
    }
}

/// Makes the enum, the list of all, the words, and each kind's family and ranges from one table.
macro_rules! kinds {
    ($($kind:ident $word:literal $family:ident [$low:literal $high:literal] $whose:ident $doc:literal)*) => {
        /// One kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $(#[doc = $doc] $kind),* }

        impl Kind {
            /// All of them.
            pub const ALL: &[Kind] = &[$(Kind::$kind),*];

            /// As on the command line and in tables.
            #[must_use]
            pub fn word(self) -> &'static str { match self { $(Kind::$kind => $word),* } }

            /// What it belongs to.
            #[must_use]
            pub fn family(self) -> Family { match self { $(Kind::$kind => Family::$family),* } }

            /// What it does.
            #[must_use]
            pub fn meaning(self) -> &'static str { match self { $(Kind::$kind => $doc),* } }

            fn strength(self) -> (f64, f64) { match self { $(Kind::$kind => ($low, $high)),* } }

            fn whose(self) -> Whose { match self { $(Kind::$kind => Whose::$whose),* } }
        }
    };
}

/// Of what there may be several.
#[derive(Clone, Copy)]
enum Whose {
    Site,
    Sensor,
    Siren,
}

kinds! {
    Silent "silent" Sensors [0.0 1.0] Sensor "A sensor says nothing for a while."
    Frozen "frozen" Sensors [0.0 1.0] Sensor "A sensor repeats its last message again and again."
    Blanked "blanked" Sensors [0.3 2.0] Sensor "A sector of so many radians shows nothing."
    Flood "flood" Sensors [20.0 150.0] Sensor "So many false plots in each look."
    Restart "restart" Sensors [0.0 1.0] Sensor "A sensor is gone for seconds, and its first words come late and all at once."
    SensorStep "sensor-step" Clocks [-4.0 4.0] Sensor "A sensor's clock is set by so many seconds, and set right later."
    SensorDrift "sensor-drift" Clocks [-0.02 0.02] Sensor "A sensor's clock gains so many seconds a second."
    HostStep "host-step" Clocks [-4.0 4.0] Site "The host's wall clock is set by so many seconds, and set right later."
    HostDrift "host-drift" Clocks [-0.005 0.005] Site "The host's clock gains so many seconds a second."
    SirenSkew "siren-skew" Clocks [-90.0 90.0] Siren "A siren's clock is wrong by so many seconds."
    Midnight "midnight" Clocks [0.0 1.0] Site "The day ends while rounds fly."
    Leap "leap" Clocks [0.0 1.0] Site "The day ends with a leap second: every clock is set back by a second at midnight."
    Delay "delay" Network [0.1 3.0] Sensor "A line delays everything by so many seconds."
    Loss "loss" Network [0.05 0.7] Sensor "A line loses this part of its datagrams."
    Duplicate "duplicate" Network [0.05 1.0] Sensor "A line delivers this part of its datagrams twice."
    Reorder "reorder" Network [0.05 0.5] Sensor "A line holds this part of its datagrams back for up to a second."
    Corrupt "corrupt" Network [0.02 0.4] Sensor "A line flips bits in this part of its datagrams."
    Truncate "truncate" Network [0.02 0.4] Sensor "A line cuts this part of its datagrams short."
    Partition "partition" Network [0.0 1.0] Sensor "A line carries nothing."
    Clash "clash" Adversary [0.1 1.0] Sensor "Somebody else speaks with a sensor's name from another address."
    Ghost "ghost" Adversary [0.5 5.5] Sensor "A stolen sensor shows each round a second time, turned by so many radians."
    Forge "forge" Adversary [0.0 1.0] Siren "A siren is sent a command that is signed with a key of the attacker's."
    Alter "alter" Adversary [0.0 1.0] Siren "A siren is sent a genuine command with one octet changed."
    Replay "replay" Adversary [0.0 60.0] Siren "A siren is sent a genuine command again, later."
    OtherWorld "other-world" Adversary [0.0 1.0] Siren "A siren is sent a command of the other world."
    OtherSite "other-site" Adversary [0.0 1.0] Siren "A siren is sent a genuine command that is for another site."
    ForgedReceipt "forged-receipt" Adversary [0.0 1.0] Siren "Somebody answers in a siren's name."
    Kill "kill" Disk [0.1 1.5] Site "The process is killed and is back after so many seconds."
    PowerCut "power-cut" Disk [0.3 1.5] Site "The power fails: what was not synced is lost, and the host is back after so many seconds."
    DiskStall "disk-stall" Disk [0.0 1.0] Site "Nothing is synced for a while."
    DiskFull "disk-full" Disk [0.0 1.0] Site "Nothing can be written for a while."
    BrokerDown "broker-down" Broker [0.0 1.0] Site "The broker carries nothing; what it was given comes when it is back."
    BrokerLoss "broker-loss" Broker [0.1 0.8] Site "The broker loses this part of what it is given."
    BrokerDelay "broker-delay" Broker [0.2 4.0] Site "The broker takes so many seconds."
    BrokerTwice "broker-twice" Broker [0.1 1.0] Site "The broker delivers this part twice."
    Retained "retained" Broker [0.0 1.0] Siren "The broker has kept the last command and hands it out."
    SirenDead "siren-dead" Sirens [0.0 1.0] Siren "A siren hears nothing."
    SirenRestart "siren-restart" Sirens [0.0 1.0] Siren "A siren forgets all but the number of the last command it obeyed."
    ReceiptLoss "receipt-loss" Sirens [0.1 1.0] Siren "This part of a siren's receipts is lost."
    Overload "overload" Load [0.002 0.03] Site "The host takes so many seconds for each plot."
    Cancel "cancel" People [0.0 1.0] Site "Somebody takes the alarm back that stands."
    StopAll "stop-all" People [0.0 1.0] Site "Somebody takes every alarm back."
    Hold "hold" People [0.0 1.0] Site "Somebody keeps everybody in cover."
    Release "release" People [0.0 1.0] Site "Somebody ends a hold, whether there is one or not."
    Acknowledge "acknowledge" People [0.0 1.0] Site "Somebody acknowledges the alarm that stands."
    Raise "raise" People [0.0 1.0] Site "Two people warn a zone."
    RaiseAlone "raise-alone" People [0.0 1.0] Site "One person tries to warn a zone, and gives the own name twice."
    Unprotect "unprotect" People [0.0 1.0] Site "Two people want no warning of a zone for a while."
    Posture "posture" People [0.0 1.0] Site "Somebody changes the posture."
    Mistake "mistake" People [0.0 1.0] Site "Somebody orders what cannot be: an alarm that never was, a zone that is none, no name."
    Drill "drill" Exercise [0.5 5.5] Sensor "Simulated rounds are played on a live line, turned by so many radians; or a live site hears an exercise's lines."
}

impl Kind {
    /// The kind of this word.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// One fault: what, when, whose, how strong.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fault {
    /// What.
    pub kind: Kind,
    /// From when on, seconds of the story.
    pub at_s: f64,
    /// For how long, seconds.
    pub for_s: f64,
    /// Which sensor or siren, where there are several.
    pub on: usize,
    /// How strong, in what the kind says.
    pub strength: f64,
}

impl Fault {
    /// Whether it is in force.
    #[must_use]
    pub fn holds(&self, second: f64) -> bool {
        second >= self.at_s && second < self.at_s + self.for_s
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = (self.at_s, self.at_s + self.for_s);
        write!(f, "{:14} {from:6.2} s to {to:6.2} s, on {}, strength {:.3}", self.kind.word(), self.on, self.strength)
    }
}

/// The faults of a seed: first which families are on, then which of their kinds, then when and how strong.
#[must_use]
pub(crate) fn draw(seed: u64, site: &Site) -> Vec<Fault> {
    let mut faults = Vec::new();
    for family in Family::ALL {
        let mut swarm = Stream::new(seed, family.word(), "family", 0);
        // Some stories know hardly any weather, some all of it.
        if !swarm.chance(0.35) {
            continue;
        }
        let part = swarm.uniform(0.1, 0.7);
        for kind in Kind::ALL.iter().copied().filter(|kind| kind.family() == family) {
            let mut draws = Stream::new(seed, kind.word(), "fault", 0);
            if draws.chance(part) {
                let times = 1 + draws.poisson(0.4).min(2);
                (0..times).for_each(|_| faults.push(one(kind, site, &mut draws)));
            }
        }
    }
    faults.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
    faults
}

fn one(kind: Kind, site: &Site, draws: &mut Stream) -> Fault {
    let count = match kind.whose() {
        Whose::Site => 1,
        Whose::Sensor => site.scene.radars.len(),
        Whose::Siren => site.sirens.len(),
    };
    let at_s = draws.uniform(1.0, CLEARS_S - 2.0);
    let longest_s = CLEARS_S - at_s;
    let for_s = draws.uniform(0.5, 25.0).min(longest_s);
    let (low, high) = kind.strength();
    let on = (draws.uniform(0.0, count as f64) as usize).min(count.saturating_sub(1));
    Fault { kind, at_s, for_s, on, strength: draws.uniform(low, high) }
}
