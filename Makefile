# make run    everything set up, and the front desk answering on 127.0.0.1:5060
# make test   everything checked
# make bench  what takes long
.PHONY: run test check bench clean venv lint types types-for-3.12 engine

run: venv
	@.venv/bin/ivr serve

test: venv
	@scripts/peers
	@$(MAKE) --jobs=2 --output-sync check engine
	.venv/bin/pytest --numprocesses=auto --dist=loadfile --ignore=tests/engine
	.venv/bin/pytest -m "(line or install) and not alone" --numprocesses=3 --dist=loadfile
	.venv/bin/pytest -m alone

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
	.venv/bin/python -m benchmarks.explore
	.venv/bin/python -m benchmarks.replay
	.venv/bin/python -m benchmarks.detectors
	.venv/bin/python -m benchmarks.prompts
	@scripts/peers
	.venv/bin/python -m benchmarks.speech
	.venv/bin/python -m benchmarks.soak
	.venv/bin/python -m benchmarks.listening
	.venv/bin/python -m benchmarks.fleet --find-capacity

clean:
	rm -rf .venv var build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
