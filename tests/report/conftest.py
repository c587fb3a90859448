import shutil

import pytest

from edgesort.report import load_results
from edgesort.report.page import render
from tests.report import sample


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A demo's folder, made once; take `folder` to change it."""
    return sample.make(tmp_path_factory.mktemp("report") / "demo", seconds=12.0)


@pytest.fixture
def folder(made, tmp_path):
    return shutil.copytree(made, tmp_path / "demo")


@pytest.fixture(scope="session")
def results(made):
    return load_results(made)


@pytest.fixture(scope="session")
def page(results):
    """The unchanged demo's page."""
    return render(results)
