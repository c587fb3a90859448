"""`edgesort data generate` and `data quiroga`: folders that load, facts on stdout, bad input in one line."""

import json
import sys

import numpy as np
import pytest

from edgesort import cli
from edgesort.data.recordings import load_recording
from edgesort.data.sortings import load_sorting

MADE = {
    "generated": ("generate", "--channels", 8, "--units", 3, "--seconds", 2, "--bursts", 0.2, "--artefacts", 1),
    "drifting": ("generate", "--channels", 4, "--units", 2, "--seconds", 5, "--drift", "zigzag"),
    "quiroga": ("quiroga", "--condition", "difficult1_0.1", "--seconds", 2),
}


@pytest.fixture
def run(monkeypatch, capsys):
    def edgesort(*arguments):
        monkeypatch.setattr(sys, "argv", ["edgesort", "data", *map(str, arguments)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        return stop.value.code, *capsys.readouterr()

    return edgesort


@pytest.mark.parametrize("kind", MADE)
def test_what_is_made_loads_and_is_what_stdout_says(kind, run, tmp_path):
    code, out, _ = run(*MADE[kind], "--seed", 3, "--out", tmp_path / "a", "--json")
    facts = json.loads(out)
    assert code == 0 and facts["kind"] == kind and facts["seed"] == 3
    assert facts == json.loads((tmp_path / "a" / "hybrid.json").read_text())
    recording = load_recording(tmp_path / "a" / "recording")
    assert recording.get_dtype() == np.int16
    truth = load_sorting(tmp_path / "a" / "truth", recording)
    assert truth.count_num_spikes_per_unit(outputs="dict") == facts["spikes"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("generate", "--units", 0), "generated: expected a channel, a unit and time, found 4, 0 and 120 s"),
        (("generate", "--drift", "sway"), "drifting: expected a drift of zigzag, bump, random_walk"),
        (("generate", "--drift", "bump", "--artefacts", 3), "generate: expected bump alone, found bursts, overlaps or"),
        (("quiroga", "--condition", "easy9"), "quiroga: expected a condition of easy1_0.05, easy1_0.1,"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(arguments, text, run, tmp_path):
    code, out, err = run(*arguments, "--out", tmp_path / "a")
    assert code == 2 and out == "" and text in err and err.count("\n") == 1
    assert not list(tmp_path.iterdir())
