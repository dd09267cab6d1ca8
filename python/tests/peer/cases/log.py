"""Lines of the logger ``codecarbon``: their layout, their levels, and which are said."""

import logging
import os
import re
import time

from codecarbon import OfflineEmissionsTracker
from codecarbon.external.logger import logger, set_logger_format, set_logger_level
from harness import OFFLINE, attempt, levels_of, lines, on_stderr


# First, because some lines come with the first run of a process only.
def lines_of_a_run():
    logger.setLevel("INFO")
    with lines() as heard:
        tracker = OfflineEmissionsTracker(
            country_iso_code="FRA", log_level="info", measure_power_secs=0.1, api_call_interval=2
        )
        tracker.start()
        time.sleep(0.35)
        tracker.stop()
    return {
        "levels": levels_of(
            heard,
            "RAM Tracking Method: ",
            "CPU Tracking Method: ",
            "GPU Tracking Method: ",
            ">>> Tracker's metadata:",
            "  Platform system: ",
            "  Python version: ",
            "  CodeCarbon version: ",
            "  Available RAM : ",
            "  CPU count: ",
            "  CPU model: ",
            "  GPU count: ",
            "  GPU model: ",
            "Energy consumed for RAM : ",
            "RAM Power : ",
            "Energy consumed for All CPU : ",
            "kWh of electricity and ",
            " of water were used since the beginning.",
            ".CO2eq/s mean an estimation of ",
            "will be saved to file",
        ),
        "path": any(os.path.abspath("emissions.csv") in text for _, text in heard),
    }


def _say(level, text="said"):
    with on_stderr() as stderr:
        set_logger_format("")
        logger.log(level, text)
    return re.sub(r"\d", "0", stderr.getvalue())


def layout():
    set_logger_level("debug")
    return [_say(level) for level in (10, 20, 30, 40, 50)]


def layout_with_a_preamble():
    set_logger_level("info")
    with on_stderr() as stderr:
        set_logger_format("job 5")
        logger.info("said")
        set_logger_format()
        logger.info("said")
    return re.sub(r"\d", "0", stderr.getvalue()).splitlines()


def the_logger():
    return [logger.name, logger.propagate, logger is logging.getLogger("codecarbon")]


def levels():
    answers = {}
    for level in ("debug", "INFO", "Warn", "warning", "error", "fatal", "critical", "notset"):
        set_logger_level("info")
        set_logger_level(level)
        answers[level] = logger.level
    for level in (0, 10, 20, 30, 40, 50):
        set_logger_level(level)
        answers[str(level)] = logger.level
    return answers


def unknown_levels():
    answers = []
    for level in ("loud", 15, 3.5, []):
        set_logger_level("warning")
        with lines() as heard:
            attempt(set_logger_level, level)
        answers.append([logger.level, [at for at, _ in heard]])
    return answers


def level_of_a_tracker():
    answers = []
    for level in ("error", "WARNING", 20, "critical"):
        OfflineEmissionsTracker(country_iso_code="FRA", output_methods=[], log_level=level)
        answers.append(logger.level)
    return answers


def preamble_of_a_tracker():
    set_logger_level("info")
    with on_stderr() as stderr:
        OfflineEmissionsTracker(**OFFLINE | {"log_level": "info"}, logger_preamble="mine")
        logger.info("said")
    last = re.sub(r"\d", "0", stderr.getvalue()).splitlines()[-1]
    set_logger_format("")
    return last


def files_of_the_program_stay():
    handler = logging.FileHandler("mine.log")
    logger.addHandler(handler)
    set_logger_level("info")
    OfflineEmissionsTracker(**OFFLINE | {"log_level": "info"})
    logger.info("said")
    logger.removeHandler(handler)
    handler.close()
    with open("mine.log") as file:
        return ["said" in file.read().splitlines()[-1]]


def streams_of_the_program_stay():
    import io

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logger.addHandler(handler)
    set_logger_level("info")
    OfflineEmissionsTracker(**OFFLINE | {"log_level": "info"})
    logger.info("said")
    logger.removeHandler(handler)
    return "said" in stream.getvalue()


def root_is_left_alone():
    before = [logging.getLogger().handlers[:], logging.getLogger().level]
    OfflineEmissionsTracker(**OFFLINE).start()
    return before == [logging.getLogger().handlers, logging.getLogger().level]


def facts_on_the_machine():
    logger.setLevel("INFO")
    with lines() as heard:
        tracker = OfflineEmissionsTracker(**OFFLINE | {"log_level": "info"})
        tracker.start()
        tracker.stop()
    starts = ("  Platform", "  Python", "  CPU count", "  CPU model", "  GPU")
    return sorted({text for _, text in heard if text.startswith(starts)})


def several_runs_are_warned_of():
    logger.setLevel("INFO")
    with lines() as heard:
        OfflineEmissionsTracker(country_iso_code="FRA", output_methods=[])
    return levels_of(heard, "at the same time")


def nothing_at_critical():
    logger.setLevel("CRITICAL")
    with on_stderr() as stderr:
        tracker = OfflineEmissionsTracker(**OFFLINE)
        tracker.start()
        tracker.stop()
    return stderr.getvalue()


def a_forced_intensity_is_said():
    logger.setLevel("INFO")
    with lines() as heard:
        OfflineEmissionsTracker(output_methods=[], force_carbon_intensity_g_co2e_kwh=12)
    return levels_of(heard, "Using forced carbon intensity: 12.0 gCO2e/kWh")
