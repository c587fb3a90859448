"""NIR in, Graph out, and back: networks of LIF neurons, exact on the integer grid or refused.

NIR (Pedersen et al., Nature Communications 15, 8122, 2024) states neurons as differential equations and says neither
the time step, nor the input's type or rate, nor how numbers are held. `Terms` are what it does not say.

Conventions, those of snnTorch 1.0.0 (snntorch/export_nir.py, import_nir.py) where NIR leaves a choice:

- Time runs in steps of dt = 1e-4 s (snnTorch writes nothing else), by Euler's rule:
  tau dv/dt = (v_leak - v) + r I  becomes  v <- (1 - dt / tau) v + (dt / tau) r I.  So beta = 1 - dt / tau, which is
  1 - 2^-k exactly if tau = dt 2^k. snnTorch writes tau = dt / (1 - beta) and r = tau / dt, so that an input of 1 adds
  1 to v; with another r the threshold is divided by r dt / tau instead, which makes the same spikes.
- A spike is v > v_threshold, strict. NIR resets v to v_reset. As long as time is continuous, v is the threshold when it
  spikes, so with v_reset = 0 subtracting the threshold and resetting to 0 are one (NIR pull request 63). In steps they
  differ; the hardware subtracts in the same step (snnTorch: reset_mechanism="subtract", reset_delay=False). snnTorch
  writes v_reset = 0 for either, and reads it back as "zero"; `Terms.reset` says how the network was trained.
- snnTorch's Leaky equals the hardware as long as the membrane stays at or below twice the threshold; the docstring of
  Lif says what differs above.
- The membrane is a real number in NIR. Here it lives on the grid 2^e of `Terms.membrane`, and the leak rounds it up to
  that: u - (u >> k) = ceil(beta u). snnTorch does the same with state_quant=lambda v: ceil(v / 2^e) 2^e. The share of
  spikes that a real membrane would make too is measured and stands in the graph's provenance.
- A linear node that takes and feeds one LIF alone is that neuron's feedback, one step late, as RLeaky exports it. Its
  bias acts in every step, from the first on.
- Edges into one node add up. Input, Output and Flatten pass on; frames are in row-major order. Conv1d is a convolution
  over an axis of the frame, not over time, so it becomes a Dense of its unrolled weights. A Delay is whole steps.
- CubaLIF is exact only without a synaptic current: tau_syn = dt, alpha = 0.

What lies off the grid is refused with the nearest values and what each would cost in equal spike bits, measured on
random input; `Terms.snap` takes the nearest and records the cost. Files are read by a process of its own with limits
of time and memory, since HDF5 can crash and hang on damaged ones.
"""

from edgesort.frontends.errors import ModelError
from edgesort.frontends.nir.load import load
from edgesort.frontends.nir.save import save
from edgesort.frontends.nir.terms import Terms

__all__ = ["ModelError", "Terms", "load", "save"]
