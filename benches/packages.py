#!/usr/bin/env python3
"""`make packages`: how large the functions' packages are, and how soon they ask for work, beside what is aimed at.

Each program is started as Lambda starts it, against a runtime API on loopback: what is measured is the time from the start of the process
to its first GET of /next, in milliseconds, the median of several starts. Nothing else is asked of it, and it asks for nothing else. A
package is what is uploaded: the bootstrap alone, zipped. Writes figures as JSON into the file that KRAKEN_PACKAGES_JSON names.
"""

import argparse
import http.server
import io
import json
import os
import statistics
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRACT = ROOT / "infra" / "contract" / "environment.json"
#: Row 17: docs/cost.md.
ZIPPED_MB_MAX, INIT_MS_MAX = 6.0, 40.0
STARTS = 15
#: A program that has not asked for work by then never will.
PATIENCE_S = 20


class RuntimeApi(http.server.ThreadingHTTPServer):
    """Notes when it is asked for work, and has none."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked = threading.Event()
        self.failed = ""


class Asked(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.asked.set()
        # Until the process is ended.
        self.rfile.read(1)

    def do_POST(self) -> None:
        self.server.failed = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode(errors="replace")
        self.server.asked.set()

    def log_message(self, *_) -> None:
        pass


def environment(function: str, contract: dict) -> dict:
    """What Lambda and the deployment set, with values that lead nowhere."""
    values = {
        "KRAKEN_QUEUE_SCHEDULER": "https://sqs.us-east-1.amazonaws.com/123456789012/kraken-scheduler.fifo",
        "KRAKEN_QUEUE_RESULTS": "https://sqs.us-east-1.amazonaws.com/123456789012/kraken-results.fifo",
        "KRAKEN_TABLE": "kraken",
        "KRAKEN_BUCKET": "kraken-data",
        "KRAKEN_BUS": "kraken",
        "KRAKEN_SEALING_KEY": "/kraken/sealing-key",
        "KRAKEN_AGENT_ROLE": "arn:aws:iam::123456789012:role/agents",
        "KRAKEN_SEARCH": "https://search.invalid" if function == "indexer" else "none",
        "KRAKEN_SEARCH_DAYS": "30",
        "KRAKEN_METRICS": "on",
        "KRAKEN_LOG": "info",
    }
    wanted = [variable["name"] for variable in contract["functions"][function] if variable["required"]]
    if unknown := [name for name in wanted if name not in values]:
        sys.exit(f"{CONTRACT} asks for {', '.join(unknown)}: give each a value of its kind here")
    return {
        **{name: values[name] for name in wanted},
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_SESSION_TOKEN": "none",
        "AWS_LAMBDA_FUNCTION_NAME": f"kraken-{function}",
        "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
        "AWS_LAMBDA_LOG_GROUP_NAME": f"/kraken/{function}",
        "AWS_LAMBDA_LOG_STREAM_NAME": "none",
    }


def zipped_bytes(bootstrap: Path) -> int:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        file.write(bootstrap, "bootstrap")
    return len(package.getvalue())


def init_ms(bootstrap: Path, variables: dict) -> float:
    """From the start of the process to its first question."""
    api = RuntimeApi()
    threading.Thread(target=api.serve_forever, daemon=True).start()
    variables = {**variables, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}"}
    began = time.perf_counter()
    process = subprocess.Popen([bootstrap], env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    asked = api.asked.wait(PATIENCE_S)
    took = (time.perf_counter() - began) * 1e3
    process.kill()
    said = process.communicate()[0].decode(errors="replace")
    api.shutdown()
    api.server_close()
    if not asked or api.failed:
        sys.exit(f"{bootstrap} did not ask for work: {api.failed or said}")
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description="Sizes of the functions' packages, and how soon they ask for work.")
    parser.add_argument("--functions-dir", type=Path, default=ROOT / "target" / "lambda", help="folder with <function>/bootstrap")
    options = parser.parse_args()
    contract = json.loads(CONTRACT.read_text())
    figures, well = [], True
    print(f"{'function':<12}{'zipped MB':>12}{'aim':>6}{'init ms':>12}{'aim':>6}")
    for function in contract["functions"]:
        bootstrap = options.functions_dir / function / "bootstrap"
        if not bootstrap.exists():
            print(f"{function:<12}{'not built':>12}")
            continue
        zipped = zipped_bytes(bootstrap) / 1e6
        variables = environment(function, contract)
        # The first start brings it into memory.
        starts = [init_ms(bootstrap, variables) for _ in range(STARTS + 1)][1:]
        took = statistics.median(starts)
        met = zipped <= ZIPPED_MB_MAX and took <= INIT_MS_MAX
        well &= met
        figures.append({"function": function, "zipped_mb": round(zipped, 2), "init_ms": round(took, 1), "met": met})
        print(f"{function:<12}{zipped:>12.2f}{ZIPPED_MB_MAX:>6.0f}{took:>12.1f}{INIT_MS_MAX:>6.0f}{'' if met else '   missed'}")
    if not figures:
        sys.exit(f"there is no bootstrap below {options.functions_dir}: build them with cargo lambda")
    if "KRAKEN_PACKAGES_JSON" in os.environ:
        Path(os.environ["KRAKEN_PACKAGES_JSON"]).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
