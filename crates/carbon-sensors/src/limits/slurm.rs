//! What a Slurm job was given on this node, from the values of its environment or from `scontrol`.
//!
//! The environment is not read here: who has it passes a look-up. Inside a container there is often
//! a job id but no `scontrol`; that is an unanswered question, not an error.

use std::io::Read;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

const MEBIBYTE: u64 = 1 << 20;
const GIBIBYTE: f64 = (1_u64 << 30) as f64;

/// Resources given to a job on one node; `None` where it is not said.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Allocation {
    /// Logical CPUs.
    pub cpus: Option<f64>,
    /// Bytes.
    pub memory_bytes: Option<u64>,
}

/// The job that we run in.
#[derive(Debug, Clone, PartialEq)]
pub struct SlurmJob {
    /// Its id, digits.
    pub id: String,
    /// What its environment says of its share of this node.
    pub allocation: Allocation,
}

impl SlurmJob {
    /// A job by its id and the values that Slurm put into its environment.
    ///
    /// CPUs: `SLURM_CPUS_ON_NODE`, else this node's entry (`SLURM_NODEID`) of
    /// `SLURM_JOB_CPUS_PER_NODE` ("72(x2),36"). Memory in MiB: `SLURM_MEM_PER_NODE`, else
    /// `SLURM_MEM_PER_CPU` × CPUs; 0 means the whole node, hence no limit.
    pub fn from_environment(id: &str, value: &dyn Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| value(name)?.trim().parse::<u64>().ok().filter(|n| *n > 0);
        let cpus = number("SLURM_CPUS_ON_NODE").or_else(|| {
            let node = value("SLURM_NODEID").and_then(|n| n.trim().parse().ok()).unwrap_or(0);
            cpus_of_node(&value("SLURM_JOB_CPUS_PER_NODE")?, node)
        });
        let mebibytes = number("SLURM_MEM_PER_NODE")
            .or_else(|| number("SLURM_MEM_PER_CPU")?.checked_mul(cpus?));
        let allocation = Allocation {
            cpus: cpus.map(|n| n as f64),
            memory_bytes: mebibytes.and_then(|n| n.checked_mul(MEBIBYTE)),
        };
        Self { id: id.to_owned(), allocation }
    }
}

/// The entry of one node in a list such as "72(x2),36".
fn cpus_of_node(list: &str, node: u64) -> Option<u64> {
    let mut end = 0_u64;
    for entry in list.split(',') {
        let (cpus, times) = match entry.trim().split_once("(x") {
            Some((cpus, times)) => (cpus, times.strip_suffix(')')?.parse().ok()?),
            None => (entry.trim(), 1),
        };
        end = end.checked_add(times)?;
        if node < end {
            return cpus.parse().ok().filter(|n| *n > 0);
        }
    }
    None
}

/// A node's share of a job by the text of `scontrol show job <id>`.
///
/// CPUs are `NumCPUs`, memory is `mem` of `AllocTRES`, else of `TRES`; both are of the whole job and
/// are divided by `NumNodes`. A key that is absent or occurs twice (several jobs) says nothing.
pub fn parse_scontrol(text: &str) -> Allocation {
    let only = |key: &str| {
        let mut found =
            text.split_whitespace().filter_map(|w| w.split_once('=')).filter(|(k, _)| *k == key);
        let first = found.next()?.1;
        found.next().is_none().then_some(first)
    };
    let count = |key| only(key).and_then(|v| v.parse::<u32>().ok()).filter(|n| *n > 0);
    let nodes = f64::from(count("NumNodes").unwrap_or(1));
    let memory_gb = ["AllocTRES", "TRES"].into_iter().find_map(|key| {
        let memory = only(key)?.split(',').find_map(|part| part.strip_prefix("mem="))?;
        parse_memory_gb(memory)
    });
    Allocation {
        cpus: count("NumCPUs").map(|n| f64::from(n) / nodes),
        memory_bytes: memory_gb.map(|gb| (gb * GIBIBYTE / nodes) as u64),
    }
}

