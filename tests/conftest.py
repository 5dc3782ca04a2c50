"""What every room's tests share: the real programs that a test needs, and the rule that nothing is silently green.

`@pytest.mark.needs("prometheus")` names a program. Where it can't be found the test does not run, the end of the run
lists it together with how to get the program, and in CI, where everything can be had, that is a failure.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from stack.tools import ToolMissingError, tool

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
NOT_RUN = "not run: "
REAL_GRAFANA = "DASH_SYNC_TEST_GRAFANA_URL"

# No test is timed: a busy machine must not look like a wrong answer. What CI sets besides (its fixed seed) stays.
settings.register_profile("untimed", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "needs(*programs): the real programs that the test starts, by stack.tools' names"
    )
    if os.environ.get(REAL_GRAFANA) and getattr(config.option, "numprocesses", None):
        raise pytest.UsageError(f"{REAL_GRAFANA} names one Grafana for all tests: run them one by one, WORKERS=0")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return two workers a core: half of its time a test waits for a server."""
    return 2 * (os.cpu_count() or 1)


def pytest_runtest_setup(item: pytest.Item) -> None:
    for marker in item.iter_markers("needs"):
        for name in marker.args:
            try:
                tool(name)
            except ToolMissingError as error:
                pytest.skip(f"{NOT_RUN}{error}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if not skipped:
        return
    terminalreporter.section(f"{len(skipped)} checks did NOT run here", sep="=", red=True)
    for report in skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        terminalreporter.line(f"{report.nodeid}: {reason.removeprefix('Skipped: ').removeprefix(NOT_RUN)}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
