"""All sections of the bench, or those named: what `make bench` runs."""
import bench
import bench_store

bench.main({**bench.SECTIONS, **bench_store.SECTIONS})
