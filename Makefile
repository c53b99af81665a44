# zhitiao: one Makefile, no recursion.  The order of LAYERS is the layering: a
# file may include only headers of its own layer and of those before it.
LAYERS = base text store im live web pages ctl

CC     ?= cc
BUILD  ?= build
PREFIX ?= /usr/local
SAN    ?=

WARN = -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
       -Wcast-align -Wwrite-strings -Wvla -Wformat=2 -Wundef -Werror
OPT  ?= -O2 -g
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARN) $(OPT) -Iserver -I$(BUILD)/gen -isystem /usr/include/ClearSilver \
       -fstack-protector-strong -fno-omit-frame-pointer $(if $(SAN),-fsanitize=$(SAN)) $(CFLAGS)
LIBS = -lmicrohttpd -lneo_cgi -lneo_cs -lneo_utl -ldb-5.3 -lprotobuf-c -lsodium -lutf8proc -lz -lpthread

SRC  := $(foreach layer,$(LAYERS),$(sort $(wildcard server/$(layer)/*.c)))
GEN   = $(BUILD)/gen/store/records.pb-c.c
OBJ   = $(SRC:%.c=$(BUILD)/%.o) $(BUILD)/gen/store/records.pb-c.o

.PHONY: all
all: $(BUILD)/zhitiao

$(BUILD)/zhitiao: $(BUILD)/server/main.o $(OBJ)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $^ $(LIBS)

$(GEN) $(BUILD)/gen/store/records.pb-c.h &: server/store/records.proto
	@mkdir -p $(BUILD)/gen
	protoc-c --c_out=$(BUILD)/gen -Iserver $<

$(BUILD)/gen/%.o: $(BUILD)/gen/%.c
	$(CC) -std=c11 $(OPT) -I$(BUILD)/gen $(if $(SAN),-fsanitize=$(SAN)) $(CFLAGS) -c -o $@ $<

$(BUILD)/%.o: %.c | $(BUILD)/gen/store/records.pb-c.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

# Unit tests: tests/unit/test_NAME.c each link against all of the server but main.c.
UNIT := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/test_*.c))
$(BUILD)/tests/test_%: tests/unit/test_%.c $(OBJ)
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -MF $@.d -o $@ $< $(OBJ) -lcmocka $(LIBS)

-include $(SRC:%.c=$(BUILD)/%.d) $(BUILD)/server/main.d $(UNIT:=.d)

.PHONY: clean
clean:
	rm -rf $(BUILD)
