//! Decoding and reading a record allocates nothing.
#![allow(unsafe_code, clippy::unwrap_used)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use parapet_asterix::cat034::{MessageType, ServiceMessage};
use parapet_asterix::cat048::{Detection, Polar, TargetReport, bds_registers, warnings};
use parapet_asterix::{Heard, Intake, IntakeSource, Node, RecordBuilder, Source, TimeOfDay, Value, block, records};
use parapet_engine::Event;
use parapet_frame::{HeardAt, SensorPose, SitePoint, Time};
use parapet_track::SensorId;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, counting.
struct Counting;

// SAFETY: every call is passed on to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.with(|count| count.set(count.get() + 1));
        // SAFETY: as above.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Two blocks: a plot with an expansion field, warnings and a register; a sector crossing.
fn datagram() -> Vec<u8> {
    let report = TargetReport {
        polar: Some(Polar { range_m: 300.0 * 1852.0, azimuth_rad: 1.0 }),
        height_3d_ft: Some(4_000.0),
        radar_cross_section_dbsm: Some(-20.0),
        ..TargetReport::default()
    };
    let mut plot = report.to_record().unwrap();
    plot.text("240", "PARAPET").unwrap();
    plot.set("030", Value::List(vec![Value::Raw(19)])).unwrap();
    let register = Value::Group(vec![Some(Value::Raw(1)), Some(Value::Raw(5)), None]);
    plot.set("250", Value::List(vec![register])).unwrap();
    let sector = ServiceMessage {
        message_type: Some(MessageType::SectorCrossing),
        sector_azimuth_rad: Some(1.0),
        ..ServiceMessage::default()
    };
    let encoded = |record: &RecordBuilder| {
        let mut octets = Vec::new();
        record.encode(&mut octets).unwrap();
        octets
    };
    let plot = block(&parapet_asterix::CAT048, &encoded(&plot).repeat(10)).unwrap();
    let sector = block(&parapet_asterix::CAT034, &encoded(&sector.to_record().unwrap())).unwrap();
    [plot, sector].concat()
}

fn count_elements(node: Node<'_>) -> usize {
    match node {
        Node::Element(element) => usize::from(element.string().is_none_or(|s| !s.as_str().is_empty())),
        Node::Group(members) => members.map(|member| count_elements(member.node)).sum(),
        Node::List(list) => list.map(count_elements).sum(),
        Node::Bytes(_) | Node::Unreadable(..) => 0,
    }
}

/// The path of the live program: from octets to the engine's events.
#[test]
fn no_allocation_for_a_plot_through_the_intake() {
    let report = TargetReport {
        source: Some(Source { sac: 25, sic: 1 }),
        time_of_day: TimeOfDay::from_ticks(4_000_000),
        detection: Some(Detection::ModeSRollCallPrimary),
        polar: Some(Polar { range_m: 30_000.0, azimuth_rad: 1.0 }),
        height_3d_ft: Some(4_000.0),
        aircraft_address: Some(0x3C_65AC),
        ..TargetReport::default()
    };
    let mut octets = Vec::new();
    report.to_record().unwrap().encode(&mut octets).unwrap();
    let datagram = block(&parapet_asterix::CAT048, &octets.repeat(20)).unwrap();
    let mut intake = Intake::new(vec![IntakeSource {
        sensor: SensorId(0),
        sac: 25,
        sic: 1,
        pose: SensorPose::parallel(SitePoint::default(), 46.0),
        sigma_elevation_rad: Some(0.003),
        sigma_barometric_height_m: 100.0,
        links: vec![0],
        senders: vec![],
        editions: vec!["021 0.26".parse().unwrap()],
    }]);
    let before = ALLOCATIONS.with(Cell::get);
    let mut plots = 0;
    intake.hear(HeardAt(Time::from_seconds(31_251.0)), 0, None, &datagram, &mut |heard| {
        plots += usize::from(matches!(heard, Heard::Event(Event::Plot(_))));
    });
    let after = ALLOCATIONS.with(Cell::get);
    assert_eq!((plots, after - before), (20, 0), "plots and allocations");
}

#[test]
fn no_allocation_per_record() {
    let datagram = datagram();
    let before = ALLOCATIONS.with(Cell::get);
    let (mut count, mut elements, mut extras) = (0, 0, 0);
    for record in records(&datagram) {
        let record = record.unwrap();
        count += 1;
        elements += record.items().map(|view| count_elements(view.node())).sum::<usize>();
        extras += warnings(&record).count() + bds_registers(&record).count();
        extras += usize::from(TargetReport::from_record(&record).is_some());
        extras += usize::from(ServiceMessage::from_record(&record).is_some());
    }
    let refused = records(&datagram[..20]).filter(Result::is_err).count();
    let after = ALLOCATIONS.with(Cell::get);
    assert_eq!(after - before, 0, "allocations for {count} records");
    assert_eq!((count, extras, refused), (11, 10 * 3 + 1, 1));
    assert!(elements > 100);
}
