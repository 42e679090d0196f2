"""Where everything is and what it is called: read from the environment once, at the edge.

Two of these can run beside each other on one machine with different folders and ports.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from .failure import Failure

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "localstack" / "aws"
REGION = "us-east-1"
ACCOUNT = "000000000000"
HOST = "127.0.0.1"
#: The functions that the app deploys.
FUNCTIONS = ("api", "planner", "scheduler", "watchdog", "results", "notifier")
#: Those that it deploys beside them where there is a search.
SEARCH_FUNCTIONS = ("indexer",)


@dataclass(frozen=True)
class Settings:
    """One deployment on an emulator."""

    #: Everything that is made is in here, the virtual environment apart.
    work: Path
    #: Where the emulator answers for AWS.
    port: int
    #: Where the deployed API answers, at the root of an origin of its own.
    api_port: int
    #: Where the programs were built: the folder with `api`, `kraken`, `kraken-agent`, …
    programs: Path
    #: Whether the emulator refuses what policies do not allow.
    enforce_policies: bool
    #: Filter of the functions' logs.
    log: str
    #: Where OpenSearch answers; `None`: logs are not searched there.
    search: str | None

    @property
    def endpoint(self) -> str:
        """Address of the emulated AWS."""
        return f"http://{HOST}:{self.port}"

    @property
    def api(self) -> str:
        """Address of the deployed API."""
        return f"http://{HOST}:{self.api_port}"

    @property
    def admin_token(self) -> Path:
        """The administrator's token of this deployment, readable by its owner alone."""
        return self.work / "admin-token"

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions of this deployment."""
        return FUNCTIONS + (SEARCH_FUNCTIONS if self.search else ())

    def program(self, name: str) -> Path:
        """A program that was built."""
        path = self.programs / name
        if not path.is_file():
            raise Failure(f"{path} is missing: build the programs first, with `make build`")
        return path


def read() -> Settings:
    """The settings that the environment asks for; every one has a default."""
    target = Path(os.environ.get("CARGO_TARGET_DIR") or ROOT / "target")
    return Settings(
        work=Path(os.environ.get("KRAKEN_AWS_LOCAL_DIR") or ROOT / ".kraken" / "aws-local").absolute(),
        port=_port("KRAKEN_AWS_LOCAL_PORT", 4566),
        api_port=_port("KRAKEN_AWS_LOCAL_API_PORT", 4567),
        programs=Path(os.environ.get("KRAKEN_AWS_LOCAL_PROGRAMS") or target / "debug").absolute(),
        enforce_policies=_flag("KRAKEN_AWS_LOCAL_IAM"),
        log=os.environ.get("KRAKEN_AWS_LOCAL_LOG") or "info",
        search=_url("KRAKEN_AWS_LOCAL_SEARCH"),
    )


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Failure(f"{name} is {text!r}: expected a port, 1 to 65535")
    return int(text)


def _flag(name: str) -> bool:
    text = os.environ.get(name) or "false"
    if text not in ("true", "false"):
        raise Failure(f"{name} is {text!r}: expected 'true' or 'false'")
    return text == "true"


def _url(name: str) -> str | None:
    text = os.environ.get(name) or None
    if text is None:
        return None
    expected = "the URL of OpenSearch, http(s)://HOST[:PORT], without user"
    # A text with a user may hold a password: it is not repeated.
    if "@" in text:
        raise Failure(f"{name} names a user: expected {expected}")
    if not text.startswith(("http://", "https://")):
        raise Failure(f"{name} is {text!r}: expected {expected}")
    return text
