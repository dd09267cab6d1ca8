"""A machine as files: a package with RAPL and its memory counter, which tests advance by joules."""

from pathlib import Path

_CPUINFO = """processor\t: 0
vendor_id\t: GenuineIntel
cpu family\t: 6
model\t\t: 85
model name\t: Intel(R) Xeon(R) Gold 5222 CPU @ 3.80GHz
physical id\t: 0
siblings\t: 1
core id\t\t: 0
cpu cores\t: 1
flags\t\t: fpu tsc msr

"""
_ZONES = {"package": "intel-rapl:0", "dram": "intel-rapl:0/intel-rapl:0:0"}
_RANGE_UJ = 262_143_328_850


class FakeMachine:
    """Counters start at 1000 J; powers of more than some hundred watts are taken for a restart."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._energy_uj = {name: 1_000_000_000 for name in _ZONES}
        self._write("proc/cpuinfo", _CPUINFO)
        self._write(
            "proc/stat", "cpu  100 0 100 1000 0 0 0 0 0 0\ncpu0 100 0 100 1000 0 0 0 0 0 0\n"
        )
        self._write(
            "proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\nBuffers: 0 kB\n"
        )
        self._write("sys/devices/system/cpu/online", "0\n")
        for name, zone in _ZONES.items():
            path = f"sys/devices/virtual/powercap/intel-rapl/{zone}"
            self._write(f"{path}/name", "package-0\n" if name == "package" else f"{name}\n")
            self._write(f"{path}/enabled", "1\n")
            self._write(f"{path}/max_energy_range_uj", f"{_RANGE_UJ}\n")
            link = root / "sys/class/powercap" / zone.split("/")[-1]
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(root / path)
            self.add(name, 0.0)

    def add(self, name: str, joules: float) -> None:
        """Let a counter, "package" or "dram", advance."""
        self._energy_uj[name] = (self._energy_uj[name] + round(joules * 1e6)) % _RANGE_UJ
        path = f"sys/devices/virtual/powercap/intel-rapl/{_ZONES[name]}/energy_uj"
        self._write(path, f"{self._energy_uj[name]}\n")

    def _write(self, path: str, text: str) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
