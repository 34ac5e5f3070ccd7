# Each target sees to what it needs; `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: demo run test check bench gen fmt help

ARGS ?=

demo: ## The terminal on a simulated world: no account, no network (ARGS="--listen ADDR …")
	@scripts/ensure-toolchain && scripts/ensure-postgresql && scripts/ensure-web build
	@exec cargo run --release --bin cascadian -- demo $(ARGS)

run: ## The terminal on Polymarket (ARGS="--sync-closed all …")
	@scripts/ensure-toolchain && scripts/ensure-postgresql && scripts/ensure-web build
	@exec cargo run --release --bin cascadian -- serve $(ARGS)

test: ## Everything that CI runs, in order of speed
	@scripts/test

check: test ## The same as test

bench: ## Measure: books, bars and the screen kernel, then the comparisons of bench/run
	@scripts/ensure-toolchain && scripts/ensure-postgresql && scripts/ensure-web build
	@cargo bench --package domain --package server
	@if [ -x bench/run ]; then bench/run; fi

gen: ## Write the generated files anew: OpenAPI, errors, TypeScript types
	@scripts/ensure-toolchain && scripts/gen

fmt: ## Format Rust and TypeScript
	@cargo fmt --all
	@scripts/ensure-web && npm --prefix web run --silent format

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-7s %s\n", $$1, $$2 }' Makefile
