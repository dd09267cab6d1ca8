//! `powermetrics` as meters: its samples are followed by a thread and added up.
//!
//! The program prints the mean power of each second; power times length is energy, so nothing is lost
//! between two readings of a meter, and a reading carries the moment of the last sample. One program
//! serves all meters and ends with them.

use std::io::{self, BufRead};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use carbon_model::{Accuracy, Source};

use super::powermetrics::{Lines, PowerSample};
use super::{AppleSensors, sorted};
use crate::clock::{Clock, Instant};
use crate::machine::MachineSample;
use crate::meter::{Covers, Meter, MeterInfo, ReadError, Reading, Sample};

/// How long a sample of the program is.
const PERIOD: Duration = Duration::from_secs(1);

/// Longer lines are not of the program's making.
const LONGEST_LINE_BYTES: u64 = 64 * 1024;

/// Energy since the first sample, and when the last one came.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    processor_j: f64,
    gpu_j: f64,
    at: Option<Instant>,
    has_ended: bool,
}

impl Totals {
    fn add(&mut self, sample: &PowerSample, at: Instant) {
        let seconds = sample.length.as_secs_f64();
        let watts = |part: Option<f64>| part.unwrap_or(0.0);
        self.processor_j += watts(sample.cpu_w.or(sample.package_w)) * seconds;
        self.gpu_j += (watts(sample.gpu_w) + watts(sample.neural_engine_w)) * seconds;
        self.at = Some(at);
    }
}

/// Reads samples until the text ends.
fn follow(mut text: impl BufRead, totals: &Mutex<Totals>, clock: &dyn Clock) {
    let mut lines = Lines::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = io::Read::take(&mut text, LONGEST_LINE_BYTES).read_until(b'\n', &mut line);
        let mut totals = totals.lock().unwrap_or_else(PoisonError::into_inner);
        match read {
            Ok(0) | Err(_) => {
                totals.has_ended = true;
                return;
            }
            Ok(_) => {
                if let Some(sample) = lines.push(&String::from_utf8_lossy(&line)) {
                    totals.add(&sample, clock.now());
                }
            }
        }
    }
}

/// What a meter of the stream reads.
#[derive(Debug, Clone, Copy)]
enum Part {
    Processor,
    Gpu,
}

fn info(part: Part, gpu: u32) -> MeterInfo {
    let (name, covers) = match part {
        Part::Processor => ("cpu".to_owned(), Covers::Package { package: 0, die: None }),
        Part::Gpu => (format!("GPU {gpu}"), Covers::Gpu { index: gpu }),
    };
    MeterInfo {
        name,
        covers,
        source: Source::Powermetrics,
        detail: "powermetrics --samplers cpu_power".to_owned(),
        // Apple calls these figures estimates and publishes no error.
        accuracy: Accuracy::plus_minus(0.20),
        refresh: PERIOD,
        max_interval: None,
        plausible_w: 500.0,
        mirror_group: None,
        idle_w: None,
    }
}

/// What the program has told, and the program.
struct Stream<P> {
    totals: Arc<Mutex<Totals>>,
    /// Kept so that the program ends with the last meter.
    _program: P,
}

struct StreamMeter<P> {
    info: MeterInfo,
    part: Part,
    stream: Arc<Stream<P>>,
}

impl<P: Send + Sync> Meter for StreamMeter<P> {
    fn info(&self) -> &MeterInfo {
        &self.info
    }

    /// Joules up to the last sample. Fails in the first second, when there is none.
    fn read(&mut self, _machine: &MachineSample, _: &dyn Clock) -> Result<Sample, ReadError> {
        let totals = *self.stream.totals.lock().unwrap_or_else(PoisonError::into_inner);
        if totals.has_ended {
            return Err(ReadError::Missing { what: "the output of powermetrics" });
        }
        let at =
            totals.at.ok_or(ReadError::Missing { what: "the first sample of powermetrics" })?;
        let joules = match self.part {
            Part::Processor => totals.processor_j,
            Part::Gpu => totals.gpu_j,
        };
        Ok(Sample { at, reading: Reading::Accumulated { joules } })
    }
}

