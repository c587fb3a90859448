"""One step of cocotb's runner for Verilator, `build` or `test`, with its options as JSON.

A process of its own, because the runner takes what it needs from the environment and from this process's path.
"""

import json
import sys
from pathlib import Path

from cocotb_tools.check_results import get_results
from cocotb_tools.runner import get_runner

step, options = sys.argv[1], json.loads(sys.argv[2])
runner = get_runner("verilator")
if step == "build":
    runner.build(**options)
else:
    ran, failed = get_results(Path(runner.test(**options)))
    if (ran, failed) != (1, 0):
        sys.exit(f"Error: expected one cocotb test to pass, found {ran} that ran and {failed} that failed")
