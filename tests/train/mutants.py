"""Mutants of training. `python -m tests.train.mutants` prints what kills each."""

from tests import mutants_python
from tests.targets.mutant import show

BROKEN = {
    ("train/test_motion.py", "train/motion.py"): (
        ("the probe moves the other way", "np.array([0.0, um])", "np.array([0.0, -um])"),
        ("moved contacts are quieter", " + fresh * self.noise[chosen][..., None]", ""),
    ),
    ("train/test_motion.py", "train/loop.py"): (("nothing moves", "if motion else crops", "if False else crops"),),
}
MUTANTS = mutants_python.mutants("train", BROKEN)


if __name__ == "__main__":
    show(mutants_python.results(MUTANTS))