/// Meters over the output of a program: of the package of an Intel processor, of CPU and GPU of an
/// Apple one. The program is dropped with the last of them, which must end its output.
pub(super) fn sensors<P: Send + Sync + 'static>(
    output: impl BufRead + Send + 'static,
    program: P,
    clock: Arc<dyn Clock>,
    brand: &str,
    gpu: u32,
) -> io::Result<AppleSensors> {
    let totals = Arc::new(Mutex::new(Totals::default()));
    let stream = Arc::new(Stream { totals: Arc::clone(&totals), _program: program });
    std::thread::Builder::new()
        .name("powermetrics".to_owned())
        .spawn(move || follow(output, &totals, &*clock))?;
    let is_apple = brand.starts_with("Apple");
    let parts = if is_apple { &[Part::Processor, Part::Gpu][..] } else { &[Part::Processor] };
    let meter = |part: &Part| -> Box<dyn Meter> {
        Box::new(StreamMeter { info: info(*part, gpu), part: *part, stream: Arc::clone(&stream) })
    };
    Ok(sorted(parts.iter().map(meter).collect(), brand, gpu))
}

#[cfg(test)]
mod tests {
    use super::*;

    const APPLE: &str = include_str!("../../tests/recorded/powermetrics_apple_m2_macos_26.txt");
    const INTEL: &str = include_str!("../../tests/recorded/powermetrics_intel_macos_10.txt");

    #[derive(Debug)]
    struct Still(Instant);

    impl Clock for Still {
        fn now(&self) -> Instant {
            self.0
        }
    }

    const AT: Instant = Instant {
        monotonic: Duration::from_secs(7),
        boot: Duration::from_secs(7),
        wall: Duration::from_secs(7),
    };

    fn told(text: &str) -> Totals {
        let totals = Mutex::new(Totals::default());
        follow(text.as_bytes(), &totals, &Still(AT));
        totals.into_inner().unwrap()
    }

    #[test]
    fn energy_is_power_times_the_length_of_each_sample() {
        let apple = told(APPLE);
        assert!((apple.processor_j - (0.823 * 1.0029 + 0.205 * 1.01009)).abs() < 1e-9);
        assert!((apple.gpu_j - (0.349 * 1.0029 + 0.240 * 1.01009)).abs() < 1e-9);
        assert_eq!(apple.at, Some(AT));
        let intel = told(INTEL);
        assert!((intel.processor_j - (2.48 * 5.00963 + 7.31 * 5.0021)).abs() < 1e-9);
    }

    #[test]
    fn an_apple_processor_has_a_gpu_and_an_intel_one_has_not() {
        let clock = || Arc::new(Still(AT)) as Arc<dyn Clock>;
        let apple = sensors(io::empty(), (), clock(), "Apple M2", 0).unwrap();
        assert_eq!((apple.found.meters.len(), apple.gpu.is_some()), (1, true));
        let intel = sensors(io::empty(), (), clock(), "Intel(R) Core(TM) i7", 0).unwrap();
        assert_eq!((intel.found.meters.len(), intel.gpu.is_some()), (1, false));
    }

    #[test]
    fn a_program_that_has_ended_is_a_gap_not_a_standstill() {
        let clock = Arc::new(Still(AT)) as Arc<dyn Clock>;
        let (text, feed) = io::pipe().unwrap();
        let mut found = sensors(io::BufReader::new(text), (), clock, "Apple M2", 0).unwrap();
        let meter = found.found.meters[0].as_mut();
        let nothing = MachineSample::default();
        assert!(meter.read(&nothing, &Still(AT)).is_err(), "no sample yet");
        io::Write::write_all(&mut &feed, APPLE.as_bytes()).unwrap();
        let joules = loop {
            if let Ok(Sample { reading: Reading::Accumulated { joules }, .. }) =
                meter.read(&nothing, &Still(AT))
            {
                break joules;
            }
            std::thread::yield_now();
        };
        assert!(joules > 0.8, "{joules}");
        drop(feed);
        while meter.read(&nothing, &Still(AT)).is_ok() {
            std::thread::yield_now();
        }
    }
}
