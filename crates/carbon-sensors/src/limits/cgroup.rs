//! The control groups that we are in, versions 1 and 2, and what they allow.
//!
//! A limit may be set on any ancestor, so every level from our own group up to the mount is looked
//! at and the smallest counts. Inside a container the groups named in `/proc/self/cgroup` are often
//! those of the host while the mount shows the container's own: then the mount itself is our group.

use crate::facts::cpu::parse_cpu_list;
use crate::limits::{CpuLimit, LimitSource, MemoryLimit};
use crate::sysroot::SysRoot;

/// Which of the two interfaces a group belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CgroupVersion {
    /// One hierarchy for each controller.
    V1,
    /// The unified hierarchy.
    V2,
}

/// One group by its directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cgroup {
    /// The interface.
    pub version: CgroupVersion,
    /// Its directory below the root, "sys/fs/cgroup/user.slice".
    pub directory: String,
}

impl Cgroup {
    pub(crate) fn file(&self, name: &str) -> String {
        format!("{}/{name}", self.directory)
    }

    /// The file in which the group's CPU time is counted.
    pub(crate) const fn account(&self) -> &'static str {
        match self.version {
            CgroupVersion::V1 => "cpuacct.usage",
            CgroupVersion::V2 => "cpu.stat",
        }
    }
}

/// A mounted hierarchy and our place in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    version: CgroupVersion,
    /// Where the hierarchy is mounted, below the root.
    mount: String,
    /// Our group below the mount, "/a/b"; empty for the mount itself.
    group: String,
}

impl Place {
    fn find(
        root: &SysRoot,
        version: CgroupVersion,
        mounts: &[&str],
        probe: &str,
        group: &str,
    ) -> Option<Self> {
        let mount = mounts.iter().find(|m| root.path(format!("{m}/{probe}")).exists())?;
        let group = group.trim_end_matches('/');
        let here = !group.contains("..") && root.path(format!("{mount}{group}")).is_dir();
        let group = if here { group } else { "" };
        Some(Self { version, mount: (*mount).to_owned(), group: group.to_owned() })
    }

    fn find_unified(root: &SysRoot, group: &str) -> Option<Self> {
        let mounts = ["sys/fs/cgroup", "sys/fs/cgroup/unified"];
        Self::find(root, CgroupVersion::V2, &mounts, "cgroup.controllers", group)
    }

    /// Our group first, then its ancestors, the mount last.
    fn levels(&self) -> impl Iterator<Item = Cgroup> {
        let mut rest = Some(self.group.as_str());
        std::iter::from_fn(move || {
            let group = rest?;
            rest = group.rfind('/').map(|at| &group[..at]);
            Some(Cgroup { version: self.version, directory: format!("{}{group}", self.mount) })
        })
    }

    /// The topmost group at or below `name` that keeps an account of CPU time.
    fn accounted(&self, root: &SysRoot, name: &str) -> Option<Cgroup> {
        let top = format!("{}{name}", self.mount);
        self.levels()
            .take_while(|level| level.directory.starts_with(&top))
            .filter(|level| root.path(level.file(level.account())).exists())
            .last()
    }

    /// The level with the smallest figure, and the figure; our own level wins among equals.
    fn smallest<N: PartialOrd>(
        &self,
        figure: impl Fn(&Cgroup) -> Option<N>,
    ) -> Option<(Cgroup, N)> {
        let mut found: Option<(Cgroup, N)> = None;
        for level in self.levels() {
            if let Some(n) = figure(&level)
                && found.as_ref().is_none_or(|(_, least)| n < *least)
            {
                found = Some((level, n));
            }
        }
        found
    }
}

/// Our groups in the hierarchies that matter here.
#[derive(Debug, Clone, Default)]
pub struct OwnCgroups {
    unified: Option<Place>,
    cpu: Option<Place>,
    cpuacct: Option<Place>,
    cpuset: Option<Place>,
    memory: Option<Place>,
}

