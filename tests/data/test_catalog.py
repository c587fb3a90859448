"""Files are found in the stated order, downloaded from where the catalogue says, and never trusted unchecked."""

import hashlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from edgesort.data import catalog
from edgesort.data.errors import DataError

NAME = "neuralink_n1/a.wav"


@pytest.fixture
def world(monkeypatch, tmp_path):
    """A catalogue of one file, three empty folders to look in, and no way out."""
    content = b"samples"
    monkeypatch.setattr(catalog, "checksums", lambda: {NAME: hashlib.sha256(content).hexdigest()})
    folders = [tmp_path / name for name in ("given", "beside", "cache")]
    monkeypatch.setattr(catalog, "folders", lambda: folders)
    monkeypatch.setattr(catalog.pooch, "os_cache", lambda name: folders[2])
    monkeypatch.setattr(catalog, "SOURCE", "http://127.0.0.1:9")
    return folders, content


def put(folder, content):
    path = folder / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def test_the_first_folder_that_has_it_wins(world):
    folders, content = world
    late = put(folders[2], content)
    assert catalog.get("neuralink_n1") == [late]
    early = put(folders[0], content)
    assert catalog.get("neuralink_n1") == [early]
    assert catalog.present("neuralink_n1")


def test_a_file_whose_checksum_differs_is_refused_and_kept(world):
    path = put(world[0][0], b"sampleS")
    with pytest.raises(DataError, match=r"a.wav: expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}; remove the file"):
        catalog.get_file("neuralink_n1", "a.wav")
    assert path.read_bytes() == b"sampleS"


def test_nowhere_and_no_network_is_one_line(world):
    assert not catalog.present("neuralink_n1")
    with pytest.raises(DataError, match=r"found neither .*; set EDGESORT_DATA") as caught:
        catalog.get("neuralink_n1")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("sent", [b"samples", b"sampleX"])
def test_a_download_is_checked_and_kept_only_if_right(world, monkeypatch, sent):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(catalog, "SOURCE", f"http://127.0.0.1:{server.server_port}")
    try:
        if sent == world[1]:
            assert catalog.get_file("neuralink_n1", "a.wav").read_bytes() == sent
        else:
            with pytest.raises(DataError, match=r"expected SHA-256 .* found another; nothing was kept"):
                catalog.get_file("neuralink_n1", "a.wav")
            assert not list(world[0][2].rglob("*.wav"))
    finally:
        server.shutdown()
    assert asked == ["/zoeyeballard/compression_challenge/e348b8ef/data/a.wav"]


def test_unknown_names_are_refused():
    with pytest.raises(DataError, match=r"dataset nothing: expected one of neuralink_n1"):
        catalog.get("nothing")
    with pytest.raises(DataError, match=r"neuralink_n1/b.wav: expected a file of the catalogue"):
        catalog.get_file("neuralink_n1", "b.wav")


def test_a_converted_dataset_is_not_downloaded(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "folders", lambda: [tmp_path])
    with pytest.raises(DataError, match=r"made from EranStarkLab/NonNegativeSpikes @ d24612d2 and is not downloaded"):
        catalog.get("stark_templates")


def test_every_dataset_has_files_with_checksums_and_its_terms():
    for name, facts in catalog.catalog().items():
        assert catalog.files(name), name
        assert {"about", "repository", "commit", "licence"} <= set(facts), name
    assert {name.split("/")[0] for name in catalog.checksums()} == set(catalog.catalog())


def test_the_environment_comes_first(monkeypatch, tmp_path):
    monkeypatch.setenv("EDGESORT_DATA", str(tmp_path))
    assert catalog.folders()[0] == tmp_path
    assert len(catalog.folders()) == 3
