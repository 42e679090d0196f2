"""The demo flow on the deployment: two stages on this repository, with their live log, their result and their artifacts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from .failure import Failure
from .kraken import Kraken
from .settings import ROOT


@dataclass(frozen=True)
class Subject:
    """What the demo tests: a crate of a repository."""

    repository: str = f"file://{ROOT}"
    #: `None`: the one that the stage takes by itself.
    crate: str | None = None

    @property
    def arguments(self) -> list[str]:
        """Of the command that starts the flow."""
        values = {"repository": self.repository, "crate": self.crate}
        return [part for key, value in values.items() if value is not None for part in ("--arg", f"{key}={value}")]


STAGES = ("test", "report")
BRANCH = "demo/main"
FOLDER = ROOT / "tests" / "demo"


def run(kraken: Kraken, subject: Subject) -> str:
    """Runs the flow and returns its id. A result other than `ok` is a failure."""
    print("== a project, a branch, two stages", flush=True)
    if not kraken.succeeds("project", "show", "demo"):
        kraken.call("project", "create", "demo")
        kraken.call("branch", "create", BRANCH)
    for stage in STAGES:
        place, file = f"{BRANCH}/{stage}", str(FOLDER / f"{stage}.star")
        kraken.call("stage", "save" if kraken.succeeds("stage", "show", place) else "create", place, file)
    print(f"== a flow: clone {subject.repository}, test a crate, hand the report on", flush=True)
    started = kraken.call("--json", "flow", "start", BRANCH, *subject.arguments)
    flow = json.loads(started)["id"]
    kraken.show("logs", "-f", flow)
    print("== result", flush=True)
    kraken.show("flow", "show", flow)
    kraken.show("flow", "artifacts", flow)
    results = [run.get("result") for run in json.loads(kraken.call("--json", "flow", "show", flow))["runs"]]
    if results != ["ok"] * len(STAGES):
        raise Failure(f"the runs of the flow ended as {results}: expected 'ok' of each of {', '.join(STAGES)}; the deployment goes on")
    return flow
