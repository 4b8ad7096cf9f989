# What people do with this project. "make test" is the one check; everything else is a short name for cargo.

.PHONY: help test fmt demo run

help:
	@echo "make test   install what the tests need, then every check (CI calls this)"
	@echo "make fmt    format the code"
	@echo "make demo   the whole product on this machine, with a simulated WeChat and a sample brand"
	@echo "make run    the server, as .env says"

test:
	@tests/run.sh

fmt:
	cargo fmt --all

demo:
	cargo run --release -- demo

run:
	cargo run --release -- serve
