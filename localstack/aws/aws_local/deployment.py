"""Deploys the CDK app, unchanged, onto the emulator; does nothing when nothing has changed since the last time."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from . import bootstraps, node
from .settings import ACCOUNT, REGION, Settings

#: What the templates are made from, in infra/.
SOURCES = ("bin", "lib", "contract", "cdk.json", "package-lock.json", "tsconfig.json")
#: What the emulator that runs now has got, as files in the work folder.
BOOTSTRAPPED, DEPLOYED = "bootstrapped", "deployed"


@dataclass(frozen=True)
class Outputs:
    """What the stacks say of themselves."""

    api: str
    table: str
    bucket: str


def prepare(settings: Settings) -> None:
    """What it takes to deploy; nothing of it needs the emulator."""
    bootstraps.place(settings)
    node.install(settings)


def forget(settings: Settings) -> None:
    """The emulator is a new one: nothing is deployed there."""
    for stamp in (BOOTSTRAPPED, DEPLOYED):
        (settings.work / stamp).unlink(missing_ok=True)


def deploy(settings: Settings) -> Outputs:
    """Deploys what was prepared."""
    assembly, outputs, log = settings.work / "cdk.out", settings.work / "outputs.json", settings.work / "cdk.log"
    bootstrapped, synthesised, deployed = (settings.work / stamp for stamp in (BOOTSTRAPPED, "synthesised", DEPLOYED))
    wanted = _fingerprint(settings)
    if _says(deployed, wanted):
        print("== nothing to deploy: neither infra/ nor the functions have changed", flush=True)
        return _read(outputs)
    log.write_bytes(b"")
    if not bootstrapped.exists():
        print("== bootstrapping the emulated account", flush=True)
        # From an empty folder: there is no app to make first.
        bare = settings.work / "bare"
        bare.mkdir(exist_ok=True)
        node.cdk(settings, ["bootstrap", f"aws://{ACCOUNT}/{REGION}"], bare, log)
        bootstrapped.touch()
    if not _says(synthesised, wanted):
        print("== synthesising the CDK app", flush=True)
        synthesised.unlink(missing_ok=True)
        node.cdk(settings, ["synth", "--quiet", "--output", str(assembly), *_context(settings)], node.INFRA, log)
        synthesised.write_text(wanted)
    print("== deploying", flush=True)
    deploy_all = ["deploy", "--all", "--app", str(assembly), "--require-approval", "never", "--outputs-file", str(outputs)]
    node.cdk(settings, [*deploy_all, "--progress", "events"], node.INFRA, log)
    deployed.write_text(wanted)
    return _read(outputs)


def _context(settings: Settings) -> list[str]:
    values = {"local": "true", "keepData": "false", "functionsDir": str(bootstraps.folder(settings)), "log": settings.log}
    if settings.search is not None:
        values["search"] = f"endpoint:{settings.search}"
    return [part for key, value in values.items() for part in ("-c", f"{key}={value}")]


def _fingerprint(settings: Settings) -> str:
    """Changes with everything that decides what is deployed."""
    digest = hashlib.sha256(" ".join(_context(settings)).encode())
    roots = [node.INFRA / source for source in SOURCES] + [bootstraps.folder(settings)]
    for root in roots:
        for file in [root] if root.is_file() else sorted(path for path in root.rglob("*") if path.is_file()):
            digest.update(f"\0{file}\0".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _says(stamp: Path, wanted: str) -> bool:
    return stamp.exists() and stamp.read_text() == wanted


def _read(outputs: Path) -> Outputs:
    stacks = json.loads(outputs.read_text())
    stateful, control = stacks["KrakenStateful"], stacks["KrakenControl"]
    return Outputs(api=control["ApiUrl"], table=stateful["Table"], bucket=stateful["Bucket"])
