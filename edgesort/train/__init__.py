"""Training. Brevitas says on import that it lacks an optional package of which nothing here has use."""

import warnings

warnings.filterwarnings("ignore", message="fast_hadamard_transform package not found")
