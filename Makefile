# `make test` runs every check, exactly as CI does. `make demo` shows the whole system at work.

CARGO ?= cargo
# One set of features for everything: building one crate alone would build its dependencies anew with others.
ALL = --workspace

# What builds for Amazon Linux, from PyPI; before any other of that name.
LAMBDA = tests/setup/ensure-lambda.sh && PATH="$(CURDIR)/.kraken/lambda/bin:$$PATH" $(CARGO) lambda build

# The functions, for Lambda; `make packages ARM=1` for its arm64.
FUNCTIONS = api planner scheduler watchdog results notifier indexer

.PHONY: help packages agent-package demo demo-stop aws-local aws-local-stop test check e2e browser build release fmt lint deny infra ui ui-built bench cost fuzz docs setup

help:
	@echo "make demo     set up, start, run a two-stage flow on this repository, show its log and result"
	@echo "make aws-local  the same on an emulated AWS: deploys the CDK app with the functions' programs"
	@echo "make test     every check: format, lints, licences, tests"
	@echo "make e2e      the end-to-end stories, here and on an emulated AWS, with its faults and rights; a part of make test"
	@echo "make ui       the web UI: its checks, and what goes into the programs"
	@echo "make browser  the web UI in a real browser, over a made-up and a real server; a part of make test"
	@echo "make build    the programs, for development"
	@echo "make release  the programs, optimised, the tool linked statically"
	@echo "make packages the functions for AWS Lambda, their sizes and how fast they start"
	@echo "make agent-package  the agent for build hosts in EC2, as an archive; ARM=1 for arm64"
	@echo "make bench    measure what docs/performance.md names, beside its targets"
	@echo "make fuzz     throw senseless input at everything that reads what strangers write, FUZZ_SECONDS=30 each"
	@echo "make cost     count what Kraken costs on AWS, beside its targets"
	@echo "make docs     write generated documents anew"

setup:
	tests/setup/ensure-toolchain.sh

demo: setup
	tests/demo/run.sh

demo-stop:
	tests/demo/stop.sh

aws-local: setup
	$(CARGO) build $(ALL) --bins
	localstack/aws/ensure-host.sh
	localstack/aws/up.py

aws-local-stop:
	localstack/aws/stop.py

test: setup fmt lint deny infra ui build
	$(CARGO) test $(ALL)
	$(MAKE) browser
	$(MAKE) e2e

check: test

# The same stories on the local process and on an emulated AWS, and the same contract of the local queues and of the emulator's.
e2e: setup build
	localstack/aws/ensure-host.sh
	$(CARGO) test $(ALL) --test e2e
	localstack/aws/with_emulator.py $(CARGO) test $(ALL) --test contract -- over_http --test-threads 16

# The web UI goes into `kraken`: built before it when it is missing or older than its sources.
ui-built:
	tests/setup/ensure-ui.sh

build: ui-built
	$(CARGO) build $(ALL) --bins --examples

# The tool runs inside any container, so it must not need the host's C library.
release: ui-built
	$(CARGO) build $(ALL) --release --bin kraken --bin kraken-agent --bin kraken-tool --bin kraken-bench
	$(CARGO) rustc -p kraken-tool --bin kraken-tool --release -- -C target-feature=+crt-static

packages:
	$(LAMBDA) --profile lambda $(if $(ARM),--arm64) $(FUNCTIONS:%=--package kraken-fn-%)
	benches/packages.py

# For the C library of Amazon Linux, which is older than that of the machine here.
agent-package:
	$(LAMBDA) --release $(if $(ARM),--arm64) --package kraken-agent --package kraken-tool
	infra/pack-agent.sh target/lambda target/agent/kraken-agent-$(if $(ARM),arm64,x86_64).tar.gz

fmt:
	$(CARGO) fmt --all --check

lint:
	$(CARGO) clippy $(ALL) --all-targets -- -D warnings
	$(CARGO) clippy $(ALL) --test e2e -- -D warnings

deny:
	tests/setup/ensure-deny.sh
	$(CARGO) deny check licenses bans sources

# The AWS deployment: types, lint, and tests of its templates; tests of what puts it onto an emulator.
infra:
	tests/setup/ensure-node.sh
	cd infra && npm ci --no-audit --no-fund && npm run check
	python3 -m unittest discover -t localstack/aws -s localstack/aws/tests

# The web UI: licences, the client against the API's document, types, lint, tests, weights.
ui:
	tests/setup/ensure-node.sh
	cd ui && npm ci --no-audit --no-fund && npm run check
	mkdir -p ui/.cache && touch ui/.cache/stamp

# KRAKEN_BROWSER=none leaves it out, loudly: for machines that can have no browser.
browser: setup build
ifeq ($(KRAKEN_BROWSER),none)
	@echo "!! the web UI was NOT looked at in a browser: KRAKEN_BROWSER=none" >&2
else
	tests/setup/ensure-ui.sh --must
	tests/setup/ensure-chromium.sh
	cd ui && KRAKEN_PROGRAMS=$${CARGO_TARGET_DIR:-$(CURDIR)/target}/debug npm run --silent browser:built
endif

bench: release
	target/release/kraken-bench
	benches/ui.sh

cost: build
	target/debug/kraken-cost --json target/cost.json

# Half a minute for each target; FUZZ_SECONDS=600 for a longer look. Needs a C++ compiler.
fuzz: setup
	tests/setup/ensure-fuzz.sh
	fuzz/run.sh

docs: build
	KRAKEN_REWRITE=1 $(CARGO) test $(ALL) --test contracts --test commands --test cost --test reference
