"""The outputs that are written in Python: which a tracker has, and how they get their records."""

from __future__ import annotations

from codecarbon._tracker import _call
from codecarbon.external import logger as log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from codecarbon._tracker import BaseEmissionsTracker
    from codecarbon.output_methods.emissions_data import EmissionsData


def own_handlers(
    tracker: BaseEmissionsTracker, methods: tuple[str, ...], endpoint: str | None, logger: Any
) -> list[Any]:
    """The outputs that the configuration asks for, but for the files, which are native."""
    conf = tracker._conf
    handlers: list[Any] = []
    if "logger" in methods:
        if logger is None:
            log.error("The output method LOGGER needs a logging_logger; nothing is logged.")
        else:
            handlers.append(logger)
    if endpoint:
        from codecarbon.output_methods.http import HTTPOutput

        handlers.append(HTTPOutput(endpoint))
    if "api" in methods:
        from codecarbon.output_methods.http import CodeCarbonAPIOutput

        handlers.append(
            CodeCarbonAPIOutput(
                endpoint_url=conf["api_endpoint"],
                experiment_id=conf["experiment_id"],
                api_key=conf["api_key"],
                conf=conf,
            )
        )
    handlers += _metrics(conf, methods)
    if "boamps" in methods:
        metadata = tracker._metadata if tracker._metadata is not None else conf["metadata"]
        handlers.append(_boamps(metadata, conf["output_dir"]))
    return handlers


def _metrics(conf: dict[str, Any], methods: tuple[str, ...]) -> list[Any]:
    """The outputs for systems that collect metrics."""
    handlers: list[Any] = []
    if "prometheus" in methods:
        from codecarbon.output_methods.metrics.prometheus import PrometheusOutput

        job = f"{conf['project_name']}_{conf['experiment_name']}"
        job = "".join([c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in job])
        handlers.append(
            PrometheusOutput(
                conf["prometheus_url"],
                job_name=job,
                delete_at_exit=not conf["prometheus_keep"],
                ca_bundle=conf["ca_bundle"],
                stop_wait_s=min(2.0, conf["api_stop_wait_secs"]),
            )
        )
    if conf["prometheus_listen"]:
        from codecarbon.output_methods.metrics.prometheus import PrometheusEndpoint

        handlers.append(PrometheusEndpoint(conf["prometheus_listen"]))
    if "otlp" in methods:
        from codecarbon.output_methods.metrics.otlp import OtlpOutput

        handlers.append(
            OtlpOutput(
                conf["otlp_endpoint"],
                conf["otlp_protocol"],
                conf["otlp_headers"],
                ca_bundle=conf["ca_bundle"],
                stop_wait_s=conf["api_stop_wait_secs"],
            )
        )
    if "logfire" in methods:
        from codecarbon.output_methods.metrics.logfire import LogfireOutput

        handlers.append(LogfireOutput())
    return handlers


def begin(tracker: BaseEmissionsTracker) -> None:
    """Tell the outputs that are asked for figures, rather than told, whose they are."""
    for handler in tracker._own_handlers:
        if hasattr(handler, "begin"):
            _call(handler, "begin", tracker._core)


def _boamps(metadata: Any, output_dir: str) -> Any:
    from codecarbon.output_methods.boamps import BoAmpsOutput

    if isinstance(metadata, str) and metadata:
        import json

        try:
            with open(metadata, encoding="utf-8") as file:
                metadata = json.load(file)
        except (OSError, ValueError) as problem:
            log.error(f"metadata: {metadata} cannot be used: {problem}")
    if isinstance(metadata, dict):
        context = metadata.get("boamps", metadata)
        if isinstance(context, dict) and context:
            return BoAmpsOutput.from_dict(context, output_dir=output_dir)
    return BoAmpsOutput(output_dir=output_dir)


def give(
    tracker: BaseEmissionsTracker, handlers: list[Any], total: EmissionsData, delta: EmissionsData
) -> None:
    """Give the record and the finished tasks to some outputs."""
    if not handlers:
        return
    tasks = [task.out() for task in list(tracker._tasks.values()) if not task.is_active]
    for handler in handlers:
        _call(handler, "out", total, delta)
        if tasks:
            _call(handler, "task_out", tasks, tracker._conf["experiment_name"])
