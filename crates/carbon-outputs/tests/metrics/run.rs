//! A run on a fake machine that draws exactly 100 W in its processors, and a clock moved by hand.

use std::sync::Arc;
use std::time::Duration;

use carbon_testkit::{FakePerf, Machine as FakeMachine, machines};
use carbon_tracker::config::Config;
use carbon_tracker::sink::Sink;
use carbon_tracker::{Hub, Machine, Run, Sampling, Tracker};

/// A machine and its hub.
pub(crate) struct Place {
    fake: FakeMachine,
    hub: Hub,
}

impl Place {
    pub(crate) fn new() -> Self {
        let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
        let rapl = "sys/devices/virtual/powercap/intel-rapl";
        for (zone, watts) in [
            ("intel-rapl:0", 60.0),
            ("intel-rapl:1", 40.0),
            ("intel-rapl:0/intel-rapl:0:0", 0.0),
            ("intel-rapl:1/intel-rapl:1:0", 0.0),
        ] {
            fake.power(&format!("{rapl}/{zone}/energy_uj"), watts);
        }
        let machine = Machine {
            clock: Arc::new(fake.clock()),
            perf: Arc::new(FakePerf::of(&fake)),
            ..Machine::at(fake.sysroot())
        };
        let hub = Hub::new(machine, Sampling::Manual);
        Self { fake, hub }
    }

    /// Starts a run in France, priced at 100 g/kWh.
    pub(crate) fn start(&self, id: &str, sinks: impl IntoIterator<Item = Box<dyn Sink>>) -> Run {
        let mut config = Config::default();
        for (key, value) in [
            ("project_name", "a \"project\"\\ of é"),
            ("country_iso_code", "FRA"),
            ("force_carbon_intensity_g_co2e_kwh", "100"),
        ] {
            config.set(key, value).unwrap();
        }
        let tracker = Tracker::new(&self.hub, config).with_run_id(id);
        sinks.into_iter().fold(tracker, Tracker::with_sink).start()
    }

    /// Lets seconds pass, of 100 J each.
    pub(crate) fn pass(&self, seconds: u64) {
        for _ in 0..seconds * 2 {
            self.fake.advance(Duration::from_millis(500));
            self.hub.poll();
        }
    }
}
