"""All sections of the bench, or those named: what `make bench` runs."""
import bench
import bench_store
import crowd

bench.main({**bench.SECTIONS, **bench_store.SECTIONS,
            "notice": lambda: crowd.notice(bench, bench.HELD_MOST or bench.HELD),
            "hostile": lambda: crowd.hostile(bench)})
