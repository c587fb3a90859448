"""A board's program with mutants in it, of which the command line chooses one."""

from dataclasses import dataclass

from edgesort.targets.verilog.bridge import build_bridge
from tests.hil.on_board import Board


@dataclass(frozen=True)
class Mutant:
    """The expression `old`, behind the text `before`, is `new` if the program is started with the mutant's number."""

    what: str
    before: str
    old: str
    new: str
    source: str


def mutated(board, graph, mutants, out, work):
    """The command line of a program in `work`, of the build in `out`: +which=K behind it is mutant K, from 1 on."""
    board.emit(graph, out)
    for k, mutant in enumerate(mutants, start=1):
        text, piece = (out / mutant.source).read_text(), mutant.before + mutant.old
        assert text.count(piece) == 1, f"{mutant.source}: expected {piece!r} once; bring the mutant up to date"
        chosen = f"{mutant.before}(mutants::which == {k} ? ({mutant.new}) : ({mutant.old}))"
        (out / mutant.source).write_text(text.replace(piece, chosen))
    (out / "a_mutants.v").write_text("package mutants;\n    int which;\nendpackage\n")
    text = (out / "board.v").read_text()
    told = 'initial if ($value$plusargs("which=%d", mutants::which) == 0) mutants::which = 0;'
    (out / "board.v").write_text(text.replace("endmodule", f"    {told}\nendmodule"))
    return build_bridge(graph, out, work, level=0)


def failing(command, which, converse, patience):
    """The first thing that is wrong in a conversation with mutant `which`, or with the board as it is if 0; else None.

    patience: seconds for each answer.
    """
    board = Board([*command, f"+which={which}"])
    board.line.settimeout(patience)
    try:
        converse(board)
    except (AssertionError, ValueError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        board.close()
    return None
