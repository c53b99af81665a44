# zhitiao: one Makefile, no recursion into folders.  The order of LAYERS is the
# layering: a file may include only headers of its own layer and of those before
# it.  `make help` lists what can be asked for.
LAYERS = base text store im live web pages ctl

SAN    ?=
BUILD  ?= build$(if $(SAN),-$(subst $(comma),-,$(SAN)))
PREFIX ?= /usr/local
LISTEN ?= 127.0.0.1:8080
T      ?=
# Debian's own, which has Debian's pytest and selenium, whatever PATH says.
PYTHON ?= /usr/bin/python3
VERSION = 0.1
comma  := ,

# Debian 12 names.
BUILD_PACKAGES = gcc libc6-dev make libmicrohttpd-dev clearsilver-dev libdb5.3-dev libprotobuf-c-dev \
	protobuf-c-compiler libsodium-dev libutf8proc-dev libyajl-dev zlib1g-dev
CHECK_PACKAGES = $(BUILD_PACKAGES) libcmocka-dev python3 python3-pytest python3-selenium chromium \
	chromium-driver lynx w3m links2 elinks tmux kannel kannel-extras libxml2-utils libwbxml2-utils \
	w3c-sgml-lib mandoc clang clang-format libclang-rt-14-dev db5.3-util iproute2 procps curl \
	xz-utils fonts-dejavu-core fonts-noto-cjk wrk nginx-light squid netpbm

# A sanitizer's own code, and another compiler, see warnings of their own.
WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wcast-align -Wwrite-strings -Wvla -Wformat=2 -Wundef $(if $(SAN),,-Werror)
OPT ?= -O2 -g
SANFLAGS = $(if $(SAN),-fsanitize=$(SAN) -fno-sanitize-recover=all)
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(OPT) -Iserver -I$(BUILD)/gen \
	-isystem /usr/include/ClearSilver -fstack-protector-strong -fno-omit-frame-pointer \
	$(SANFLAGS) $(CFLAGS)
LIBS = -lmicrohttpd -lneo_cgi -lneo_cs -lneo_utl -ldb-5.3 -lprotobuf-c -lsodium -lutf8proc -lyajl -lz -lpthread

