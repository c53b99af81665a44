"""Servers for tests; a failed test shows what its servers wrote to stderr."""
import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import zt  # noqa: E402


@pytest.fixture
def serve():
    """serve(option=value…): a server of this test's own, ended with it."""
    mine = []

    def start(**options):
        server = zt.Server(**options)
        mine.append(server)
        return server
    yield start
    for server in mine:
        server.fini()


@pytest.fixture
def server(serve):
    return serve()


@pytest.fixture(scope="module")
def shared():
    """One server for a file's tests that only add people of their own."""
    server = zt.Server()
    yield server
    server.fini()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.failed:
        for server in zt.started:
            tail = server.stderr()[-4000:] if os.path.exists(server.errlog) else ""
            report.sections.append((f"server {server.top}", tail))
