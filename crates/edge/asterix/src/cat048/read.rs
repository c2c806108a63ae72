//! Records into target reports.

use super::report::*;
use super::table::CAT048;
use crate::bds::Register;
use crate::element::Element;
use crate::layout::{Spot, item, position, slot, spot, spot_of_sub};
use crate::node::Node;
use crate::record::{Record, Slots};
use crate::spec::{Item, Presence, Shape, Slot};
use crate::units::{FL_FT, NM_M};
use crate::{Source, TimeOfDay, walk};

impl TargetReport {
    /// Reads a CAT048 record; `None` for a record of another category. Never fails otherwise: the
    /// record was walked, and what it does not have is `None` or `false` here.
    #[must_use]
    pub fn from_record(record: &Record<'_>) -> Option<Self> {
        if record.category().number != CAT048.number {
            return None;
        }
        let mut report = Self {
            source: source(record),
            time_of_day: time_of_day(record),
            polar: polar(record),
            cartesian: cartesian(record),
            mode_3a: mode_3a(record),
            mode_2: mode_2(record),
            flight_level: flight_level(record),
            height_3d_ft: height(record),
            doppler: doppler(record),
            doppler_raw: doppler_raw(record),
            plot: plot(record),
            radar_cross_section_dbsm: radar_cross_section(record),
            aircraft_address: aircraft_address(record),
            callsign: callsign(record),
            flight_status: flight_status(record),
            track_number: track_number(record),
            track_status: track_status(record),
            track_velocity: track_velocity(record),
            track_quality: track_quality(record),
            ..Self::default()
        };
        report.describe(record.octets(const { slot(&CAT048, "020") }));
        Some(report)
    }

    /// I048/020.
    fn describe(&mut self, octets: &[u8]) {
        const TYP: Spot = spot(&CAT048, "020", "TYP");
        const SIM: Spot = spot(&CAT048, "020", "SIM");
        const RDP: Spot = spot(&CAT048, "020", "RDP");
        const SPI: Spot = spot(&CAT048, "020", "SPI");
        const RAB: Spot = spot(&CAT048, "020", "RAB");
        const TST: Spot = spot(&CAT048, "020", "TST");
        const ERR: Spot = spot(&CAT048, "020", "ERR");
        const ME: Spot = spot(&CAT048, "020", "ME");
        const FOEFRI: Spot = spot(&CAT048, "020", "FOEFRI");
        self.detection = TYP.raw(octets).map(Detection::from_raw);
        self.simulated = SIM.is_set(octets);
        self.chain_2 = RDP.is_set(octets);
        self.special_position = SPI.is_set(octets);
        self.field_monitor = RAB.is_set(octets);
        self.test = TST.is_set(octets);
        self.extended_range = ERR.is_set(octets);
        self.military_emergency = ME.is_set(octets);
        self.friend_or_foe = FOEFRI.raw(octets).unwrap_or(0) as u8;
    }
}

fn source(record: &Record<'_>) -> Option<Source> {
    match *record.octets(const { slot(&CAT048, "010") }) {
        [sac, sic] => Some(Source { sac, sic }),
        _ => None,
    }
}

fn time_of_day(record: &Record<'_>) -> Option<TimeOfDay> {
    const TIME: Spot = spot(&CAT048, "140", "");
    let ticks = TIME.raw(record.octets(const { slot(&CAT048, "140") }))?;
    TimeOfDay::from_ticks(ticks as u32)
}

/// I048/040, with the range of the reserved expansion field where there is one.
fn polar(record: &Record<'_>) -> Option<Polar> {
    const RHO: Spot = spot(&CAT048, "040", "RHO");
    const THETA: Spot = spot(&CAT048, "040", "THETA");
    let octets = record.octets(const { slot(&CAT048, "040") });
    let range_nm = extended_range_nm(record).or_else(|| RHO.value(octets))?;
    let azimuth_rad = THETA.value(octets)?.to_radians();
    Some(Polar { range_m: range_nm * NM_M, azimuth_rad })
}

