"""Runs: their energy, their life, their outputs."""

import csv
import dataclasses
import signal
import threading
import time

import pytest
from tracking import FRANCE, Keeper, kwh_to_joules, run_python

from codecarbon import EmissionsTracker, OfflineEmissionsTracker
from codecarbon.emissions_tracker import BaseEmissionsTracker
from codecarbon.output import EmissionsData

pytestmark = pytest.mark.usefixtures("clean_place")


def spend(machine, joules, dram_joules=0.0, seconds=0.03):
    """Let the machine use energy at a believable power."""
    time.sleep(seconds)
    machine.add("package", joules)
    machine.add("dram", dram_joules)


def test_energy_of_a_fake_machine_is_right_to_the_joule(machine):
    tracker = OfflineEmissionsTracker(force_carbon_intensity_g_co2e_kwh=100, **FRANCE)
    tracker.start()
    spend(machine, 1.25, 0.5)
    emissions = tracker.stop()
    record = tracker.final_emissions_data
    assert kwh_to_joules(record.cpu_energy) == pytest.approx(1.25, abs=1e-9)
    assert kwh_to_joules(record.ram_energy) == pytest.approx(0.5, abs=1e-9)
    assert kwh_to_joules(record.energy_consumed) == pytest.approx(1.75, abs=1e-9)
    assert emissions == pytest.approx(1.75 / 3.6e6 * 0.1, rel=1e-12)
    assert emissions == tracker.final_emissions == record.emissions
    assert record.cpu_power == pytest.approx(1.25 / record.duration)


def test_pue_multiplies_energy_and_water_is_of_it_energy(machine):
    tracker = OfflineEmissionsTracker(pue=1.5, wue=2.0, **FRANCE)
    tracker.start()
    spend(machine, 1.0, 1.0)
    tracker.stop()
    record = tracker.final_emissions_data
    assert kwh_to_joules(record.energy_consumed) == pytest.approx(3.0, abs=1e-9)
    assert record.water_consumed == pytest.approx(2.0 * 2.0 / 3.6e6)
    assert (record.pue, record.wue) == (1.5, 2.0)


def test_a_counter_that_wraps_is_counted_through(machine):
    machine.add("package", 262_143.0 - 1000.2)
    tracker = OfflineEmissionsTracker(**FRANCE)
    tracker.start()
    spend(machine, 1.0)
    tracker.stop()
    assert kwh_to_joules(tracker.final_emissions_data.cpu_energy) == pytest.approx(1.0, abs=1e-5)


def test_the_report_has_intervals_sources_gaps_and_self_cost(machine):
    tracker = OfflineEmissionsTracker(**FRANCE)
    assert tracker.report is None
    tracker.start()
    spend(machine, 1.0)
    tracker.stop()
    report = tracker.report
    energy = report["energy"]["joules"]
    assert energy["value"] == pytest.approx(1.0)
    assert energy["low"] < 1.0 < energy["high"]
    assert report["gaps"] == []
    assert report["self_cost"]["samples"] >= 1
    assert report["record"]["run_id"] == tracker.run_id
    assert report["pricing"]["grid"]["zone"] == "FRA"


def test_stopping_twice_gives_the_same_and_writes_no_second_row(machine, tmp_path):
    tracker = OfflineEmissionsTracker(country_iso_code="FRA", log_level="critical")
    tracker.start()
    spend(machine, 1.0)
    first = tracker.stop()
    spend(machine, 1.0)
    assert tracker.stop() == first
    with open(tmp_path / "emissions.csv") as file:
        (row,) = csv.DictReader(file)
    assert row["run_id"] == tracker.run_id
    assert float(row["emissions"]) == first
    assert row["region"] == ""


def test_a_tracker_can_be_started_again_for_a_new_run(machine):
    tracker = OfflineEmissionsTracker(**FRANCE)
    with tracker:
        spend(machine, 1.0)
    first = tracker.run_id
    with tracker:
        spend(machine, 0.25)
    assert tracker.run_id != first
    assert kwh_to_joules(tracker.final_emissions_data.cpu_energy) == pytest.approx(0.25, abs=1e-9)


def test_what_is_not_started_is_not_stopped(capfd):
    tracker = OfflineEmissionsTracker(country_iso_code="FRA", output_methods=[], log_level="error")
    assert tracker.stop() is None
    assert tracker.flush() is None
    assert tracker.stop_task() is None
    assert not hasattr(tracker, "final_emissions")
    assert not hasattr(tracker, "final_emissions_data")
    assert "You first need to start the tracker." in capfd.readouterr().err


def test_the_context_manager_stops_and_lets_exceptions_through(machine):
    with pytest.raises(KeyError), OfflineEmissionsTracker(**FRANCE) as tracker:
        raise KeyError("mine")
    assert tracker.final_emissions is not None


