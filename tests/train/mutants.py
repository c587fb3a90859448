"""Mutants of training. `python -m tests.train.mutants` prints what kills each."""

from tests import mutants_python
from tests.targets.mutant import show

BROKEN = {
    ("train/test_motion.py", "train/motion.py"): (
        ("the probe moves the other way", "np.array([0.0, um])", "np.array([0.0, -um])"),
        ("moved contacts are quieter", " + fresh * noise[..., None]", ""),
    ),
    ("train/test_motion.py", "train/loop.py"): (("nothing moves", "if motion else crops", "if False else crops"),),
    ("train/test_overlaps.py", "train/overlaps.py"): (
        ("what is added is no spike", "np.maximum(targets, self.targets(trains))", "targets"),
        ("recorded spikes are none any more", "np.maximum(targets, self.targets(trains))", "self.targets(trains)"),
        ("a frame late", "heard[train + lag] +=", "heard[train + lag + 1] +="),
        ("all of a size", "rng.normal(1, GAIN_SD, ", "rng.normal(1, 0 * GAIN_SD, "),
        ("nobody's spikes are added", " if len(train) else 0.0", ""),
    ),
    ("train/test_accelerator.py", "train/loop.py"): (
        ("samples stay on the host", "inputs.T.copy()).to(device)", "inputs.T.copy())"),
        ("a failed resume keeps the GPU", 'finally:\n        network.to("cpu")', "finally:\n        pass"),
        ("a GPU is not used", "cuda.is_available()", "cuda.is_available() and False"),
    ),
    ("train/test_accelerator.py", "train/motion.py"): (
        ("noise stays on the host", "dtype=np.float32)).to(crops.device)", "dtype=np.float32))"),
    ),
    ("train/test_accelerator.py", "train/neurons.py"): (
        ("a state stays on the host", "torch.zeros(1, device=x.value.device)", "torch.zeros(1)"),
    ),
    ("train/test_overlaps.py", "train/loop.py"): (
        ("each epoch the same", "[seed, epoch, ADDED]", "[seed, ADDED]"),
        ("nothing is added", "if overlaps:", "if False:"),
    ),
}
MUTANTS = mutants_python.mutants("train", BROKEN)


if __name__ == "__main__":
    show(mutants_python.results(MUTANTS))
