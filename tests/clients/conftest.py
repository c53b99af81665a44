"""Real programs use the same servers and people as the e2e scripts."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "e2e")]

from importlib import util  # noqa: E402

spec = util.spec_from_file_location("zt_e2e_conftest", os.path.join(HERE, "..", "e2e", "conftest.py"))
module = util.module_from_spec(spec)
spec.loader.exec_module(module)
serve, server, shared = module.serve, module.server, module.shared
pytest_runtest_makereport = module.pytest_runtest_makereport