def test_flush_writes_and_goes_on(machine, tmp_path):
    keeper = Keeper()
    tracker = OfflineEmissionsTracker(output_handlers=[keeper], on_csv_write="update",
                                      country_iso_code="FRA", log_level="critical")  # fmt: skip
    tracker.start()
    spend(machine, 1.0)
    flushed = tracker.flush()
    spend(machine, 0.5)
    stopped = tracker.stop()
    assert 0 < flushed < stopped
    assert len((tmp_path / "emissions.csv").read_text().splitlines()) == 2
    (_, total_1, delta_1), (_, total_2, delta_2) = [c for c in keeper.calls if c[0] == "out"]
    assert delta_1.energy_consumed == total_1.energy_consumed
    assert kwh_to_joules(delta_2.energy_consumed) == pytest.approx(0.5, abs=1e-9)
    assert kwh_to_joules(total_2.energy_consumed) == pytest.approx(1.5, abs=1e-9)
    assert keeper.moments == ["out", "out", "exit"]


def test_an_output_that_fails_stops_neither_the_others_nor_the_run(machine, tmp_path, capfd):
    handlers = [Keeper(fails=True), Keeper()]
    tracker = OfflineEmissionsTracker(
        output_handlers=handlers, country_iso_code="FRA", log_level="error"
    )
    tracker.start()
    assert tracker.stop() is not None
    assert [keeper.moments for keeper in handlers] == [["out", "exit"]] * 2
    assert len(handlers) == 2
    assert (tmp_path / "emissions.csv").exists()
    assert "Keeper failed in out()" in capfd.readouterr().err


def test_an_output_may_lack_moments(machine):
    class Half:
        total = None

        def out(self, total, delta):
            self.total = total

    half = Half()
    with OfflineEmissionsTracker(output_handlers=[half], **FRANCE) as tracker:
        tracker.start_task("a")
        tracker.stop_task()
    assert half.total.run_id == tracker.run_id


def wait_for(condition):
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "nothing came within 10 s"
        time.sleep(0.005)


def test_live_records_come_every_so_many_measurements(machine):
    keeper = Keeper()
    tracker = OfflineEmissionsTracker(
        output_handlers=[keeper], measure_power_secs=0.01, api_call_interval=2, **FRANCE
    )
    before = threading.active_count()
    tracker.start()
    wait_for(lambda: len(keeper.calls) >= 3)
    assert threading.active_count() == before
    tracker.stop()
    after = len(keeper.calls)
    time.sleep(0.05)
    assert len(keeper.calls) == after
    assert set(keeper.moments[:-2]) == {"live_out"}
    assert keeper.moments[-2:] == ["out", "exit"]
    total = sum(delta.duration for _, _, delta in keeper.calls[:-1])
    assert total == pytest.approx(tracker.final_emissions_data.duration)


def test_an_interval_of_one_sends_the_first_record_at_once_and_minus_one_none(machine):
    often, never = Keeper(), Keeper()
    for keeper, every in ((often, 1), (never, -1)):
        tracker = OfflineEmissionsTracker(
            output_handlers=[keeper], measure_power_secs=0.01, api_call_interval=every, **FRANCE
        )
        tracker.start()
        time.sleep(0.03)
        tracker.stop()
    assert often.moments[0] == "live_out"
    assert never.moments == ["out", "exit"]


def test_a_live_output_may_flush(machine):
    class Flushing(Keeper):
        def live_out(self, total, delta):
            super().live_out(total, delta)
            tracker.flush()

    keeper = Flushing()
    tracker = OfflineEmissionsTracker(
        output_handlers=[keeper], measure_power_secs=0.01, api_call_interval=1, **FRANCE
    )
    with tracker:
        wait_for(lambda: len(keeper.calls) >= 4)
    assert keeper.moments[:4] == ["live_out", "out"] * 2


def test_the_record_is_a_dataclass_with_one_id_everywhere(machine, tmp_path):
    keeper = Keeper()
    tracker = OfflineEmissionsTracker(
        output_handlers=[keeper], country_iso_code="FRA", log_level="critical", output_methods="csv"
    )
    with tracker:
        tracker.start_task("part")
        tracker.stop_task()
    record = tracker.final_emissions_data
    assert isinstance(record, EmissionsData)
    assert list(dataclasses.asdict(record))[2] == "run_id"
    ids = {tracker.run_id, record.run_id, keeper.calls[0][1].run_id, keeper.calls[1][1][0].run_id}
    with open(tmp_path / "emissions.csv") as file:
        ids |= {row["run_id"] for row in csv.DictReader(file)}
    assert len(ids) == 1
    assert (tmp_path / f"emissions_base_{tracker.run_id}.csv").exists()


def test_hardware_is_described(machine):
    hardware = OfflineEmissionsTracker(**FRANCE).get_detected_hardware()
    assert hardware == {
        "ram_total_size": 8.0,
        "cpu_count": 1,
        "cpu_physical_count": 1,
        "cpu_model": "Intel(R) Xeon(R) Gold 5222 CPU @ 3.80GHz",
        "gpu_count": 0,
        "gpu_model": "",
        "gpu_ids": None,
    }


