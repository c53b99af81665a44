#!/bin/sh
# Called by `make bench`, which has built all; BUILD says where.
set -eu
cd "$(dirname "$0")/../.."
# Connections in their thousands: as many as the limit allows, here and in the server.
ulimit -n "$(ulimit -Hn)"
ZHITIAO=$(cd "${BUILD:-build}" && pwd)/zhitiao
export ZHITIAO
exec python3 tests/bench/all.py "$@"