impl OwnCgroups {
    /// Finds our groups by `/proc/self/cgroup` and the usual mounts below `/sys/fs/cgroup`. 15 µs.
    pub fn find(root: &SysRoot) -> Self {
        let text = root.read("proc/self/cgroup").unwrap_or_default();
        let mut own = Self::default();
        for (controllers, group) in parse_proc_cgroup(&text) {
            if controllers.is_empty() {
                own.unified = Place::find_unified(root, group);
                continue;
            }
            let joined = format!("sys/fs/cgroup/{controllers}");
            for controller in controllers.split(',') {
                let place = match controller {
                    "cpu" => &mut own.cpu,
                    "cpuacct" => &mut own.cpuacct,
                    "cpuset" => &mut own.cpuset,
                    "memory" => &mut own.memory,
                    _ => continue,
                };
                let alone = format!("sys/fs/cgroup/{controller}");
                let mounts = [joined.as_str(), alone.as_str()];
                *place = Place::find(root, CgroupVersion::V1, &mounts, "", group);
            }
        }
        own
    }

    /// Our group in the unified hierarchy, and no other: half the cost of [`find`](Self::find).
    pub fn find_unified(root: &SysRoot) -> Option<Cgroup> {
        let text = root.read("proc/self/cgroup").ok()?;
        let (_, group) =
            parse_proc_cgroup(&text).find(|(controllers, _)| controllers.is_empty())?;
        Place::find_unified(root, group)?.levels().next()
    }

    /// The smallest of all quotas and CPU sets above us; `online` is the machine's logical CPUs.
    pub(crate) fn cpu_limit(&self, root: &SysRoot, online: Option<u32>) -> Option<CpuLimit> {
        let quota = self.quota(root);
        let set = self.cpu_set(root, online);
        match (quota, set) {
            (Some(quota), Some(set)) if set.cpus < quota.cpus => Some(set),
            (quota, set) => quota.or(set),
        }
    }

    fn quota(&self, root: &SysRoot) -> Option<CpuLimit> {
        let read = |group: &Cgroup, name: &str| root.read(group.file(name)).ok();
        let v2 = self
            .unified
            .as_ref()
            .and_then(|place| place.smallest(|group| parse_cpu_max(&read(group, "cpu.max")?)));
        let v1 = self.cpu.as_ref().and_then(|place| {
            place.smallest(|group| {
                let quota = read(group, "cpu.cfs_quota_us")?;
                parse_cfs_quota(&quota, &read(group, "cpu.cfs_period_us")?)
            })
        });
        let (group, cpus) = v2.or(v1)?;
        let cgroup = self.accounting(root, &group);
        Some(CpuLimit { cpus, source: LimitSource::Cgroup, cgroup })
    }

    fn cpu_set(&self, root: &SysRoot, online: Option<u32>) -> Option<CpuLimit> {
        let online = online?;
        let names: [(&Option<Place>, &[&str]); 2] = [
            (&self.unified, &["cpuset.cpus.effective"]),
            (&self.cpuset, &["cpuset.effective_cpus", "cpuset.cpus"]),
        ];
        let (place, names) = names.into_iter().find(|(place, names)| {
            place.as_ref().is_some_and(|p| {
                p.levels().any(|l| names.iter().any(|n| root.path(l.file(n)).exists()))
            })
        })?;
        let place = place.as_ref()?;
        let count = |group: &Cgroup| {
            let text = names.iter().find_map(|name| root.read(group.file(name)).ok())?;
            u32::try_from(parse_cpu_list(&text)?.len()).ok().filter(|n| *n > 0)
        };
        // The set that bounds us is the topmost of those that are as small as ours: its other
        // members share the same CPUs.
        let (_, least) = place.smallest(count)?;
        let group = place.levels().filter(|level| count(level) == Some(least)).last()?;
        (least < online).then(|| CpuLimit {
            cpus: f64::from(least),
            source: LimitSource::CpuSet,
            cgroup: self.accounting(root, &group),
        })
    }

