"""The programs `kraken` and `kraken-agent`, turned towards the deployment and away from whatever else this user has set up."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import Sequence

from .deployment import Outputs
from .failure import Failure
from .processes import Process
from .settings import REGION, ROOT, Settings


class Kraken:
    """The command line, as this deployment's administrator."""

    def __init__(self, settings: Settings, outputs: Outputs) -> None:
        self.settings = settings
        self.outputs = outputs
        self.program = settings.program("kraken")

    def call(self, *arguments: str) -> str:
        """What a command prints; what it says to people goes on to them."""
        called = subprocess.run(self.command(*arguments), env=self.environment(), stdout=subprocess.PIPE, text=True)
        if called.returncode:
            raise Failure(f"'kraken {' '.join(arguments)}' ended with {called.returncode}")
        return called.stdout

    def show(self, *arguments: str) -> None:
        """A command whose output is for people. Its exit code tells how a flow did, which is asked for elsewhere."""
        subprocess.call(self.command(*arguments), env=self.environment())

    def succeeds(self, *arguments: str) -> bool:
        """Whether a command goes well; for asking whether something is there."""
        quiet = subprocess.DEVNULL
        return subprocess.call(self.command(*arguments), env=self.environment(), stdout=quiet, stderr=quiet) == 0

    def command(self, *arguments: str) -> list[str]:
        return [str(self.program), "--token-file", str(self.settings.admin_token), *arguments]

    def environment(self) -> dict[str, str]:
        return {**_without_aws(), "KRAKEN_SERVER": self.outputs.api, "XDG_CONFIG_HOME": str(self.settings.work / "config")}

    def first_token(self) -> None:
        """Makes the administrator's token of a new deployment, with the deployer's rights to the table. Afterwards the file has it."""
        settings = self.settings
        if settings.admin_token.exists():
            return
        place = ["--table", self.outputs.table, "--endpoint", settings.endpoint, "--region", REGION]
        command = [str(self.program), "aws", "first-token", *place]
        deployer = {**_without_aws(), "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        made = subprocess.run(command, env=deployer, stdout=subprocess.PIPE, text=True)
        if made.returncode:
            raise Failure(f"no token for the administrator could be made: '{' '.join(command[1:])}' ended with {made.returncode}")
        with os.fdopen(os.open(settings.admin_token, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(made.stdout.strip())


def agent_process(settings: Settings) -> Process:
    """The agent of this deployment."""
    return Process(settings.work, "agent")


def start_agent(kraken: Kraken) -> None:
    """Starts an agent on this machine, unless it runs: with an enrolment token of the API, as on any other host."""
    settings, agent = kraken.settings, agent_process(kraken.settings)
    if agent.pid() is not None:
        return
    settings.program("kraken-tool")
    state = settings.work / "agent"
    environment = {
        **_without_aws(),
        # The demo's job builds this repository: its runs may share one folder for what they build.
        "CARGO_TARGET_DIR": str(settings.work / "target"),
        "KRAKEN_SERVER": kraken.outputs.api,
        "KRAKEN_AGENT_STATE": str(state),
        "KRAKEN_AGENT_NAME": "aws-local",
    }
    if not (state / "agent.json").exists():
        environment["KRAKEN_ENROLMENT_TOKEN"] = json.loads(kraken.call("--json", "enrolment-token", "create"))["secret"]
    agent.start([str(settings.program("kraken-agent")), "run"], environment, ROOT)


def forget_deployment(settings: Settings) -> None:
    """Before a new deployment: the agent and the tokens of the one before are of no use to it."""
    agent_process(settings).stop()
    settings.admin_token.unlink(missing_ok=True)
    shutil.rmtree(settings.work / "agent", ignore_errors=True)


def _without_aws() -> dict[str, str]:
    """The caller's environment without what could lead to an account or a server of theirs."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "KRAKEN_"))}
