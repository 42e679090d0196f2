#!/usr/bin/env python3
"""`make aws-local`: Kraken as it is deployed on AWS, on an emulator on this machine.

Starts the emulator, deploys the unchanged CDK app with the functions' real programs, enrols an agent, runs the demo flow and prints
where everything is. What already runs and is unchanged stays as it is. `--no-demo` ends after the deployment and its first token.
`--until-eof` is for tests: it goes on until its standard input ends, as it does when whoever started it dies, and then stops everything.
"""

import argparse
import fcntl
import json
import sys
import time

from aws_local import demo, deployment, emulator, kraken, settings
from aws_local.failure import Failure


def main() -> None:
    parser = argparse.ArgumentParser(description="Deploy Kraken onto an AWS emulator on this machine.")
    parser.add_argument("--no-demo", action="store_true", help="neither enrol an agent nor run the demo flow")
    parser.add_argument("--until-eof", action="store_true", help="stop everything when the standard input ends")
    parser.add_argument("--repository", default=demo.Subject.repository, help="address of what the demo flow clones; without it this clone")
    parser.add_argument("--crate", help="the crate of it that the demo flow tests")
    options = parser.parse_args()
    chosen, subject = settings.read(), None if options.no_demo else demo.Subject(options.repository, options.crate)
    if not options.until_eof:
        bring_up(chosen, subject)
        return
    if emulator.process(chosen).pid() is not None:
        raise Failure(f"an emulator runs already in {chosen.work}: with --until-eof choose a folder and ports of its own")
    try:
        bring_up(chosen, subject)
        sys.stdin.buffer.read()
    finally:
        kraken.agent_process(chosen).stop()
        # It keeps nothing, so there is nothing to wait for.
        emulator.process(chosen).stop(grace_s=0)


def bring_up(chosen: settings.Settings, subject: demo.Subject | None) -> None:
    """Deploys, and runs the demo flow on `subject`, if any."""
    chosen.work.mkdir(parents=True, exist_ok=True, mode=0o700)
    began = time.monotonic()
    lock = (chosen.work / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Failure(f"another one is at work in {chosen.work}: wait for it, or choose another folder and ports") from None

    deployment.prepare(chosen)
    if not emulator.runs(chosen):
        deployment.forget(chosen)
        kraken.forget_deployment(chosen)
        emulator.start(chosen)
    say(began, f"emulator: {chosen.endpoint}")
    outputs = deployment.deploy(chosen)
    command_line = kraken.Kraken(chosen, outputs)
    command_line.first_token()
    describe(chosen, outputs)
    say(began, f"deployed: {outputs.api}")
    if subject is not None:
        kraken.start_agent(command_line)
        flow = demo.run(command_line, subject)
        say(began, "the flow is through")
        print(f"\nthis flow:  KRAKEN_SERVER={outputs.api} {command_line.program} --token-file {chosen.admin_token} flow show {flow}")
    print(f"API:        {outputs.api}/api/docs   (token: {chosen.admin_token})")
    print(f"AWS:        {chosen.endpoint}, keys test and test   (log: {chosen.work / 'emulator.log'})")
    print("stop:       make aws-local-stop")


def describe(chosen: settings.Settings, outputs: deployment.Outputs) -> None:
    """For programs that work with this deployment."""
    facts = {
        "api": outputs.api,
        "endpoint": chosen.endpoint,
        "region": settings.REGION,
        "table": outputs.table,
        "bucket": outputs.bucket,
        "admin_token_file": str(chosen.admin_token),
        "search": chosen.search,
    }
    (chosen.work / "deployment.json").write_text(json.dumps(facts, indent=2) + "\n")


def say(began: float, text: str) -> None:
    print(f"== {text} ({time.monotonic() - began:.1f} s)", flush=True)


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        sys.exit(f"aws-local: {failure}")
    except KeyboardInterrupt:
        sys.exit("aws-local: interrupted; what was started goes on: make aws-local-stop ends it")