    /// The group whose CPU time speaks of the members of `limited`: itself, or the nearest below it
    /// towards us that keeps an account. In version 1 accounts are a hierarchy of their own, with
    /// groups of the same names.
    fn accounting(&self, root: &SysRoot, limited: &Cgroup) -> Option<Cgroup> {
        let place = match limited.version {
            CgroupVersion::V2 => &self.unified,
            CgroupVersion::V1 => &self.cpuacct,
        };
        let mounts = [&self.unified, &self.cpu, &self.cpuset];
        let name = mounts
            .into_iter()
            .flatten()
            .find_map(|place| limited.directory.strip_prefix(&place.mount))?;
        place.as_ref()?.accounted(root, name)
    }

    /// The smallest memory maximum above us.
    pub(crate) fn memory_limit(&self, root: &SysRoot) -> Option<MemoryLimit> {
        let maximum = |place: &Option<Place>, name: &str| {
            place.as_ref()?.smallest(|g| parse_memory_max(&root.read(g.file(name)).ok()?))
        };
        let (group, bytes) = maximum(&self.unified, "memory.max")
            .or_else(|| maximum(&self.memory, "memory.limit_in_bytes"))?;
        Some(MemoryLimit { bytes, source: LimitSource::Cgroup, cgroup: Some(group) })
    }

    /// The group of all steps of a Slurm job, if we are in one and its CPU time can be read.
    pub(crate) fn of_slurm_job(&self, root: &SysRoot, job_id: &str) -> Option<Cgroup> {
        let end = format!("/job_{job_id}");
        [&self.unified, &self.cpuacct].into_iter().flatten().find_map(|place| {
            let job = place.levels().find(|group| group.directory.ends_with(&end))?;
            place.accounted(root, job.directory.strip_prefix(&place.mount)?)
        })
    }
}

/// The controllers and the group of each line of `/proc/<pid>/cgroup`; version 2 has no controllers.
pub fn parse_proc_cgroup(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines().filter_map(|line| {
        let (_, rest) = line.split_once(':')?;
        let (controllers, group) = rest.split_once(':')?;
        (!controllers.starts_with("name=")).then_some((controllers, group))
    })
}

/// CPUs allowed by `cpu.max` ("200000 100000"); `None` for "max" and for garbage.
pub fn parse_cpu_max(text: &str) -> Option<f64> {
    let (quota, period) = text.trim().split_once(' ')?;
    parse_cfs_quota(quota, period)
}

/// CPUs allowed by a quota and a period in microseconds; `None` for −1 (no quota) and for garbage.
pub fn parse_cfs_quota(quota: &str, period: &str) -> Option<f64> {
    let (quota, period): (i64, i64) = (quota.trim().parse().ok()?, period.trim().parse().ok()?);
    (quota > 0 && period > 0).then(|| quota as f64 / period as f64)
}

/// Bytes allowed by `memory.max` or `memory.limit_in_bytes`; `None` for "max", for the huge number
/// that stands for it in version 1, for zero and for garbage.
pub fn parse_memory_max(text: &str) -> Option<u64> {
    text.trim().parse().ok().filter(|bytes| (1..1 << 60).contains(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_quota_is_no_limit() {
        assert_eq!(parse_cpu_max("150000 100000\n"), Some(1.5));
        assert_eq!(parse_cpu_max("max 100000"), None);
        assert_eq!(parse_cpu_max("100000"), None);
        assert_eq!(parse_cfs_quota("-1", "100000"), None);
        assert_eq!(parse_cfs_quota("50000", "0"), None);
        assert_eq!(parse_memory_max("max"), None);
        assert_eq!(parse_memory_max("9223372036854771712"), None);
        assert_eq!(parse_memory_max("1073741824\n"), Some(1 << 30));
    }

    #[test]
    fn every_line_of_the_group_file_is_understood() {
        let text = "9:name=systemd:/\n4:cpu,cpuacct:/docker/abc\n0::/init.scope\nnonsense\n";
        let lines: Vec<_> = parse_proc_cgroup(text).collect();
        assert_eq!(lines, [("cpu,cpuacct", "/docker/abc"), ("", "/init.scope")]);
    }
}
