"""Records, units, places, tables and the small functions beside them."""

import copy
import dataclasses
import os
import pickle

from codecarbon.core.emissions import Emissions
from codecarbon.core.units import EmissionsPerKWh, Energy, Power, Time, Water
from codecarbon.external.geography import CloudMetadata, GeoMetadata
from codecarbon.input import DataSource, DataSourceException
from codecarbon.output import EmissionsData, TaskEmissionsData
from harness import attempt, lines, receiver, record

# -- records ------------------------------------------------------------------------------------


def _fields(cls):
    missing = dataclasses.MISSING
    return [
        [field.name, None if field.default is missing else field.default]
        for field in dataclasses.fields(cls)
    ]


def fields_of_records():
    return [_fields(EmissionsData), _fields(TaskEmissionsData)]


def records_are_dataclasses():
    data = record()
    return {
        "dataclass": dataclasses.is_dataclass(EmissionsData),
        "asdict": dataclasses.asdict(data),
        "replace": dataclasses.replace(data, emissions=7.0).emissions,
        "pickled": pickle.loads(pickle.dumps(data)) == data,
        "copied": copy.deepcopy(data) == copy.copy(data) == data,
        "differs": record(emissions=1.0) == data,
        "repr": repr(data)[:60],
        "values": [type(data.values).__name__, list(data.values.items())[:3]],
        "hash": attempt(hash, data),
        "missing": attempt(EmissionsData),
        "attributes": vars(data) == dataclasses.asdict(data),
        "can_be_set": attempt(setattr, data, "emissions", 3.0),
        "extra": attempt(setattr, data, "note", "x"),
    }


def record_as_json():
    return record().toJSON()


def delta_of_records():
    later = record(duration=30.0, emissions=2.0, cpu_energy=0.5, energy_consumed=1.6)
    answer = later.compute_delta_emission(record())
    same = record()
    same.compute_delta_emission(record())
    return [answer, dataclasses.asdict(later), same.emissions_rate, same.duration]


# -- units --------------------------------------------------------------------------------------


def energies():
    two, three = Energy.from_energy(kWh=2), Energy(3)
    return {
        "sum": (two + three).kWh,
        "difference": (three - two).kWh,
        "product": (two * 1.5).kWh,
        "quotient": (three / 2).kWh,
        "float": float(two),
        "ordered": [two < three, max(two, three) == three, two == Energy(2.0)],
        "power_and_time": Energy.from_power_and_time(
            power=Power.from_watts(500.0), time=Time.from_seconds(7200)
        ).kWh,
        "kind": type(Energy(1).kWh).__name__,
        "repr": repr(two),
    }


def joules():
    return [Energy.from_ujoules(3.6e12).kWh, Energy.from_millijoules(3.6e9).kWh]


def energy_of_a_whole_number_of_kilowatts():
    return attempt(
        lambda: Energy.from_power_and_time(power=Power(kW=2), time=Time.from_seconds(3600)).kWh
    )


