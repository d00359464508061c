"""What every test shares: JAX on the processor alone, and how hard Hypothesis tries."""

import os
from pathlib import Path

# Before anything imports jax: a test must give the same numbers on a machine with an accelerator.
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Test processes and the servers they start share what is compiled; counting compilations counts these, too.
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(Path(__file__).parents[1] / ".pytest_cache" / "jax"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

from hypothesis import HealthCheck, settings

# No deadline: the first example of a shape pays for a compilation. Derandomised: the same commit gives
# the same verdict on every machine; `--hypothesis-profile=search` looks for new counterexamples.
settings.register_profile(
    "lab",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("search", settings.get_profile("lab"), derandomize=False, max_examples=2000)
settings.load_profile("lab")
