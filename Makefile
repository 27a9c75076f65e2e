# make run    everything set up, and the front desk answering on 127.0.0.1:5060
# make test   everything checked
# make bench  what takes long
.PHONY: run test check bench clean venv lint types types-for-3.12 engine

# No sound in real time is measured here, so these share the machine.  Ports are a file's own.
APART = tests/house tests/store tests/flowfile tests/web tests/speech tests/testing tests/flows \
	tests/wiring tests/benchmarks tests/test_layers.py flows ivr/library

run: venv
	@.venv/bin/ivr serve

test: venv
	@scripts/peers
	@$(MAKE) --jobs=2 --output-sync check engine
	.venv/bin/pytest -m "" --numprocesses=auto --dist=loadfile $(APART)
	.venv/bin/pytest -m "" --ignore=tests/engine $(APART:%=--ignore=%)

check: lint types types-for-3.12

venv:
	@scripts/venv

lint: venv
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .

types: venv
	.venv/bin/mypy

types-for-3.12: venv
	.venv/bin/mypy --python-version 3.12 ivr

engine: venv
	.venv/bin/coverage run -m pytest tests/engine
	.venv/bin/coverage report --skip-covered

bench: venv
	.venv/bin/python -m benchmarks.engine
	.venv/bin/python -m benchmarks.simulated_calls
	.venv/bin/python -m benchmarks.samples
	.venv/bin/python -m benchmarks.detectors
	@scripts/peers
	.venv/bin/python -m benchmarks.soak
	.venv/bin/python -m benchmarks.fleet --find-capacity

clean:
	rm -rf .venv var build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
