#!/bin/sh
# Called by `make bench`.  Builds the bench's own programs beside the server and
# runs it; QUICK=1 for a minute instead of five.  BUILD says where the server is.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${BUILD:-build}
mkdir -p "$BUILD/bench"
objects=$(find "$BUILD/server" "$BUILD/gen" -name '*.o' ! -path '*/server/main.o')
cflags="-std=c11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror"

# shellcheck disable=SC2086
{
	cc $cflags -o "$BUILD/bench/floor" tests/bench/floor.c -lmicrohttpd
	cc $cflags -o "$BUILD/bench/load" tests/bench/load.c
	cc $cflags -Iserver -I"$BUILD/gen" -o "$BUILD/bench/inside" tests/bench/inside.c $objects \
	    -lmicrohttpd -lneo_cgi -lneo_cs -lneo_utl -ldb-5.3 -lprotobuf-c -lsodium -lutf8proc \
	    -lz -lpthread
}
# Connections in their thousands: as many as the limit allows, here and in the server.
ulimit -n "$(ulimit -Hn)"
ZHITIAO=$(cd "$BUILD" && pwd)/zhitiao
export ZHITIAO
exec python3 tests/bench/bench.py "$@"
