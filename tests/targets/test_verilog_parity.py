"""The parity matrix of Verilog: every op's every case in RTL against `step`, every value of every stream."""

from edgesort.targets.verilog_sim import Run
from tests.targets.cases_verilog import V_CASES, build_cases, failing

RUNS = {
    "as fast as it goes": Run(seed=1),
    "stalls at random": Run(stalls=90, seed=2),
    "reset on the way": Run(stalls=30, seed=3, reset_at=2500),
    "slowly": Run(pace=400, seed=4),
}


def test_rtl_equals_step(tmp_path):
    """One test, not one a case: building the bench is what takes the time."""
    designs = build_cases(tmp_path, V_CASES)
    said = {name: failing(tmp_path, V_CASES, designs, 300, run) for name, run in RUNS.items()}
    assert said == {name: {} for name in RUNS}
