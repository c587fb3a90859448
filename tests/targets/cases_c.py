"""What C's parity matrix runs."""

from tests.ops import CASES

C_CASES = [(case.name, case.op, case.streams) for case in CASES if case.only != "verilog"]
