//! When samples are taken: intervals of any length, samples that take long, clocks that jump.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use carbon_model::Component;
use carbon_sensors::{Clock, Instant};
use carbon_testkit::{Machine as FakeMachine, machines};
use carbon_tracker::{Billing, Hub, Machine, Preferences, Sampling};

use crate::support::{RAPL, close, hub, joules, machine, open, pass};

/// A clock on which every look takes a millisecond, so that a sample takes many.
#[derive(Debug, Default)]
struct SlowClock(Mutex<Duration>);

impl Clock for SlowClock {
    fn now(&self) -> Instant {
        let mut now = self.0.lock().unwrap();
        *now += Duration::from_millis(1);
        Instant { monotonic: *now, boot: *now, wall: *now }
    }
}

#[test]
fn samples_that_take_longer_than_their_interval_leave_room_for_windows() {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    let machine = Machine { clock: Arc::new(SlowClock::default()), ..machine(&fake) };
    let (done, waiting) = mpsc::channel();
    std::thread::spawn(move || {
        let hub = Hub::new(machine, Sampling::Thread);
        let interval = Duration::from_millis(4);
        let window = hub.open(&Preferences::default(), Billing::Machine, interval);
        for _ in 0..20 {
            window.peek();
        }
        drop(window);
        drop(hub);
        // The receiver is gone if this took too long.
        let _ = done.send(());
    });
    waiting.recv_timeout(Duration::from_secs(20)).expect("the sampler never lets go");
}

#[test]
fn any_interval_is_accepted() {
    for interval in [Duration::ZERO, Duration::MAX] {
        let fake = FakeMachine::load(machines::VM_WITHOUT_ANYTHING);
        let hub = hub(&fake);
        let window = hub.open(&Preferences::default(), Billing::Machine, interval);
        for _ in 0..3 {
            fake.advance(Duration::from_secs(10));
            let next = hub.poll().unwrap();
            assert!(next >= Duration::from_millis(1), "{next:?}");
        }
        close(window.close().active.as_secs_f64(), 30.0, 1e-9);
    }
}

#[test]
fn the_load_model_sees_every_second_however_rare_the_samples_that_were_asked_for() {
    let energy = |interval| {
        let fake = FakeMachine::load(machines::VM_WITHOUT_ANYTHING);
        let hub = hub(&fake);
        let window = hub.open(&Preferences::default(), Billing::Machine, interval);
        for second in 0..20 {
            fake.set_load(f64::from(second % 2));
            pass(&fake, &hub, 1.0);
        }
        joules(&window.close(), Component::Cpu)
    };
    close(energy(Duration::from_hours(1)), energy(Duration::from_secs(1)), 1e-6);
}

#[test]
fn no_window_draws_more_than_full_load_however_short() {
    let fake = FakeMachine::load(machines::VM_WITHOUT_ANYTHING);
    let hub = hub(&fake);
    let whole = open(&hub, &Preferences::default());
    fake.set_load(1.0);
    pass(&fake, &hub, 10.0);
    let full_w = joules(&whole.peek(), Component::Cpu) / 10.0;
    fake.set_load(0.0);
    pass(&fake, &hub, 10.0);
    fake.set_load(1.0);
    for _ in 0..200 {
        let task = whole.nested();
        fake.advance(Duration::from_millis(1));
        let energy_j = joules(&task.close(), Component::Cpu);
        assert!(energy_j <= full_w * 0.001 * 1.001, "{energy_j} J in 1 ms, {full_w} W at most");
    }
}

#[test]
fn the_interval_of_a_first_short_window_holds_the_truth_whatever_the_load() {
    let full = {
        let fake = FakeMachine::load(machines::VM_WITHOUT_ANYTHING);
        let hub = hub(&fake);
        let window = open(&hub, &Preferences::default());
        fake.set_load(1.0);
        pass(&fake, &hub, 10.0);
        joules(&window.close(), Component::Cpu) / 10.0
    };
    for milliseconds in [1, 3, 4, 9] {
        let fake = FakeMachine::load(machines::VM_WITHOUT_ANYTHING);
        let hub = hub(&fake);
        fake.set_load(1.0);
        let window = open(&hub, &Preferences::default());
        fake.advance(Duration::from_millis(milliseconds));
        let cpu = window.close().machine[0].energy;
        let truth_j = full * milliseconds as f64 / 1000.0;
        assert!(cpu.low.joules() <= truth_j && truth_j <= cpu.high.joules(), "{truth_j} {cpu:?}");
    }
}

/// Both edges of so short a window are one reading: its energy is not known to be nothing.
#[test]
fn a_window_within_one_reading_says_what_it_may_have_used() {
    let fake = FakeMachine::load(machines::SERVER_TWO_SOCKET_DRAM);
    fake.power(&format!("{RAPL}/intel-rapl:0/energy_uj"), 50.0);
    let hub = hub(&fake);
    let outer = open(&hub, &Preferences::default());
    pass(&fake, &hub, 2.0);
    let window = open(&hub, &Preferences::default());
    fake.advance(Duration::from_micros(100));
    let cpu = window.close().machine[0].energy;
    assert!(cpu.high.joules() >= 100e-6 * 50.0, "{cpu:?}");
    drop(outer);
}