/// The range in the expansion field. Clause 5.2.4, note 4: the ERR bit of I048/020 announces it.
fn extended_range_nm(record: &Record<'_>) -> Option<f64> {
    const ERR: Spot = spot(&CAT048, "020", "ERR");
    let announced = ERR.is_set(record.octets(const { slot(&CAT048, "020") }));
    let range = if announced {
        expansion(record)?.find("ERR")?
    } else {
        return None;
    };
    range.element()?.quantity()
}

fn radar_cross_section(record: &Record<'_>) -> Option<f64> {
    expansion(record)?.find("GEN48/RCSDB/RCSDB")?.element()?.quantity()
}

fn expansion<'a>(record: &Record<'a>) -> Option<Node<'a>> {
    Some(record.at(const { slot(&CAT048, "RE") })?.node())
}

fn cartesian(record: &Record<'_>) -> Option<Cartesian> {
    const X: Spot = spot(&CAT048, "042", "X");
    const Y: Spot = spot(&CAT048, "042", "Y");
    let octets = record.octets(const { slot(&CAT048, "042") });
    Some(Cartesian { x_m: X.value(octets)? * NM_M, y_m: Y.value(octets)? * NM_M })
}

fn mode_3a(record: &Record<'_>) -> Option<Code> {
    const SPOTS: [Spot; 4] = code_spots("070", "MODE3A");
    code(record.octets(const { slot(&CAT048, "070") }), &SPOTS)
}

fn mode_2(record: &Record<'_>) -> Option<Code> {
    const SPOTS: [Spot; 4] = code_spots("050", "MODE2");
    code(record.octets(const { slot(&CAT048, "050") }), &SPOTS)
}

const fn code_spots(short: &str, name: &str) -> [Spot; 4] {
    [spot(&CAT048, short, name), spot(&CAT048, short, "V"), spot(&CAT048, short, "G"), spot(&CAT048, short, "L")]
}

fn code(octets: &[u8], [digits, v, g, l]: &[Spot; 4]) -> Option<Code> {
    Some(Code {
        code: digits.raw(octets)? as u16,
        not_validated: v.is_set(octets),
        garbled: g.is_set(octets),
        not_from_this_scan: l.is_set(octets),
    })
}

fn flight_level(record: &Record<'_>) -> Option<FlightLevel> {
    const FL: Spot = spot(&CAT048, "090", "FL");
    const V: Spot = spot(&CAT048, "090", "V");
    const G: Spot = spot(&CAT048, "090", "G");
    let octets = record.octets(const { slot(&CAT048, "090") });
    Some(FlightLevel {
        altitude_ft: FL.value(octets)? * FL_FT,
        not_validated: V.is_set(octets),
        garbled: G.is_set(octets),
    })
}

fn height(record: &Record<'_>) -> Option<f64> {
    const HEIGHT: Spot = spot(&CAT048, "110", "3DH");
    HEIGHT.value(record.octets(const { slot(&CAT048, "110") }))
}

fn doppler(record: &Record<'_>) -> Option<CalculatedDoppler> {
    const I120: &Item = item(&CAT048, "120");
    const CAL: Spot = spot_of_sub(I120, "CAL", "CAL");
    const D: Spot = spot_of_sub(I120, "CAL", "D");
    let octets = subitem(record, const { slot(&CAT048, "120") }, const { position(I120, "CAL") })?;
    Some(CalculatedDoppler { speed_mps: CAL.value(octets)?, doubtful: D.is_set(octets) })
}

fn doppler_raw(record: &Record<'_>) -> Option<RawDoppler> {
    const I120: &Item = item(&CAT048, "120");
    const DOP: Spot = spot_of_sub(I120, "RDS", "DOP");
    const AMB: Spot = spot_of_sub(I120, "RDS", "AMB");
    const FRQ: Spot = spot_of_sub(I120, "RDS", "FRQ");
    let octets = subitem(record, const { slot(&CAT048, "120") }, const { position(I120, "RDS") })?;
    let first = octets.get(1..)?; // after the repetition count
    Some(RawDoppler {
        speed_mps: DOP.value(first)?,
        ambiguity_mps: AMB.value(first)?,
        frequency_mhz: FRQ.value(first)?,
    })
}

