# Everything that is done to this repository, by name. `make help` lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Builds do not ask git for a stamp: in a checkout that another user owns, git refuses and the build would fail. The commit goes in here.
export GOFLAGS := -buildvcs=false $(GOFLAGS)
COMMIT := $(shell git rev-parse --short=12 HEAD 2>/dev/null)
BINARY := bin/tenuto

# What runs under the race detector: every room with goroutines. Not history (pure), and not acceptance, whose servers are other processes.
PLAIN := ./orchestration/history/... ./orchestration/visibility/... ./cmd/tenuto/acceptance/...

.PHONY: help
help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: go ## build bin/tenuto
	@go build -trimpath -ldflags '-X main.commit=$(COMMIT)' -o $(BINARY) ./cmd/tenuto

.PHONY: dev
dev: build ## build and run the dev server with the demo (DB=file, default below your home)
	@exec $(BINARY) dev --demo $(if $(DB),--db '$(DB)')

.PHONY: test
test: verify unit race acceptance ## everything that must pass before a change is taken: verify, unit, race, acceptance

.PHONY: unit
unit: go postgres ## run the tests of the rooms without goroutines
	@go test -timeout 10m $$(deploy/ci/packages.sh plain $(PLAIN))

.PHONY: race
race: go postgres redis ## run the tests of all other rooms under the race detector
	@race=$$(deploy/ci/race.sh) && go test $$race -timeout 15m $$(deploy/ci/packages.sh raced $(PLAIN))

# What of the acceptance tests depends on the storage: all but those of tenuto dev, and those that choose theirs themselves.
OF_THE_STORE := -skip '^Test(Dev|Demo|Server|Second|Paused|Migrate|Plan|Moment|Methods|Commands|Transfer|Codec|Names|Nodes|One|Another|Strangers|Soak)'

.PHONY: acceptance
acceptance: build postgres redis ## run the real binary against real clients, the crash test in small, on both storages
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -timeout 15m ./cmd/tenuto/acceptance/...
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) TENUTO_TEST_STORE=postgres go test -count=1 -timeout 15m ./cmd/tenuto/acceptance $(OF_THE_STORE)
	@cd deploy/load && go test -timeout 5m ./...

.PHONY: conformance
conformance: build ## run the official SDK's tests alone (STORE=postgres: on that; ADDRESS=host:port: any server of the protocol)
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) TENUTO_TEST_ADDRESS='$(ADDRESS)' TENUTO_TEST_STORE='$(STORE)' go test -count=1 -timeout 15m ./cmd/tenuto/acceptance \
		$(ANY_SERVER)

KILLS ?= 60
OPEN ?= 100
SEED ?= 0
.PHONY: crash
crash: build ## kill servers and workers at random, at full figures (KILLS=60 OPEN=100 SEED=n STORE=postgres)
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) TENUTO_TEST_STORE='$(STORE)' go test -count=1 -timeout 60m -v -run '^TestCrash$$' ./cmd/tenuto/acceptance \
		-kills $(KILLS) -open $(OPEN) -seed $(SEED)

# The tests that any server of the protocol can pass, which several nodes must, too.
ANY_SERVER := -skip '^Test(Crash|Cross|Dev|Demo|Server|Second|Paused|Migrate|Restart|Stopped|Console|Plan|Moment|Methods|Commands|Transfer|Codec|Names|Nodes|One|Another|Strangers|Soak)'
STRIKES ?= 42
VERSIONS ?= 14 16 17 18
.PHONY: nodes
nodes: build postgres redis ## three nodes at full figures: conformance, every disaster (STRIKES=42 SEED=n), other versions of PostgreSQL (VERSIONS='14 16 17 18')
	@for store in nodes nodes-redis; do echo "conformance on $$store" && TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) TENUTO_TEST_STORE=$$store go test -count=1 -timeout 15m ./cmd/tenuto/acceptance $(ANY_SERVER) || exit 1; done
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -timeout 60m -v -run '^TestNodesCrash$$' ./cmd/tenuto/acceptance -strikes $(STRIKES) -redis-break 1m -seed $(SEED)
	@for v in $(VERSIONS); do echo "PostgreSQL $$v" && bin=$$(deploy/ci/embedded_postgres.sh $$v) && PATH=$$bin:$$PATH go test -count=1 -timeout 15m -skip '^TestStatementsPerBatch$$' ./orchestration/store/postgres ./tenants/postgres ./platform/database || exit 1; done

.PHONY: screenshots
screenshots: build ## draw every page of the console, light and dark, wide and narrow, into .cache/screenshots
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) TENUTO_SCREENSHOTS=$(CURDIR)/.cache/screenshots go test -count=1 ./cmd/tenuto/acceptance/pages

