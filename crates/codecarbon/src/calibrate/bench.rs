//! What a calibration does to the machine and to time: it makes load, and it waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Where phases take place; a fake machine is another one.
pub(super) trait Bench {
    /// Keeps so many logical CPUs busy from now on; 0 lets all rest.
    fn load(&mut self, cpus: u32);

    /// Lets time pass.
    fn wait(&mut self, time: Duration);
}

/// Threads that count, at the lowest priority, so that whoever else needs a CPU gets it.
#[derive(Debug, Default)]
pub(super) struct Threads {
    stop: Arc<AtomicBool>,
    running: Vec<JoinHandle<()>>,
}

impl Bench for Threads {
    fn load(&mut self, cpus: u32) {
        self.end();
        for _ in 0..cpus {
            let stop = Arc::clone(&self.stop);
            let builder = thread::Builder::new().name("calibrate".to_owned());
            // A thread that cannot be had shows as load that is not reached.
            self.running.extend(builder.spawn(move || burn(&stop)).ok());
        }
    }

    fn wait(&mut self, time: Duration) {
        thread::sleep(time);
    }
}

impl Threads {
    fn end(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.running.drain(..) {
            let _ = thread.join();
        }
        self.stop = Arc::default();
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.end();
    }
}

/// Multiplies and adds, in whole and in floating numbers and with a table that fits the cache, until
/// it is told to stop: something between a loop that does nothing and the worst that there is.
fn burn(stop: &AtomicBool) {
    lower_priority();
    let mut table = [1.000_000_1_f64; 512];
    let mut number = 0x2545_f491_4f6c_dd1d_u64;
    while !stop.load(Ordering::Relaxed) {
        for place in 0..table.len() {
            number = number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let other = (number >> 55) as usize % table.len();
            table[place] = table[place].mul_add(0.999_999, table[other] * 1e-6);
        }
        std::hint::black_box((&mut table, &mut number));
    }
}

/// On Linux a priority is a thread's own, and 0 means the caller.
fn lower_priority() {
    const LOWEST: libc::c_int = 19;
    #[expect(unsafe_code, reason = "setpriority has no safe wrapper")]
    // SAFETY: takes numbers only; a refusal leaves the priority as it is.
    unsafe {
        libc::setpriority(libc::PRIO_PROCESS, 0, LOWEST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_come_and_go_with_the_load() {
        let mut bench = Threads::default();
        bench.load(2);
        assert_eq!(bench.running.len(), 2);
        bench.wait(Duration::from_millis(5));
        assert!(bench.running.iter().all(|thread| !thread.is_finished()));
        bench.load(0);
        assert!(bench.running.is_empty());
    }
}
