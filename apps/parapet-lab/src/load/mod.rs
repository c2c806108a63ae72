//! `parapet-lab load`: more plots than any site has, played to the live program over real sockets.

mod figures;
mod program;
mod traffic;

use std::net::{Ipv4Addr, UdpSocket};
use std::process::ExitCode;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::arguments::Load;
use crate::output::say;
use crate::run::write_file;
use figures::{Figures, Sample};
use program::Program;
use traffic::{SECOND_NS, Traffic};

/// How long the program may take to work off what was sent last.
const AFTERMATH: Duration = Duration::from_secs(2);
/// Time from when everything is ready to the first datagram.
const LEAD_IN: Duration = Duration::from_millis(500);

pub(crate) fn load(a: &Load) -> Result<ExitCode, String> {
    say(&format!("making {} plots a second from {} sensors", a.rate, a.sensors));
    let mut traffic = Traffic::new(a.sensors, a.rate, a.things)?;
    let site = a.out.join("site.toml");
    write_file(&site, |file| std::io::Write::write_all(file, traffic.site(a.port).as_bytes()))?;
    let mut program = Program::start(&a.program, &site, &a.out)?;
    let figures = play(a, &mut traffic, &program);
    let said = program.stop()?;
    let figures = figures?;
    say(&said);
    write_file(&a.out.join("load.csv"), |file| std::io::Write::write_all(file, figures.csv().as_bytes()))?;
    let table = figures.table();
    say(&table);
    if let Some(study) = &a.write {
        parapet_study::tables::rewrite(&study.join("README.md"), &table)?;
    }
    Ok(if figures.lost() == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Sends by the clock, and looks at the program once a second.
fn play(a: &Load, traffic: &mut Traffic, program: &Program) -> Result<Figures, String> {
    let socket =
        UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no socket to send from: {error}"))?;
    let watch = program.watch();
    let begin = Instant::now() + LEAD_IN;
    let begin_ns = since_midnight_ns()? + LEAD_IN.as_nanos() as i64;
    let mut figures = Figures::new(a.sensors, a.rate);
    let mut number = 0;
    'sending: loop {
        // What is due together is sent together; a sleep for each datagram would cost more than the datagram.
        sleep((begin + Duration::from_millis(number * traffic::BEAT_MS)).saturating_duration_since(Instant::now()));
        let late = begin.elapsed().saturating_sub(Duration::from_millis(number * traffic::BEAT_MS));
        figures.late(late);
        let plots = traffic.send(number, begin_ns, |sensor, datagram| {
            let to = (Ipv4Addr::LOCALHOST, a.port + sensor);
            socket.send_to(datagram, to).map(drop).map_err(|error| format!("port {}: {error}", a.port + sensor))
        })?;
        figures.sent += plots;
        number += 1;
        if number * traffic::BEAT_MS >= a.seconds * 1_000 {
            break 'sending;
        }
        while let Ok(sample) = watch.try_recv() {
            figures.add(Sample { at_s: begin.elapsed().as_secs_f64(), sent: figures.sent, ..sample });
        }
    }
    figures.seconds = begin.elapsed().as_secs_f64();
    sleep(AFTERMATH);
    let last = program.look()?;
    figures.add(Sample { at_s: begin.elapsed().as_secs_f64(), sent: figures.sent, ..last });
    Ok(figures)
}

/// Nanoseconds since midnight, UTC: what ASTERIX counts.
fn since_midnight_ns() -> Result<i64, String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_err(|_| "this machine's clock is before 1970; set it")?;
    Ok((now.as_nanos() % (86_400 * SECOND_NS as u128)) as i64)
}
