# What people do with this project. "make test" is the one check; everything else is a short name for cargo.

.PHONY: help test chaos bench fuzz fmt demo run

help:
	@echo "make test   install what the tests need, then every check (CI calls this)"
	@echo "make chaos  real servers under a seeded schedule of faults, 30 minutes; CHAOS=\"--store sqlite --seed 42\" chooses (see docs/reliability.md)"
	@echo "make bench  measure it under load and print the tables; BENCH=\"spine --rounds 3\" chooses (see docs/performance.md)"
	@echo "make fuzz   look for input that breaks the reader, SECONDS=600 for each target (see docs/reliability.md)"
	@echo "make fmt    format the code"
	@echo "make demo   the whole product on this machine, with a simulated WeChat and a sample brand"
	@echo "make run    the server, as .env says"

test:
	@tests/run.sh

chaos:
	@tests/chaos/run.sh $(CHAOS)

bench:
	@benches/run.sh $(BENCH)

SECONDS ?= 600
fuzz:
	@fuzz/run.sh $(SECONDS)

fmt:
	cargo fmt --all

demo:
	cargo run --release -- demo

run:
	cargo run --release -- serve