fn plot(record: &Record<'_>) -> PlotCharacteristics {
    const I130: &Item = item(&CAT048, "130");
    /// Position and place of each sub-item, in the order of the values below.
    const PLACES: [(usize, Spot); 7] =
        [place("SRL"), place("SRR"), place("SAM"), place("PRL"), place("PAM"), place("RPD"), place("APD")];
    const fn place(name: &str) -> (usize, Spot) {
        (position(I130, name), spot_of_sub(I130, name, ""))
    }
    let mut values = [None; PLACES.len()];
    const { assert!(PLACES[0].0 == 0 && PLACES[6].0 == 6, "the sub-items in the order of the table") };
    for (position, octets) in subitems(record, const { slot(&CAT048, "130") }) {
        if let (Some((_, spot)), Some(value)) = (PLACES.get(position), values.get_mut(position)) {
            *value = spot.value(octets);
        }
    }
    let [srl, srr, sam, prl, pam, rpd, apd] = values;
    PlotCharacteristics {
        secondary_runlength_rad: srl.map(f64::to_radians),
        secondary_replies: srr.map(|replies| replies as u8),
        secondary_amplitude_dbm: sam,
        primary_runlength_rad: prl.map(f64::to_radians),
        primary_amplitude_dbm: pam,
        range_difference_m: rpd.map(|nm| nm * NM_M),
        azimuth_difference_rad: apd.map(f64::to_radians),
    }
}

/// The octets of a sub-item of a compound item, if both were sent.
fn subitem<'a>(record: &Record<'a>, slot: usize, wanted: usize) -> Option<&'a [u8]> {
    subitems(record, slot).find(|(position, _)| *position == wanted).map(|(_, octets)| octets)
}

