"""Reference tables as dicts, files and data frames."""

import csv
import json
import os
import subprocess
import sys

import pytest

from codecarbon.input import DataSource, DataSourceException


@pytest.fixture
def tables():
    return DataSource()


def test_countries_have_the_factors_of_codecarbon(tables):
    mix = tables.get_global_energy_mix_data()
    assert len(mix) == 213
    assert not {"XKX", "ATA"} & set(mix)
    assert mix["FRA"]["carbon_intensity"] == 56.039
    assert (mix["FRA"]["country_name"], mix["FRA"]["iso_code"]) == ("France", "FRA")
    assert mix["FRA"]["nuclear_percent"] == pytest.approx(65.29, abs=0.01)
    with pytest.raises(KeyError, match="coal_percent may be"):
        mix["FRA"]["coal_TWh"]
    with pytest.raises(KeyError, match="mood"):
        mix["FRA"]["mood"]


def test_states_provinces_and_zones_have_theirs(tables):
    usa = tables.get_country_emissions_data("usa")
    assert usa["california"]["regionCode"] == "CA"
    assert usa["california"]["emissions"] * 0.45359237 == pytest.approx(205.269, abs=1e-3)
    assert len(usa) == 52
    canada = tables.get_country_energy_mix_data("can")
    assert len(canada) == 13
    assert canada["quebec"]["hydro"] == pytest.approx(92.1, abs=0.05)
    assert canada["nunavut"]["petroleum"] == pytest.approx(99.8, abs=0.05)
    assert canada["ontario"]["total"] == pytest.approx(100, abs=0.05)
    nordic = tables.get_nordic_country_energy_mix_data()["data"]
    assert sorted(nordic) == ["FI", "NO1", "NO2", "NO3", "NO4", "NO5", "SE1", "SE2", "SE3", "SE4"]
    assert nordic["FI"]["emission_factor"] == 72.0
    china = tables.get_china_provincial_emissions_data()["data"]
    assert len(china) == 30
    assert china["CN-BJ"]["emission_factor"] == 555.4
    assert china["CN-NM"]["names"] == ["inner mongolia"]


def test_energy_sources_have_intensities(tables):
    sources = tables.get_carbon_intensity_per_source_data()
    assert (sources["coal"], sources["wind"], sources["world_average"]) == (995, 26, 475)
    assert "coal_source" in sources


def test_a_country_without_parts_is_refused(tables):
    for ask in (
        tables.get_country_emissions_data,
        tables.get_country_energy_mix_data,
        tables.country_emissions_data_path,
        tables.country_energy_mix_data_path,
    ):
        with pytest.raises(DataSourceException, match="'fra'"):
            ask("fra")


def test_tables_are_made_once(tables):
    assert tables.get_global_energy_mix_data() is DataSource().get_global_energy_mix_data()


def test_paths_are_files_with_the_tables(tables):
    with open(tables.cloud_emissions_path, newline="", encoding="utf-8") as file:
        clouds = {row["region"]: row for row in csv.DictReader(file)}
    assert len(clouds) == 40
    assert clouds["us-central1"]["impact"] == "430.0"
    assert clouds["us-central1"]["state"] == "Iowa"
    with open(tables.cpu_power_path, newline="", encoding="utf-8") as file:
        cpus = {row["Name"]: float(row["TDP"]) for row in csv.DictReader(file)}
    assert cpus["AMD EPYC 9654"] == 360
    assert len(cpus) > 4800
    for path in (
        tables.global_energy_mix_data_path,
        tables.carbon_intensity_per_source_path,
        tables.country_emissions_data_path("usa"),
        tables.country_energy_mix_data_path("can"),
    ):
        assert json.loads(path.read_text(encoding="utf-8"))
    assert DataSource.get_ressource_path("codecarbon", "data/cloud/impact.csv") == (
        tables.cloud_emissions_path
    )
    assert DataSource.get_ressource_path("json", "decoder.py").exists()
    assert tables.geo_js_url == tables.config["geo_js_url"]


def test_the_files_go_with_the_process():
    code = """
import os, sys
from codecarbon.input import DataSource
path = DataSource().cpu_power_path
if os.fork() == 0:
    sys.exit()
os.wait()
assert path.exists()
print(path)
"""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    path = done.stdout.strip()
    assert path.endswith("cpu_power.csv")
    assert not os.path.exists(path)


def test_data_frames_need_pandas_and_say_so(tables, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setattr("codecarbon.input._CACHE", {})
    with pytest.raises(ImportError, match="pip install pandas"):
        tables.get_cpu_power_data()


def test_data_frames_are_those_of_pandas_when_it_is_there(tables):
    pytest.importorskip("pandas")
    clouds = tables.get_cloud_emissions_data()
    assert clouds.loc[clouds["region"] == "europe-west9", "impact"].item() == 34
    assert list(tables.get_cpu_power_data().columns) == ["Name", "TDP"]