SRC  := $(foreach layer,$(LAYERS),$(sort $(wildcard server/$(layer)/*.c)))
GEN   = $(BUILD)/gen/store/records.pb-c
OBJ   = $(SRC:%.c=$(BUILD)/%.o) $(GEN).o
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(sort $(wildcard tests/unit/test_*.c)))
FUZZ := $(patsubst tests/fuzz/fuzz_%.c,$(BUILD)/replay/%,$(sort $(wildcard tests/fuzz/fuzz_*.c)))

# What is made is named; V=1 shows the whole commands.
Q = $(if $(V),,@echo "  $@"; )

# ---- building -----------------------------------------------------------------

.PHONY: all
all: $(BUILD)/zhitiao

$(BUILD)/zhitiao: $(BUILD)/server/main.o $(OBJ)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(GEN).c $(GEN).h &: server/store/records.proto
	@mkdir -p $(BUILD)/gen
	$(Q)protoc-c --c_out=$(BUILD)/gen -Iserver $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(Q)$(CC) -std=c11 $(OPT) -I$(BUILD)/gen $(SANFLAGS) $(CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.c | $(GEN).h
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# tests/unit/test_NAME.c each link against all of the server but main.c.
$(BUILD)/tests/test_%: tests/unit/test_%.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(OBJ) -lcmocka $(LIBS)

# Makes the disk slow for whom it is preloaded into; no sanitizer of its own.
SLOWDISK = $(BUILD)/tests/slowdisk.so
$(SLOWDISK): tests/bench/slowdisk.c
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(OPT) -shared -fPIC -o $@ $<

# tests/fuzz/fuzz_NAME.c with a main that feeds it files.
$(BUILD)/replay/%: tests/fuzz/fuzz_%.c tests/fuzz/replay.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< tests/fuzz/replay.c $(OBJ) $(LIBS)

# The same with libFuzzer's main; see `fuzz`.
$(BUILD)/fuzz/%: tests/fuzz/fuzz_%.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(LDFLAGS) -o $@ $< $(OBJ) $(LIBS)

-include $(SRC:%.c=$(BUILD)/%.d) $(BUILD)/server/main.d $(UNIT:=.d) $(FUZZ:=.d)

# Parallel unless the caller chose: a target that first installs packages builds
# by a make of its own.
SELF = $(MAKE) $(if $(findstring j,$(firstword -$(MAKEFLAGS))),,-j$$(nproc))

# ---- running ------------------------------------------------------------------

.PHONY: run demo
run:
	@sh tests/apt.sh $(BUILD_PACKAGES)
	@$(SELF) --no-print-directory all
	@$(BUILD)/zhitiao serve -l $(LISTEN)

demo:
	@sh tests/apt.sh $(BUILD_PACKAGES)
	@$(SELF) --no-print-directory all
	@$(BUILD)/zhitiao demo -l $(LISTEN)

# ---- checking -----------------------------------------------------------------

# All of it.  Without SAN, unit tests, corpora and scripts run a second time under
# the address and undefined behaviour sanitizers.
SAN_BUILD = $(BUILD)-address-undefined
# Begun in this order, three at a time: the long ones first.
PARTS = --build $(BUILD) clients e2e crash $(if $(SAN),,--build $(SAN_BUILD) e2e) \
	--build $(BUILD) lint unit fuzz $(if $(SAN),,--build $(SAN_BUILD) unit fuzz)
.PHONY: check
check:
	@sh tests/apt.sh $(CHECK_PACKAGES)
	@$(SELF) --no-print-directory built
ifeq ($(SAN),)
	@$(SELF) --no-print-directory SAN=address,undefined BUILD=$(SAN_BUILD) built
endif
	@$(PYTHON) tests/check.py $(PARTS)

.PHONY: built
built: $(BUILD)/zhitiao $(SLOWDISK) $(UNIT) $(FUZZ)

# One part: make unit T=conf; make e2e T=restart (pytest -k); SAN=… as well.
.PHONY: lint unit replay e2e clients
lint: $(BUILD)/zhitiao
	@$(PYTHON) tests/check.py --build $(BUILD) lint
unit: $(UNIT)
	@$(PYTHON) tests/check.py --build $(BUILD) --only "$(T)" unit
replay: $(FUZZ)
	@$(PYTHON) tests/check.py --build $(BUILD) --only "$(T)" fuzz
e2e clients: $(BUILD)/zhitiao $(SLOWDISK)
	@$(PYTHON) tests/check.py --build $(BUILD) --only "$(T)" $@

# Kills the server at every moment it has: make crash ROUNDS=1000 [SEED=7].
ROUNDS ?= 30
.PHONY: crash
crash: $(BUILD)/zhitiao
	@ZHITIAO=$(abspath $(BUILD))/zhitiao $(PYTHON) tests/crash/crash.py --rounds $(ROUNDS) \
	    $(if $(SEED),--seed $(SEED))

# make fuzz T=charset [FUZZ_S=seconds]: looks for new inputs with libFuzzer.
FUZZ_S ?= 60
.PHONY: fuzz
fuzz:
	@test -n "$(T)" || { echo "make fuzz T=NAME, one of: $(notdir $(FUZZ))"; exit 2; }
	@sh tests/apt.sh $(BUILD_PACKAGES) clang libclang-rt-14-dev
	@$(SELF) --no-print-directory CC=clang BUILD=build-fuzz SAN=fuzzer-no-link,address,undefined \
	    build-fuzz/fuzz/$(T)
	@mkdir -p tests/fuzz/corpus/$(T) build-fuzz/found
	build-fuzz/fuzz/$(T) -max_total_time=$(FUZZ_S) -artifact_prefix=build-fuzz/found/ \
	    build-fuzz/found tests/fuzz/corpus/$(T)

# Which lines of server/ the unit tests and the scripts reach.
.PHONY: cover
cover:
	@sh tests/apt.sh $(CHECK_PACKAGES) gcovr
	@$(SELF) --no-print-directory BUILD=build-cover OPT="-O1 -g --coverage" built
	-@$(PYTHON) tests/check.py --build build-cover unit fuzz e2e
	@gcovr -r . build-cover -f server/ --html-details build-cover/index.html --print-summary
	@echo "see build-cover/index.html"

# QUICK=1: two minutes instead of ten; T="reads bytes": these sections.
BENCH = $(addprefix $(BUILD)/bench/,floor load inside peers)
.PHONY: bench
bench:
	@sh tests/apt.sh $(BUILD_PACKAGES) wrk python3 libsqlite3-dev liblmdb-dev
	@$(SELF) --no-print-directory all $(SLOWDISK) $(BENCH)
	@BUILD=$(BUILD) sh tests/bench/run.sh $(T)

BENCH_CC = $(CC) -std=c11 -D_GNU_SOURCE $(WARN) $(OPT) $(CFLAGS) $(LDFLAGS)
$(BUILD)/bench/floor: tests/bench/floor.c
	@mkdir -p $(@D)
	$(Q)$(BENCH_CC) -o $@ $^ -lmicrohttpd
$(BUILD)/bench/load: $(addprefix tests/bench/,load.c plan.c reply.c plan.h reply.h series.h)
	@mkdir -p $(@D)
	$(Q)$(BENCH_CC) -o $@ $(filter %.c,$^)
$(BUILD)/bench/peers: tests/bench/peers.c tests/bench/series.h
	@mkdir -p $(@D)
	$(Q)$(BENCH_CC) -o $@ $< -lsqlite3 -llmdb
$(BUILD)/bench/inside: tests/bench/inside.c tests/bench/series.h $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(OBJ) $(LIBS)

# From the POST to the screen of real clients, into the table of doc/live.md.
.PHONY: bench-live
bench-live:
	@sh tests/apt.sh $(CHECK_PACKAGES)
	@$(SELF) --no-print-directory all
	@ZHITIAO=$(abspath $(BUILD))/zhitiao $(PYTHON) tests/bench/live.py --write doc/live.md

# What grows with what is stored: doc/growth.md.  A part of an hour, 6 GB below
# BENCH_DIR or TMPDIR.
MESSAGES ?= 10000000
.PHONY: bench-growth
bench-growth:
	@sh tests/apt.sh $(BUILD_PACKAGES) python3
	@$(SELF) --no-print-directory $(BUILD)/zhitiao $(BUILD)/bench/grow $(BUILD)/bench/load
	@ZHITIAO=$(abspath $(BUILD))/zhitiao $(PYTHON) tests/bench/growth.py $(MESSAGES)

$(BUILD)/bench/grow: tests/bench/grow.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d $(LDFLAGS) -o $@ $< $(OBJ) $(LIBS) -lm

# make soak [MINUTES=30 PEOPLE=2000]: people who read, wait and write, for long.
MINUTES ?= 30
PEOPLE  ?= 2000
.PHONY: soak
soak:
	@sh tests/apt.sh $(BUILD_PACKAGES) python3
	@$(SELF) --no-print-directory $(BUILD)/zhitiao $(BUILD)/bench/inside
	@ulimit -n "$$(ulimit -Hn)"; MINUTES=$(MINUTES) PEOPLE=$(PEOPLE) \
	    ZHITIAO=$(abspath $(BUILD))/zhitiao $(PYTHON) tests/bench/soak.py

# ---- giving away --------------------------------------------------------------

SHARE = $(DESTDIR)$(PREFIX)/share/zhitiao
MAN   = $(DESTDIR)$(PREFIX)/share/man
.PHONY: install dist
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(SHARE)/data/presence $(MAN)/man5 $(MAN)/man8
	install -m 755 $(BUILD)/zhitiao $(DESTDIR)$(PREFIX)/bin/zhitiao
	for f in $$(find templates wml html -type f); do install -Dm 644 "$$f" "$(SHARE)/$$f"; done
	find data -maxdepth 1 -type f -exec install -m 644 -t $(SHARE)/data {} +
	install -m 644 $(filter-out %.py,$(wildcard data/presence/*)) $(SHARE)/data/presence/
	install -m 644 doc/zhitiao.conf.5 $(MAN)/man5/
	install -m 644 doc/zhitiao.8 $(MAN)/man8/

dist:
	@mkdir -p $(BUILD)
	git archive --prefix=zhitiao-$(VERSION)/ -o $(BUILD)/zhitiao-$(VERSION).tar.gz HEAD

.PHONY: clean help
clean:
	rm -rf build build-* $(BUILD)
help:
	@echo "make run | demo          serve on $(LISTEN), or LISTEN=ADDR:PORT"
	@echo "make check               everything; SAN=thread: under another sanitizer"
	@echo "make lint | unit | replay | e2e | clients    one part; T=name: some of it"
	@echo "make crash ROUNDS=1000   kill -9 at every moment; SEED=7: the same again"
	@echo "make bench | bench-live | bench-growth | soak | fuzz T=name | cover"
	@echo "make install PREFIX=/usr/local DESTDIR= | dist | clean"