/// The sub-items of a compound item that were sent: position and octets, in order.
#[inline]
fn subitems<'a>(record: &Record<'a>, slot: usize) -> impl Iterator<Item = (usize, &'a [u8])> + use<'a> {
    let octets = record.octets(slot);
    let (presence, slots) = match CAT048.item_at(slot).map(|item| &item.shape) {
        Some(Shape::Compound(presence, slots)) if !octets.is_empty() => (*presence, *slots),
        _ => (Presence::Chained, &[][..]),
    };
    let mut start = walk::presence_end(presence, octets);
    Slots(walk::all_announced(presence, octets)).map_while(move |position| {
        let Some(Slot::Item(sub)) = slots.get(position) else { return None };
        let rest = octets.get(start..)?;
        let length = walk::item(sub, rest).ok()?;
        start += length;
        Some((position, &rest[..length]))
    })
}

fn aircraft_address(record: &Record<'_>) -> Option<u32> {
    const ADDRESS: Spot = spot(&CAT048, "220", "");
    ADDRESS.raw(record.octets(const { slot(&CAT048, "220") })).map(|raw| raw as u32)
}

fn callsign(record: &Record<'_>) -> Option<crate::ShortText> {
    match record.at(const { slot(&CAT048, "240") })?.node() {
        Node::Element(element) => element.string(),
        _ => None,
    }
}

fn flight_status(record: &Record<'_>) -> Option<FlightStatus> {
    const STAT: Spot = spot(&CAT048, "230", "STAT");
    STAT.raw(record.octets(const { slot(&CAT048, "230") })).map(FlightStatus::from_raw)
}

fn track_number(record: &Record<'_>) -> Option<u16> {
    const TRN: Spot = spot(&CAT048, "161", "TRN");
    TRN.raw(record.octets(const { slot(&CAT048, "161") })).map(|raw| raw as u16)
}

fn track_status(record: &Record<'_>) -> Option<TrackStatus> {
    const CNF: Spot = spot(&CAT048, "170", "CNF");
    const RAD: Spot = spot(&CAT048, "170", "RAD");
    const DOU: Spot = spot(&CAT048, "170", "DOU");
    const MAH: Spot = spot(&CAT048, "170", "MAH");
    const CDM: Spot = spot(&CAT048, "170", "CDM");
    const TRE: Spot = spot(&CAT048, "170", "TRE");
    const GHO: Spot = spot(&CAT048, "170", "GHO");
    const SUP: Spot = spot(&CAT048, "170", "SUP");
    const TCC: Spot = spot(&CAT048, "170", "TCC");
    let octets = record.octets(const { slot(&CAT048, "170") });
    Some(TrackStatus {
        tentative: CNF.raw(octets)? == 1,
        sensor: track_sensor(RAD.raw(octets)?),
        doubtful: DOU.is_set(octets),
        manoeuvring: MAH.is_set(octets),
        vertical: vertical_motion(CDM.raw(octets)?),
        ended: TRE.is_set(octets),
        ghost: GHO.is_set(octets),
        supported: SUP.is_set(octets),
        projected: TCC.is_set(octets),
    })
}

fn track_sensor(raw: u64) -> TrackSensor {
    match raw {
        0 => TrackSensor::Combined,
        1 => TrackSensor::Primary,
        2 => TrackSensor::Secondary,
        _ => TrackSensor::Invalid,
    }
}

fn vertical_motion(raw: u64) -> VerticalMotion {
    match raw {
        0 => VerticalMotion::Maintaining,
        1 => VerticalMotion::Climbing,
        2 => VerticalMotion::Descending,
        _ => VerticalMotion::Unknown,
    }
}

fn track_velocity(record: &Record<'_>) -> Option<TrackVelocity> {
    const GSP: Spot = spot(&CAT048, "200", "GSP");
    const HDG: Spot = spot(&CAT048, "200", "HDG");
    let octets = record.octets(const { slot(&CAT048, "200") });
    Some(TrackVelocity { ground_speed_mps: GSP.value(octets)? * NM_M, heading_rad: HDG.value(octets)?.to_radians() })
}

fn track_quality(record: &Record<'_>) -> Option<TrackQuality> {
    const SIGX: Spot = spot(&CAT048, "210", "SIGX");
    const SIGY: Spot = spot(&CAT048, "210", "SIGY");
    const SIGV: Spot = spot(&CAT048, "210", "SIGV");
    const SIGH: Spot = spot(&CAT048, "210", "SIGH");
    let octets = record.octets(const { slot(&CAT048, "210") });
    Some(TrackQuality {
        sigma_x_m: SIGX.value(octets)? * NM_M,
        sigma_y_m: SIGY.value(octets)? * NM_M,
        sigma_speed_mps: SIGV.value(octets)? * NM_M,
        sigma_heading_rad: SIGH.value(octets)?.to_radians(),
    })
}

/// The warning and classification codes of I048/030, in the order sent; none where the record has
/// no such item. Code 19 is birds, 23 a wind turbine: see the texts in the table.
#[must_use]
pub fn warnings<'a>(record: &Record<'a>) -> Warnings<'a> {
    let list = record.at(const { slot(&CAT048, "030") }).map(|view| view.node());
    Warnings(list)
}

/// Iterator over the codes of I048/030, each with its table entry; see [`warnings`].
#[derive(Debug, Clone, Copy)]
pub struct Warnings<'a>(Option<Node<'a>>);

impl Iterator for Warnings<'_> {
    type Item = Element;

    fn next(&mut self) -> Option<Element> {
        match &mut self.0 {
            Some(Node::List(list)) => list.next()?.element(),
            _ => None,
        }
    }
}

/// The BDS registers of I048/250, in the order sent.
pub fn bds_registers<'a>(record: &Record<'a>) -> impl Iterator<Item = Register> + use<'a> {
    record
        .octets(const { slot(&CAT048, "250") })
        .get(1..) // after the repetition count
        .unwrap_or_default()
        .as_chunks()
        .0
        .iter()
        .map(|octets| Register::from_octets(*octets))
}