.PHONY: pages
pages: build ## measure the console's pages where there is much to show and many watch (RUNS=1000000 EVENTS=20000 TIMELINES=200 BESIDES=100 WATCHING=60s)
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -timeout 60m -v -run '^Test(HeavyPages|Audience)$$' ./cmd/tenuto/acceptance/pages \
		-runs $(or $(RUNS),1000000) -events $(or $(EVENTS),20000) -visits 7 -timelines $(or $(TIMELINES),200) -besides $(or $(BESIDES),100) -signals 20 -watching $(or $(WATCHING),60s)

SOAK ?= 30m
.PHONY: soak
soak: build postgres redis ## two nodes under load for long, with dead rows kept for a third of it (SOAK=30m)
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) go test -count=1 -timeout 3h -v -run '^TestSoak$$' ./cmd/tenuto/acceptance -soak $(SOAK)

.PHONY: bench
bench: build ## measure throughput, latency and cost (ARGS='--address host:port' for another server)
	@$(BINARY) bench $(or $(ARGS),--spawn)
ifeq ($(ARGS),)
	@TENUTO_TEST_BINARY=$(CURDIR)/$(BINARY) go test -run '^$$' -bench OneActivity -benchtime 3000x ./cmd/tenuto/acceptance
endif

.PHONY: reach
reach: build ## measure on a private PostgreSQL, by raw gRPC and the official SDK, beside what must be reached (ARGS='--duration 60s', OUT=dir keeps the reports)
	@TENUTO=$(CURDIR)/$(BINARY) OUT='$(OUT)' deploy/load/reach.sh $(ARGS)

.PHONY: flat
flat: build ## measure whether cost grows with what is stored: runs, namespaces, queues, a backlog (PARTS='runs namespaces queues backlog')
	@TENUTO=$(CURDIR)/$(BINARY) deploy/load/flat.sh $(PARTS)

.PHONY: retention
retention: build ## measure what it costs to have closed runs leave, and whether their room is used again (RUNS=n, SECONDS_=n)
	@TENUTO=$(CURDIR)/$(BINARY) deploy/load/retention.sh

.PHONY: scale
scale: build redis ## measure one node and three at the same rate, in rounds, without and with Redis (RATE=200 ROUNDS=3 DRIVER=raw, or official; OUT=dir keeps the reports)
	@TENUTO=$(CURDIR)/$(BINARY) RATE='$(RATE)' ROUNDS='$(ROUNDS)' DRIVER='$(DRIVER)' OUT='$(OUT)' deploy/load/scale.sh $(ARGS)

.PHONY: noisy
noisy: build ## measure what a tenant notices of one that starts ten times its quota (ROUNDS=7 RATE=50 QUOTA=30, OUT=dir keeps the reports)
	@TENUTO=$(CURDIR)/$(BINARY) ROUNDS='$(ROUNDS)' RATE='$(RATE)' QUOTA='$(QUOTA)' OUT='$(OUT)' deploy/load/noisy.sh $(ARGS)

.PHONY: guard
guard: build ## measure what authentication, authorisation, quotas and audit cost (ROUNDS=7 RATE=200, OUT=dir keeps the reports)
	@TENUTO=$(CURDIR)/$(BINARY) ROUNDS='$(ROUNDS)' RATE='$(RATE)' OUT='$(OUT)' deploy/load/guard.sh $(ARGS)

.PHONY: tenants
tenants: build ## measure whether lookups and the start of a node grow with 10, 1,000 and 10,000 tenants (TENANTS='10 1000')
	@TENUTO=$(CURDIR)/$(BINARY) TENANTS='$(TENANTS)' deploy/load/tenants.sh

.PHONY: verify
verify: go ## check what no test sees: generated code, formatting, modules, vet, staticcheck
	@deploy/ci/verify.sh

.PHONY: generate
generate: go ## write the generated code anew
	@go tool templ generate -path console/view
	@cd deploy/proto && go run . ../../proto
	@go run ./cmd/tenuto config docs >docs/configuration.md.new && mv docs/configuration.md.new docs/configuration.md

.PHONY: go
go:
	@command -v go >/dev/null || { echo 'Go is not installed: see https://go.dev/doc/install' >&2; exit 1; }

# The programs of PostgreSQL, for the private servers that tests start. Nothing is left running, and a server that runs already is not touched.
.PHONY: postgres
postgres:
	@deploy/ci/postgres.sh

# The same for redis-server.
.PHONY: redis
redis:
	@deploy/ci/redis.sh
