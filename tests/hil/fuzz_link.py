"""libFuzzer on the link's device side in C. `python -m tests.hil.fuzz_link --seconds 600` is the long run."""

import argparse
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from edgesort.share import share
from edgesort.targets import c
from edgesort.targets.c.build import tool
from tests.targets.test_c_emit import tiny

FLAGS = [
    "-std=c99",
    "-g",
    "-O1",
    "-Wall",
    "-Wextra",
    "-fsanitize=fuzzer,address,undefined",
    "-fno-sanitize-recover=all",
]
HARNESS = Path(__file__).parent / "c" / "fuzz_link.c"
MESSAGES = b'"\\x02\\x02\\x01\\x02\\x01\\x07\\xed\\x5e\\x60\\x58\\x4c\\xd5\\x00"\n'  # RESET of the specification


@dataclass(frozen=True)
class Fuzzed:
    """Of a run that found nothing. edges: of the program that inputs reached."""

    executions: int
    edges: int
    features: int


def build(folder: Path, link: Path | None = None) -> Path:
    """The fuzzer in the folder `folder`. link: a folder in place of firmware/link."""
    tool("clang", "fuzz C", "clang")
    c.HOST.emit(tiny(), folder)
    source, made = link or share("firmware", "link"), folder / "fuzz"
    files = [HARNESS, *source.glob("*.c"), folder / "model.c", *folder.glob("es_*.c")]
    subprocess.run(["clang", *FLAGS, "-I", source, "-I", folder, *files, "-o", made], check=True)
    (folder / "words").write_bytes(MESSAGES)
    return made


def run(fuzzer: Path, *limits: str) -> Fuzzed | str:
    """What came of a run, or what the fuzzer said of the input that broke the link. limits: libFuzzer's."""
    command = [fuzzer, f"-dict={fuzzer.parent / 'words'}", f"-artifact_prefix={fuzzer.parent}/", "-max_len=2048"]
    done = subprocess.run([*command, *limits, "-print_final_stats=1"], capture_output=True, text=True, check=False)
    if done.returncode:
        return done.stderr
    states = re.findall(r"cov: (\d+) ft: (\d+)", done.stderr)
    executions = re.search(r"stat::number_of_executed_units: (\d+)", done.stderr)
    assert states and executions, done.stderr
    return Fuzzed(int(executions[1]), *map(int, states[-1]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(build(Path(folder)), f"-max_total_time={arguments.seconds}")
    print(f"link: {found}")
    sys.exit(isinstance(found, str))


if __name__ == "__main__":
    main()