/// Memory such as "128G" as a number of GB in the sense of the records' `ram_total_size`; the units
/// T, G, M and K are steps of 1000, as in the reference. `None` for anything else.
pub fn parse_memory_gb(text: &str) -> Option<f64> {
    let unit = text.chars().last()?;
    let number: f64 = text.strip_suffix(unit)?.parse().ok()?;
    let gb = match unit {
        'T' => number * 1e3,
        'G' => number,
        'M' => number / 1e3,
        'K' => number / 1e6,
        _ => return None,
    };
    (gb.is_finite() && gb > 0.0).then_some(gb)
}

/// How long `scontrol` may take; its controller may be down or busy.
const PATIENCE: Duration = Duration::from_secs(2);

/// The text of `scontrol show job <id>`; `None` when there is no `scontrol`, when it fails, and when
/// it has not answered after 2 s (it is then ended). Costs a process: milliseconds and a query to the
/// cluster's controller.
pub fn ask_scontrol(job_id: &str) -> Option<String> {
    let mut child = Command::new("scontrol")
        .args(["show", "job", job_id])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let mut output = child.stdout.take()?;
    let (sender, answer) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = String::new();
        if output.read_to_string(&mut text).is_ok() {
            // Nobody listens any more once the patience has run out.
            let _ = sender.send(text);
        }
    });
    let text = answer.recv_timeout(PATIENCE).ok();
    if text.is_none() {
        // It may have ended by itself in the meantime.
        let _ = child.kill();
    }
    let succeeded = child.wait().is_ok_and(|status| status.success());
    text.filter(|_| succeeded)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(values: &[(&str, &str)]) -> Allocation {
        let value = |name: &str| {
            values.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        SlurmJob::from_environment("17", &value).allocation
    }

    #[test]
    fn memory_sizes_are_read_as_the_reference_reads_them() {
        let golden = [("2T", 2000.0), ("128G", 128.0), ("500M", 0.5), ("42000K", 0.042)];
        for (text, gb) in golden {
            assert_eq!(parse_memory_gb(text), Some(gb), "{text}");
        }
        for text in ["", "G", "12", "12X", "-1G", "infG", "NaNM"] {
            assert_eq!(parse_memory_gb(text), None, "{text}");
        }
    }

    #[test]
    fn the_environment_says_what_this_node_gave() {
        let told = job(&[("SLURM_CPUS_ON_NODE", "4"), ("SLURM_MEM_PER_NODE", "2048")]);
        assert_eq!(told, Allocation { cpus: Some(4.0), memory_bytes: Some(2 << 30) });
        let told = job(&[
            ("SLURM_JOB_CPUS_PER_NODE", "72(x2),36"),
            ("SLURM_NODEID", "2"),
            ("SLURM_MEM_PER_CPU", "1024"),
        ]);
        assert_eq!(told, Allocation { cpus: Some(36.0), memory_bytes: Some(36 << 30) });
        assert_eq!(job(&[("SLURM_JOB_CPUS_PER_NODE", "72(x2)")]).cpus, Some(72.0));
        assert_eq!(job(&[("SLURM_MEM_PER_NODE", "0")]), Allocation::default());
        assert_eq!(job(&[("SLURM_CPUS_ON_NODE", "many")]), Allocation::default());
    }

    #[test]
    fn scontrol_tells_cpus_and_memory_of_a_node() {
        let text = "JobId=17 JobName=train\n   NumNodes=2 NumCPUs=16 NumTasks=2 CPUs/Task=8\n   \
                    ReqTRES=cpu=16,mem=8G\n   AllocTRES=cpu=16,mem=64G,node=2,billing=16\n";
        let told = parse_scontrol(text);
        assert_eq!(told, Allocation { cpus: Some(8.0), memory_bytes: Some(32 << 30) });
        let older = parse_scontrol("NumNodes=1 NumCPUs=4\n TRES=cpu=4,mem=500M,node=1\n");
        assert_eq!(older.memory_bytes, Some(536_870_912));
    }

    #[test]
    fn an_ambiguous_or_empty_answer_says_nothing() {
        assert_eq!(parse_scontrol("slurm_load_jobs error: Invalid job id"), Allocation::default());
        assert_eq!(parse_scontrol("NumCPUs=4\nNumCPUs=8\n"), Allocation::default());
        assert_eq!(parse_scontrol("NumCPUs=0 AllocTRES=cpu=1\n"), Allocation::default());
    }
}
