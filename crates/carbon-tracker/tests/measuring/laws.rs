//! The laws of measuring, over random schedules of windows and loads.

use std::time::Duration;

use crate::support::{RAPL, hub, joules, open};
use carbon_model::Component;
use carbon_sensors::{CpuTree, ReadError, TreeReading};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::{Billing, Preferences, Window};
use proptest::prelude::*;

/// A tree that adds a random use at each look; `None` is a failure to look.
struct RandomTree(Vec<Option<(f64, u64)>>, TreeReading);

impl CpuTree for RandomTree {
    fn read(&mut self, with_members: bool) -> Result<TreeReading, ReadError> {
        let (cpu_s, pss_bytes) =
            self.0.pop().unwrap_or(Some((0.0, 0))).ok_or(ReadError::Missing { what: "tree" })?;
        self.1.cpu_s += cpu_s;
        self.1.pss_bytes = with_members.then_some(pss_bytes);
        Ok(self.1.clone())
    }
}

/// What happens in one step of a random run.
#[derive(Debug, Clone)]
enum Step {
    /// Time passes, milliseconds.
    Pass(u64),
    /// The packages draw this many watts.
    Draw(u32),
    /// A window opens.
    Open,
    /// The newest window closes.
    Close,
    /// The first package cannot be read.
    Break,
    /// It can again.
    Mend,
    /// A sample is taken.
    Sample,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1u64..3000).prop_map(Step::Pass),
        2 => (0u32..300).prop_map(Step::Draw),
        2 => Just(Step::Open),
        2 => Just(Step::Close),
        1 => Just(Step::Break),
        1 => Just(Step::Mend),
        3 => Just(Step::Sample),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    /// Consecutive windows add up to the window around them; no energy is negative; the value lies
    /// within its bounds; the truth is found to the microjoule once nothing is broken.
    #[test]
    fn parts_add_up_to_the_whole(steps in prop::collection::vec(step(), 1..40)) {
        let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
        let package = |n: u32| format!("{RAPL}/intel-rapl:{n}/energy_uj");
        for n in 0..2 {
            fake.power(&package(n), 40.0);
        }
        let hub = hub(&fake);
        let mut truth_j = 0.0;
        let (mut watts, mut broken) = (40.0, false);
        let whole = open(&hub, &Preferences::default());
        // A chain of windows: each opens right after the one before closed.
        let mut link: Window = open(&hub, &Preferences::default());
        let mut links_j = 0.0;
        let mut nested: Vec<Window> = Vec::new();
        for step in steps {
            match step {
                Step::Pass(ms) => {
                    fake.advance(Duration::from_millis(ms));
                    truth_j += 2.0 * watts * ms as f64 / 1000.0;
                }
                Step::Draw(w) => {
                    watts = f64::from(w);
                    for n in 0..2 {
                        fake.power(&package(n), watts);
                    }
                }
                Step::Open => nested.push(open(&hub, &Preferences::default())),
                Step::Close => {
                    if let Some(window) = nested.pop() {
                        let report = window.close();
                        for component in &report.machine {
                            let e = component.energy;
                            prop_assert!(e.low.joules() >= 0.0);
                            prop_assert!(e.low <= e.value && e.value <= e.high);
                        }
                        prop_assert!(joules(&report, Component::Cpu) <= truth_j + 1e-3);
                    }
                }
                Step::Break if !broken => {
                    broken = true;
                    fake.deny(&package(0));
                }
                Step::Mend if broken => {
                    broken = false;
                    fake.restore(&package(0));
                }
                Step::Break | Step::Mend => {}
                Step::Sample => {
                    hub.poll();
                    if !broken {
                        let next = link.nested();
                        links_j += joules(&link.close(), Component::Cpu);
                        link = next;
                    }
                }
            }
        }
        if broken {
            fake.restore(&package(0));
        }
        fake.advance(Duration::from_millis(10));
        truth_j += 2.0 * watts * 0.01;
        links_j += joules(&link.close(), Component::Cpu);
        let whole_j = joules(&whole.close(), Component::Cpu);
        prop_assert!((whole_j - truth_j).abs() <= 1e-4 + truth_j * 1e-9, "{whole_j} of {truth_j}");
        prop_assert!((whole_j - links_j).abs() <= whole_j * 1e-9 + 1e-9, "{links_j} of {whole_j}");
    }

    /// More load never gives less power from the load model.
    #[test]
    fn more_load_never_gives_less(low in 0.0f64..=1.0, high in 0.0f64..=1.0) {
        let (low, high) = (low.min(high), low.max(high));
        let energy = |load: f64| {
            let fake = FakeMachine::load(machines::VM_WITHOUT_ANYTHING);
            fake.set_load(load);
            let hub = hub(&fake);
            let window = open(&hub, &Preferences::default());
            crate::support::pass(&fake, &hub, 5.0);
            joules(&window.close(), Component::Cpu)
        };
        // A tick of one CPU in five seconds is as fine as /proc/stat counts.
        prop_assert!(energy(high) >= energy(low) - 0.05);
    }

    /// A process is billed no more than the machine, in each component and in each bound, and with
    /// the others it is the machine.
    #[test]
    fn a_process_is_a_part_of_its_machine(
        looks in prop::collection::vec(prop::option::of((0.0f64..20.0, 0u64..1 << 40)), 0..30),
        passes in prop::collection::vec(1u64..2500, 1..20),
        load in 0.0f64..=1.0,
        is_server in any::<bool>(),
    ) {
        let fake = FakeMachine::load(if is_server {
            machines::SERVER_TWO_SOCKET_DRAM
        } else {
            machines::VM_WITHOUT_ANYTHING
        });
        if is_server {
            fake.power(&format!("{RAPL}/intel-rapl:0/energy_uj"), 40.0);
            fake.power(&format!("{RAPL}/intel-rapl:0/intel-rapl:0:0/energy_uj"), 10.0);
        }
        fake.set_load(load);
        let hub = hub(&fake);
        let tree = Box::new(RandomTree(looks, TreeReading::default()));
        let second = Duration::from_secs(1);
        let window = hub.open(&Preferences::default(), Billing::Tree(tree), second);
        for ms in passes {
            fake.advance(Duration::from_millis(ms));
            hub.poll();
            let report = window.peek();
            for (part, whole) in report.billed().iter().zip(&report.machine) {
                prop_assert_eq!(part.component, whole.component);
                let (part, whole) = (part.energy, whole.energy);
                prop_assert!(part.low.joules() >= 0.0);
                prop_assert!(part.low <= part.value && part.value <= part.high, "{part:?}");
                prop_assert!(part.value <= whole.value, "{part:?} of {whole:?}");
                prop_assert!(part.high <= whole.high, "{part:?} of {whole:?}");
            }
            let (part, whole) = (report.billed_energy(), report.machine_energy());
            prop_assert!(part.high.joules() <= whole.high.joules() * (1.0 + 1e-12));
            let others = report.process.as_ref().unwrap().others;
            prop_assert!(others.joules() >= 0.0, "{others:?}");
            let sum = part.value + others;
            let error = (sum.joules() - whole.value.joules()).abs();
            prop_assert!(error <= whole.value.joules() * 1e-9);
        }
    }
}
