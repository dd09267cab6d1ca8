"""Which cloud this machine is in, asked of the clouds' metadata services."""

from __future__ import annotations

import re

from codecarbon.core._http import Server, get_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["CLOUD_METADATA_MAPPING", "get_env_cloud_details"]

_HOST = "http://169.254.169.254"


def postprocess_gcp_cloud_metadata(cloud_metadata: dict[str, Any]) -> dict[str, Any]:
    """Take out ``attributes``, which may hold keys and scripts."""
    return {name: value for name, value in cloud_metadata.items() if name != "attributes"}


CLOUD_METADATA_MAPPING: dict[str, dict[str, Any]] = {
    "AWS": {"url": f"{_HOST}/latest/dynamic/instance-identity/document", "headers": {}},
    "Azure": {
        "url": f"{_HOST}/metadata/instance?api-version=2019-08-15",
        "headers": {"Metadata": "true"},
    },
    "GCP": {
        "url": f"{_HOST}/computeMetadata/v1/instance/?recursive=true&alt=json",
        "headers": {"Metadata-Flavor": "Google"},
        "postprocess_function": postprocess_gcp_cloud_metadata,
    },
}


def get_env_cloud_details(timeout: float = 1) -> dict[str, Any] | None:
    """``{"provider": "AWS", "metadata": {…}}`` ("Azure", "GCP"), or ``None`` outside these clouds.

    All three are asked at once, so that a machine in none of them waits ``timeout`` seconds and not
    three times as long. AWS is asked with a session token, which its newer instances require.
    """
    from concurrent.futures import ThreadPoolExecutor

    providers = list(CLOUD_METADATA_MAPPING)
    with ThreadPoolExecutor(len(providers)) as pool:
        answers = list(pool.map(lambda provider: _ask(provider, timeout), providers))
    for provider, metadata in zip(providers, answers, strict=True):
        if metadata is not None:
            return {"provider": provider, "metadata": metadata}
    return None


def _ask(provider: str, timeout: float) -> dict[str, Any] | None:
    service = CLOUD_METADATA_MAPPING[provider]
    headers = dict(service["headers"])
    try:
        if provider == "AWS":
            headers |= _session(service["url"], timeout)
        metadata = get_json(service["url"], timeout, headers, use_proxy=False)
    except (OSError, ValueError):
        return None
    if not isinstance(metadata, dict):
        return None
    clean = service.get("postprocess_function")
    return metadata if clean is None else clean(metadata)


def _session(url: str, timeout: float) -> dict[str, str]:
    """The header that AWS's newer service asks for; none where it is not offered."""
    host = re.match(r"\w+://[^/]+", url)
    assert host is not None
    server = Server(host.group(), timeout, use_proxy=False)
    try:
        headers = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        answer = server.request("PUT", "/latest/api/token", b"", headers)
    finally:
        server.close()
    return {"X-aws-ec2-metadata-token": answer.text} if answer.status == 200 else {}
