"""What every test shares: JAX on the processor alone, and how hard Hypothesis tries."""

import os

# Before anything imports jax: a test must give the same numbers on a machine with an accelerator.
os.environ.setdefault("JAX_PLATFORMS", "cpu")

from hypothesis import HealthCheck, settings

# No deadline: the first example of a shape pays for a compilation. Derandomised: the same commit gives
# the same verdict on every machine; `--hypothesis-profile=search` looks for new counterexamples.
settings.register_profile(
    "lab", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("search", settings.get_profile("lab"), derandomize=False, max_examples=2000)
settings.load_profile("lab")
