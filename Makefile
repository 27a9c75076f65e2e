# make run    everything set up, and the front desk answering on 127.0.0.1:5060
# make test   everything checked
# make bench  what takes long
.PHONY: run test check bench clean

run:
	@scripts/venv
	@.venv/bin/ivr serve

test: check
	@scripts/peers
	.venv/bin/coverage run -m pytest tests/engine
	.venv/bin/coverage report --skip-covered
	.venv/bin/pytest -m "" --ignore=tests/engine

check:
	@scripts/venv
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/mypy --python-version 3.12

bench:
	@scripts/venv
	.venv/bin/python -m benchmarks.engine
	.venv/bin/python -m benchmarks.simulated_calls
	.venv/bin/python -m benchmarks.detectors
	@scripts/peers
	.venv/bin/python -m benchmarks.soak
	.venv/bin/python -m benchmarks.fleet --find-capacity

clean:
	rm -rf .venv var build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
