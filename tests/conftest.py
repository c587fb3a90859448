"""Options of the test run, and what a missing tool or recording means: a skip with its reason here, a failure in CI."""

import os

import pytest

from edgesort.data.errors import NotHere
from edgesort.targets.target import ToolMissing


def pytest_addoption(parser):
    parser.addoption("--update-golden", action="store_true", help="write tests/golden anew instead of comparing")


def _skip_for_a_missing_tool(outcome):
    error = outcome.excinfo and outcome.excinfo[1]
    if isinstance(error, ToolMissing | NotHere) and os.environ.get("CI") != "true":
        outcome.force_exception(pytest.skip.Exception(str(error)))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup():
    _skip_for_a_missing_tool((yield))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call():
    _skip_for_a_missing_tool((yield))
