//! What may be used of a machine: cgroup files, and Slurm's answer about a job.

use carbon_sensors::limits::{
    SlurmJob, parse_cpu_max, parse_cpu_stat, parse_inactive_file, parse_memory_gb,
    parse_memory_max, parse_proc_cgroup, parse_scontrol,
};

use crate::{Target, is_sound, text};

pub(crate) const CGROUP: Target = Target {
    name: "cgroup",
    seeds: &[
        "0::/user.slice/session-1.scope\n",
        "9:name=systemd:/\n4:cpu,cpuacct:/docker/abc\n",
        "150000 100000\n",
        "max 100000\n",
        "1073741824\n",
        "usage_usec 123456\nuser_usec 100000\nsystem_usec 23456\n",
        "inactive_file 4096\ntotal_inactive_file 8192\n",
    ],
    check: |bytes| {
        let text = text(bytes);
        assert!(parse_proc_cgroup(&text).all(|(controllers, _)| !controllers.contains(':')));
        assert!(parse_cpu_max(&text).is_none_or(|cpus| is_sound(cpus) && cpus > 0.0));
        assert!(parse_memory_max(&text).is_none_or(|bytes| bytes > 0));
        assert!(parse_cpu_stat(bytes).is_none_or(is_sound));
        let _ = parse_inactive_file(bytes);
    },
};

pub(crate) const SCONTROL: Target = Target {
    name: "scontrol",
    seeds: &[
        "JobId=1234 JobName=train\n   NumNodes=2 NumCPUs=64 NumTasks=2\n   \
         TRES=cpu=64,mem=256G,node=2,billing=64\n   AllocTRES=cpu=64,mem=256G\n",
        "128G",
        "0.5T",
    ],
    check: |bytes| {
        let text = text(bytes);
        let job = parse_scontrol(&text);
        assert!(job.cpus.is_none_or(|cpus| is_sound(cpus) && cpus > 0.0), "{job:?}");
        assert!(parse_memory_gb(&text).is_none_or(|gb| is_sound(gb) && gb > 0.0));
    },
};

/// Lines `NAME=value`, as Slurm sets them.
pub(crate) const SLURM: Target = Target {
    name: "slurm-environment",
    seeds: &[
        "SLURM_CPUS_ON_NODE=16\nSLURM_MEM_PER_NODE=65536\n",
        "SLURM_JOB_CPUS_PER_NODE=72(x2),36\nSLURM_NODEID=2\nSLURM_MEM_PER_CPU=2048\n",
    ],
    check: |bytes| {
        let text = text(bytes);
        let value = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .map(str::to_owned)
        };
        let job = SlurmJob::from_environment("1", &value).allocation;
        assert!(job.cpus.is_none_or(|cpus| is_sound(cpus) && cpus > 0.0), "{job:?}");
        assert!(job.memory_bytes.is_none_or(|bytes| bytes > 0), "{job:?}");
    },
};
