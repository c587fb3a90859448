"""Damaged model files: bit flips and truncation end in a graph or in one line, never in a crash."""

import random

import pytest

from edgesort.frontends.qonnx import ModelError, load
from edgesort.share import share
from tests.frontends.small_model import SmallModel


def damaged(content: bytes, seed: int) -> bytes:
    rng, data = random.Random(seed), bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 5, 20])):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return bytes(data[: rng.randrange(len(data))] if rng.random() < 0.2 else data)


@pytest.mark.parametrize("which", ["shipped", "small"])
def test_a_damaged_file_is_read_or_refused_in_one_line(which, tmp_path):
    shipped = share("models", "cnn_sorter", "model.onnx")
    content = (shipped if which == "shipped" else SmallModel().save(tmp_path / "whole.onnx")).read_bytes()
    path, refused = tmp_path / "m.onnx", 0
    for seed in range(1500):
        path.write_bytes(damaged(content, seed))
        try:
            load(path)
        except ModelError as error:
            refused += 1
            assert "\n" not in str(error), seed
        except Exception as error:
            pytest.fail(f"seed {seed}: {type(error).__name__}: {error}")
    assert 500 < refused < 1500
