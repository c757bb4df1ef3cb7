# `make help` lists what there is. Everything here also works as the script it calls.

# A bare environment (cron, CI) may lack the toolchain's folder on PATH.
SHELL := /bin/bash
export PATH := $(shell . Scripts/lib.sh && find_swift; echo "$$PATH")
PREFIX ?= /usr/local

.DEFAULT_GOAL := help

help: ## List the targets
	@sed -n 's/^\([a-z][a-z0-9-]*\):.*## \(.*\)/  \1|\2/p' Makefile | \
	  awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: ## Install what building and testing need (does nothing when all is there)
	@Scripts/setup --tests

build: ## Build the release program, .build/release/apus
	@Scripts/setup
	@Scripts/build-release apus

run: build ## Set up, build, start a node and say what to try next
	@Scripts/run

test: setup ## Set up, build and run every test; ends with one line of counts
	@Scripts/test

test-unit: setup ## Run the Swift tests (FILTER=name to run some)
	@Scripts/test unit $(if $(FILTER),--filter '$(FILTER)')

test-e2e: setup ## Run the tests that use the built program from outside (FILTER=name)
	@Scripts/test e2e $(if $(FILTER),--filter '$(FILTER)')

prove-files: setup ## Prove files at full size: 64 nodes, 200 kills, 100,000 files
	@Scripts/test e2e --long --filter test_files

prove-boxes: setup ## Prove boxes at full size: 10,000 attempts under kills, 2,000 alike
	@Scripts/test e2e --long --filter 'test_boxes_killed|test_deterministic'

simulate: ## Run the scenarios in the simulator (SCENARIO=name, SEED=n, LONG=1, TRACE=1)
	@Scripts/setup
	@Scripts/test simulate $(if $(SCENARIO),--only '$(SCENARIO)') $(if $(SEED),--seed '$(SEED)') \
	  $(if $(LONG),--long) $(if $(TRACE),--trace)

fuzz: ## Fuzz every target for an hour (SECONDS=n), keeping inputs that reach new code
	@Scripts/setup
	@Scripts/fuzz --seconds $(or $(SECONDS),3600) --merge

fuzz-short: ## Fuzz every target for 10 seconds
	@Scripts/setup
	@Scripts/fuzz --seconds 10

sanitize-thread: setup ## Run the Swift tests under the thread sanitizer
	@Scripts/test unit --sanitize thread

sanitize-address: setup ## Run the Swift tests under the address sanitizer
	@Scripts/test unit --sanitize address

nat-lab: setup ## Nodes behind every NAT, 1,000 changes of path (root; skipped, with a reason, else)
	@Scripts/nat-lab

bench: ## Measure Apus against the best servers of the field (installs them)
	@Scripts/setup --tests --bench
	@Scripts/bench

generate: setup ## Generate the Swift messages and stubs from proto/
	@Scripts/generate-protobuf

check-generated: setup ## Fail when the generated messages are not those of proto/
	@Scripts/generate-protobuf --check

examples: setup ## Build each package in Examples, and the tasks as WebAssembly
	@for package in Examples/*/Package.swift; do \
	  swift build --package-path "$$(dirname $$package)" \
	    --scratch-path ".build/$$(dirname $$package)" || exit 1; done
	@Scripts/build-tasks

format: ## Format the Swift sources in place
	@Scripts/setup
	swift format --in-place --parallel --recursive Package.swift Sources Tests Fuzz Examples

lint: ## Fail when a Swift source is not formatted as .swift-format says
	@Scripts/setup
	swift format lint --strict --parallel --recursive Package.swift Sources Tests Fuzz Examples

version: ## Print the versions of what builds Apus
	@swift --version 2>/dev/null
	@for library in openssl libnghttp2 sqlite3 zlib; do \
	  echo "$$library $$(pkg-config --modversion $$library)"; done

install: build ## Install the program and its completions (PREFIX=/usr/local)
	@Scripts/install "$(DESTDIR)$(PREFIX)"

clean: ## Remove everything that was built
	rm -rf .build

.PHONY: help setup build run test test-unit test-e2e prove-files prove-boxes simulate fuzz \
  fuzz-short nat-lab sanitize-thread sanitize-address bench generate check-generated examples \
  format lint version install clean