def powers():
    ten = Power.from_watts(10)
    return {
        "watts": ten.W,
        "milli": Power.from_milli_watts(1500).W,
        "sum": (ten + ten).W,
        "product": (ten * 2.5).W,
        "quotient": (ten / 4).W,
        "floor": (Power(7.0) // 2).kW,
        "energies": Power.from_energies_and_delay(Energy(1), Energy(3), Time.from_seconds(1800)).kW,
        "no_time": Power.from_energies_and_delay(Energy(1), Energy(3), Time(0)).kW,
        "delta": Power.from_energy_delta_and_delay(Energy(1), Time.from_seconds(1800)).W,
        "repr": repr(Power(1.5)),
    }


def other_units():
    return {
        "hours": round(Time.from_seconds(5400).hours, 12),
        "grams": EmissionsPerKWh.from_g_per_kWh(500).kgs_per_kWh,
        "pounds": EmissionsPerKWh.from_lbs_per_mWh(1000).kgs_per_kWh,
        "kilograms": EmissionsPerKWh.from_kgs_per_kWh(0.2).kgs_per_kWh,
        "water": (Water.from_litres(1.5) + Water(2)).litres,
        "reprs": [repr(Time(2)), repr(EmissionsPerKWh(0.5)), repr(Water(litres=3))],
    }


def adding_a_bare_number():
    return [attempt(lambda: Energy(1) + 1), attempt(lambda: Power(1.0) + 1)]


# -- emissions ----------------------------------------------------------------------------------

# Same tables: those that 3.3.2 took over from 3.3.0 without a change.


def _emissions(**parameters):
    return Emissions(DataSource(), **parameters)


def of_countries():
    engine = _emissions()
    codes = ("USA", "CAN", "FRA", "DEU", "GBR", "CHN", "IND", "NOR", "ZAF", "TKM", "fra")
    return {
        code: round(
            engine.get_country_emissions(Energy(1.0), GeoMetadata(country_iso_code=code)), 9
        )
        for code in codes
    }


def of_unknown_countries():
    engine = _emissions()
    return [
        round(engine.get_country_emissions(Energy(1.0), GeoMetadata(country_iso_code=code)), 9)
        for code in ("XXX", None)
    ]


def of_canadian_provinces():
    engine = _emissions()
    return {
        name: round(
            engine.get_region_emissions(
                Energy(10.0),
                GeoMetadata(country_iso_code="CAN", country_name="Canada", region=name),
            ),
            6,
        )
        for name in ("ontario", "quebec", "alberta", "nova scotia", "yukon")
    }


def of_private_infrastructure():
    engine = _emissions()
    return [
        round(engine.get_private_infra_emissions(Energy(2.0), GeoMetadata(**place)), 9)
        for place in (
            {"country_iso_code": "FRA", "country_name": "France"},
            {"country_iso_code": "CAN", "country_name": "Canada", "region": "Ontario"},
            {"country_iso_code": "CAN", "country_name": "Canada", "region": "nowhere"},
            {"country_iso_code": "FRA", "country_name": "France", "region": "bretagne"},
        )
    ]


def of_states():
    place = GeoMetadata(country_iso_code="USA", country_name="United States", region="Texas")
    return round(_emissions().get_private_infra_emissions(Energy(1.0), place), 3)


def of_clouds():
    engine = _emissions()
    regions = ("us-central1", "europe-west9", "northamerica-northeast1", "europe-central2")
    return {
        region: round(engine.get_cloud_emissions(Energy(1.0), CloudMetadata("gcp", region)), 9)
        for region in regions
    }


def of_unknown_clouds():
    engine, cloud = _emissions(), CloudMetadata("aws", "us-east-1")
    place = GeoMetadata(country_iso_code="FRA", country_name="France")
    return [
        round(engine.get_cloud_emissions(Energy(1.0), cloud), 9),
        round(engine.get_cloud_emissions(Energy(1.0), cloud, place), 9),
    ]


def of_a_forced_intensity():
    engine = _emissions(force_carbon_intensity_g_co2e_kwh=250.0)
    return [
        engine.get_private_infra_emissions(Energy(2.0), GeoMetadata(country_iso_code="FRA")),
        engine.get_cloud_emissions(Energy(2.0), CloudMetadata("gcp", "us-central1")),
    ]


def names_of_clouds():
    engine, cloud = _emissions(), CloudMetadata("gcp", "europe-west9")
    return [
        engine.get_cloud_country_iso_code(cloud),
        attempt(engine.get_cloud_country_name, CloudMetadata("gcp", "moon")),
        attempt(engine.get_cloud_country_iso_code, CloudMetadata("gcp", "moon")),
        attempt(engine.get_cloud_geo_region, CloudMetadata("gcp", "moon")),
    ]


# -- places -------------------------------------------------------------------------------------


def places():
    geo = GeoMetadata("fra", "France", "Bretagne", 48.1, -1.7, "fr")
    return {
        "geo": [
            geo.country_iso_code, geo.country_name, geo.region, geo.latitude, geo.longitude,
            geo.country_2letter_iso_code,
        ],
        "repr": repr(geo),
        "bare": vars(GeoMetadata(None)),
        "private": [CloudMetadata(None, None).is_on_private_infra,
                    CloudMetadata("gcp", None).is_on_private_infra],
        "cloud": repr(CloudMetadata("gcp", "us-central1")),
        "equal": CloudMetadata("gcp", "a") == CloudMetadata("gcp", "a"),
    }  # fmt: skip


_GEO = {
    "country_code3": "fra", "country": "France", "region": "Bretagne", "latitude": "48.1",
    "longitude": "-1.7", "country_code": "FR",
}  # fmt: skip


def place_by_address():
    with receiver({"GET /geo": (200, _GEO)}) as (url, kept):
        geo = GeoMetadata.from_geo_js(f"{url}/geo")
    return [vars(geo), [request["line"] for request in kept]]


def place_without_an_answer():
    import logging

    logging.getLogger("codecarbon").setLevel("INFO")
    with lines() as heard:
        geo = GeoMetadata.from_geo_js("http://127.0.0.1:9/geo")
    return [geo.region, any(level == "WARNING" for level, _ in heard)]


def cloud_without_an_answer():
    from codecarbon.core.cloud import CLOUD_METADATA_MAPPING, get_env_cloud_details

    for cloud in CLOUD_METADATA_MAPPING.values():
        cloud["url"] = "http://127.0.0.1:9/"
    return [get_env_cloud_details(), repr(CloudMetadata.from_utils())]


# -- tables -------------------------------------------------------------------------------------


def data_source():
    source = DataSource()
    mix = source.get_global_energy_mix_data()
    return {
        "paths": [
            os.path.exists(path)
            for path in (
                source.cloud_emissions_path,
                source.carbon_intensity_per_source_path,
                source.global_energy_mix_data_path,
                source.cpu_power_path,
            )
        ],
        "geo_js_url": source.geo_js_url,
        "mix": [len(mix), mix["FRA"]["country_name"], mix["FRA"]["iso_code"],
                mix["FRA"]["carbon_intensity"], "XXX" in mix],
        "sources": source.get_carbon_intensity_per_source_data()["coal"],
        "states": source.get_country_emissions_data("usa")["texas"]["regionCode"],
        "provinces": source.get_country_energy_mix_data("can")["ontario"]["total"] > 99,
        "nordic": sorted(source.get_nordic_country_energy_mix_data()["data"]),
        "unknown": [attempt(source.get_country_emissions_data, "fra"),
                    issubclass(DataSourceException, Exception)],
        "same_object": source.get_global_energy_mix_data() is mix,
        "config": isinstance(source.config, dict),
    }  # fmt: skip


def data_frames():
    """Without pandas there are none."""
    source = DataSource()
    cloud, power = source.get_cloud_emissions_data(), source.get_cpu_power_data()
    columns = [name for name in ("provider", "region", "impact") if name in cloud.columns]
    return " ".join(columns + list(power.columns)[:2])
