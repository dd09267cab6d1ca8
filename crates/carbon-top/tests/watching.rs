//! A fake machine watched as it runs: what the processes, idle and nobody pay is what was measured.

use std::sync::Arc;
use std::time::Duration;

use carbon_model::Energy;
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_top::{Figures, Scope, Subject, Watcher};
use carbon_tracker::config::Config;
use carbon_tracker::{Hub, Machine, Preferences, Run, Sampling, Tracker};

const EVERY: Duration = Duration::from_secs(1);

/// A machine at half load, on which a process works and another sleeps.
struct Watched {
    fake: FakeMachine,
    hub: Hub,
    run: Run,
    watcher: Watcher,
}

/// `/proc/<pid>` of a process with so many ticks of CPU time and a quarter of the memory.
fn process(fake: &FakeMachine, pid: u32, parent: u32, ticks: u64) {
    let stat =
        format!("{pid} (work) R {parent} 1 1 0 -1 0 0 0 0 0 {ticks} 0 0 0 20 0 1 0 5 1 1 1\n");
    fake.write(&format!("proc/{pid}/stat"), &stat);
    fake.write(&format!("proc/{pid}/statm"), "2000 1000 100 1 0 0 0\n");
    fake.write(&format!("proc/{pid}/cmdline"), &format!("work\0--number\0{pid}\0"));
}

impl Watched {
    fn new(scope: Scope) -> Self {
        let fake = FakeMachine::load(machines::AMD);
        fake.set_load(0.5);
        fake.power("sys/devices/virtual/powercap/intel-rapl/intel-rapl:0/energy_uj", 40.0);
        process(&fake, 100, 1, 0);
        process(&fake, 101, 100, 0);
        let machine = Machine { clock: Arc::new(fake.clock()), ..Machine::at(fake.sysroot()) };
        let hub = Hub::new(machine, Sampling::Manual);
        let run = Tracker::new(&hub, Config::default()).start();
        let shown = (scope, Subject::Machine);
        let watcher = Watcher::new(&hub, &Preferences::default(), &fake.sysroot(), shown, EVERY);
        let mut watched = Self { fake, hub, run, watcher };
        watched.observe();
        watched
    }

    fn pass(&self, time: Duration) {
        self.fake.advance(time);
        self.hub.poll();
    }

    fn observe(&mut self) -> Figures {
        let outcome = self.run.peek().expect("the run goes on");
        self.watcher.observe(&outcome, &self.hub)
    }
}

fn paid(figures: &Figures, pid: u32) -> f64 {
    let row = figures.processes.iter().find(|process| process.id.pid == pid);
    row.map_or(0.0, |process| process.energy.joules())
}

#[test]
fn processes_idle_and_unattributed_are_the_energy_that_was_measured() {
    let mut watched = Watched::new(Scope::Machine);
    for second in 1..=10 {
        watched.pass(EVERY);
        process(&watched.fake, 100, 1, 100 * second);
        let figures = watched.observe();
        let living: Energy = figures.processes.iter().map(|process| process.energy).sum();
        let rest = figures.remainder;
        let parts = living + rest.idle.unwrap_or_default() + rest.unattributed + rest.ended.1;
        let error = (parts - figures.energy.value).joules().abs();
        assert!(error < 1e-9 * figures.energy.value.joules(), "{figures:?}");
        assert!((rest.total - parts).joules().abs() < 1e-9);
    }
    let figures = watched.observe();
    assert!(paid(&figures, 100) > paid(&figures, 101) && paid(&figures, 100) > 1.0, "{figures:?}");
    let row = figures.processes.iter().find(|process| process.id.pid == 100);
    assert_eq!(row.map(|row| row.command.as_str()), Some("work --number 100"));
    assert!(figures.power().watts() > 0.0 && figures.rate.is_some());
    // What ends stays paid.
    watched.fake.remove("proc/100");
    watched.pass(EVERY);
    let after = watched.observe();
    assert_eq!(after.remainder.ended.0, 1);
    assert!((after.remainder.ended.1.joules() - paid(&figures, 100)).abs() < 1e-9);
}

#[test]
fn a_tree_lists_its_members_only() {
    let mut watched = Watched::new(Scope::Tree { pid: 100, without_it: true });
    process(&watched.fake, 200, 1, 0);
    watched.pass(EVERY);
    let figures = watched.observe();
    let pids: Vec<u32> = figures.processes.iter().map(|process| process.id.pid).collect();
    assert_eq!(pids, [101]);
    assert_eq!(figures.remainder.idle, None);
    assert!(watched.watcher.sees(200) && !watched.watcher.sees(300));
}

#[test]
fn between_two_looks_power_moves_and_sums_stand() {
    let mut watched = Watched::new(Scope::Machine);
    watched.pass(EVERY);
    let before = watched.observe();
    watched.pass(Duration::from_millis(250));
    let between = watched.observe();
    assert_eq!(between.energy, before.energy);
    assert_eq!(between.remainder, before.remainder);
    assert_eq!(between.total_w.len(), before.total_w.len() + 1);
}
