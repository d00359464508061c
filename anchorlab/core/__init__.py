"""The algorithms of anchor-based detection as pure functions on JAX arrays.

One algorithm is one function, with its paper. Nothing here is jitted, padded or stateful, so
everything can be: every function takes `jax.jit` and `jax.vmap`. Masks, where a function takes
them, say which rows of a padded array are real.
"""
