"""A pytest plugin: the same tests on a simulated device and on a board, by the link's URL.

pytest --edgesort-build build/sorter --edgesort-link qemu:mps2-an386
pytest --edgesort-build build/sorter --edgesort-link /dev/ttyACM0

def test_of_mine(device):
    assert device.stream(samples).equal
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from edgesort.hil.under_test import UnderTest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("edgesort")
    group.addoption("--edgesort-build", metavar="PATH", help="a build's folder, for the fixture `device`")
    group.addoption("--edgesort-link", metavar="URL", help="where a device runs it: host:, qemu:…, rtl:…, /dev/tty…")


@pytest.fixture(scope="session")
def device(request: pytest.FixtureRequest) -> Iterator[UnderTest]:
    """The device that --edgesort-link names, with .build, .link and .stream(samples).

    Skips without the options, and where no board is there, with the reason. What is simulated has to be there; a
    board with another network fails.
    """
    path, link = request.config.getoption("--edgesort-build"), request.config.getoption("--edgesort-link")
    if not path or not link:
        pytest.skip("no device: expected --edgesort-build PATH and --edgesort-link URL, found not both")
    from edgesort.hil.connections import is_simulated
    from edgesort.hil.errors import DeviceError, LineLost, Unanswered
    from edgesort.hil.under_test import under_test

    with ExitStack() as stack:
        try:
            found = stack.enter_context(under_test(Path(path), link))
        except (LineLost, Unanswered) as error:
            missing = pytest.fail if is_simulated(link) else pytest.skip
            missing(f"no device: {error}")
        except DeviceError as error:
            pytest.fail(str(error), pytrace=False)
        yield found
