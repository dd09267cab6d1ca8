//! Each target on its seeds and on mutations of them: a second of what `cargo xtask fuzz` does for
//! as long as it is told.

use fuzz_targets::TARGETS;

/// Mutations per target.
const ROUNDS: usize = 3000;

#[test]
fn every_target_holds_on_its_seeds() {
    for target in TARGETS {
        assert!(!target.seeds.is_empty(), "{} has no seeds", target.name);
        for seed in target.seeds {
            (target.check)(seed.as_bytes());
        }
        (target.check)(b"");
    }
}

#[test]
fn every_target_holds_on_mutations_of_its_seeds() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for target in TARGETS {
        for _ in 0..ROUNDS {
            let mut bytes = random.choose(target.seeds).as_bytes().to_vec();
            for _ in 0..=random.below(4) {
                mutate(&mut bytes, target.seeds, &mut random);
            }
            (target.check)(&bytes);
        }
    }
}

#[test]
fn target_names_are_unique() {
    let mut names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), TARGETS.len());
}

/// Words that parsers trip over.
const WORDS: &[&str] = &[
    "\0",
    "\n",
    "\r\n",
    "\u{feff}",
    "é",
    "-1",
    "0",
    "18446744073709551616",
    "1e400",
    "NaN",
    "inf",
    "-",
    ",",
    "=",
    ":",
    "\"",
    "[",
    "]",
    " ",
    "%",
];

fn mutate(bytes: &mut Vec<u8>, seeds: &[&str], random: &mut Random) {
    let at = random.below(bytes.len() + 1);
    let end = at + random.below(bytes.len() - at + 1);
    match random.below(6) {
        0 => bytes.truncate(at),
        1 => drop(bytes.drain(at..end)),
        2 => {
            let part = bytes[at..end].to_vec();
            bytes.splice(at..at, part);
        }
        3 => drop(bytes.splice(at..end, random.choose(WORDS).bytes())),
        4 => drop(bytes.splice(at..end, random.choose(seeds).bytes())),
        _ => {
            if let Some(byte) = bytes.get_mut(at) {
                *byte = random.next() as u8;
            }
        }
    }
}

/// Xorshift: the same bytes in every run, so that a failure can be seen again.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 16
    }

    fn below(&mut self, bound: usize) -> usize {
        self.next() as usize % bound
    }

    fn choose<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}