def test_private_names_that_programs_read_are_there(machine):
    tracker = OfflineEmissionsTracker(**FRANCE)
    assert tracker._start_time is None
    assert tracker._scheduler._stopped
    assert tracker._total_energy.kWh == 0
    tracker.start()
    spend(machine, 1.0, 0.5)
    assert kwh_to_joules(tracker._total_cpu_energy.kWh) == pytest.approx(1.0)
    assert kwh_to_joules(tracker._total_ram_energy.kWh) == pytest.approx(0.5)
    assert tracker._total_gpu_energy.kWh == 0
    assert tracker._cpu_power.W > 0
    assert tracker._total_emissions > 0
    assert tracker._start_time is not None and not tracker._scheduler._stopped
    tracker._measure_power_and_energy()
    assert tracker._prepare_emissions_data().cpu_energy > 0
    tracker.stop()
    assert tracker._prepare_emissions_data() == tracker.final_emissions_data
    assert tracker._conf["cpu_model"].startswith("Intel")
    assert tracker._conf["project_name"] == tracker._project_name == "codecarbon"
    assert tracker._measure_power_secs == 15
    assert tracker._total_water.litres == 0
    assert tracker._tasks == {} and tracker._hardware
    with pytest.raises(AttributeError, match="_no_such_thing"):
        _ = tracker._no_such_thing


def test_the_base_class_is_not_for_use():
    with pytest.raises(TypeError, match="OfflineEmissionsTracker"):
        BaseEmissionsTracker()
    assert issubclass(EmissionsTracker, BaseEmissionsTracker)


def test_a_place_that_is_not_known_is_said_aloud(capfd):
    tracker = OfflineEmissionsTracker(country_iso_code="XYZ", output_methods=[], log_level="error")
    assert "Does not support country" in capfd.readouterr().err
    with tracker:
        pass
    assert tracker.final_emissions_data.country_iso_code == "XYZ"


def test_a_second_tracker_may_be_refused(machine, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    alone = {"allow_multiple_runs": False, **FRANCE, "log_level": "warning"}
    first = OfflineEmissionsTracker(**alone)
    second = OfflineEmissionsTracker(**alone)
    assert second._another_instance_already_running
    assert second.start() is None and second.stop() is None and second.flush() is None
    assert second.start_task() is None and second.stop_task() is None
    assert "Another instance of codecarbon is already running" in capfd.readouterr().err
    first.start()
    first.stop()
    third = OfflineEmissionsTracker(**alone)
    assert not third._another_instance_already_running
    with third:
        pass


def test_a_signal_handler_stops_the_run(machine):
    tracker = OfflineEmissionsTracker(**FRANCE)
    tracker.start()
    tracker.service_shutdown(signal.SIGTERM, None)
    assert tracker.final_emissions is not None


def test_many_threads_share_the_meters(machine):
    sums = []

    def work():
        for _ in range(50):
            with OfflineEmissionsTracker(**FRANCE) as tracker:
                pass
            sums.append(tracker.final_emissions_data.energy_consumed)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sums == [0.0] * 400


def test_a_run_that_nobody_stops_is_written_at_exit(tmp_path):
    done = run_python(
        """
        from codecarbon import OfflineEmissionsTracker
        OfflineEmissionsTracker(country_iso_code="FRA", measure_power_secs=0.01).start()
        """,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    assert "Energy consumed for All CPU : " in done.stderr
    assert len((tmp_path / "emissions.csv").read_text().splitlines()) == 2


def test_importing_the_package_loads_next_to_nothing(tmp_path):
    done = run_python(
        """
        import sys
        before = set(sys.modules)
        import codecarbon
        print(sorted(set(sys.modules) - before))
        from codecarbon import OfflineEmissionsTracker
        with OfflineEmissionsTracker(country_iso_code="FRA", log_level="error"):
            pass
        heavy = "logging json typing dataclasses enum uuid asyncio functools inspect re".split()
        print([name for name in heavy if name in sys.modules and name not in before])
        """,
        cwd=tmp_path,
    )
    assert done.stdout.splitlines() == ["['codecarbon', 'codecarbon._native']", "[]"], done.stderr


def test_quiet_means_quiet(tmp_path):
    done = run_python(
        """
        from codecarbon import EmissionsTracker
        with EmissionsTracker(log_level="critical", output_methods=[]) as tracker:
            tracker.start_task("a")
            tracker.stop_task()
        """,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_subinterpreter_is_refused_clearly(tmp_path):
    done = run_python(
        """
        import sys
        import codecarbon
        source = "import sys"
        source += "\\ntry: import codecarbon"
        source += "\\nexcept ImportError as refusal: print(refusal, flush=True)"
        if sys.version_info >= (3, 13):
            import _interpreters
            _interpreters.exec(_interpreters.create(), source)
        else:
            import _xxsubinterpreters
            _xxsubinterpreters.run_string(_xxsubinterpreters.create(), source)
        """,
        cwd=tmp_path,
    )
    assert "not support loading in subinterpreters" in done.stdout, done.stderr
