"""The network: a convolutional backbone, a pyramid of two levels, and a head of the same form on each."""

from __future__ import annotations

import math

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from anchorlab.settings.training import DetectorSpec

WIDTHS = (16, 32, 48, 64)
"""Channels of the backbone, from stride 2 on."""
PRIOR = 0.02
"""What every anchor gives every class before it has learned anything: most are background (Lin et al., 2017, sec. 3.3)."""


class Conv(eqx.Module):
    """A convolution of (N, H, W, C) that keeps the size, or halves it with stride 2; by default followed by a
    normalisation over all of a picture's cells and channels, and by ReLU."""

    weight: jax.Array | np.ndarray
    bias: jax.Array | np.ndarray
    stride: int = eqx.field(static=True)
    plain: bool = eqx.field(static=True)

    def __init__(
        self,
        rng: np.random.Generator,
        channels: int,
        out: int,
        *,
        size: int = 3,
        stride: int = 1,
        plain: bool = False,
        scale: float = 1.0,
        bias: float = 0.0,
    ):
        std = scale * math.sqrt(2 / (size * size * channels))
        # In NumPy: there is nothing to compile then.
        self.weight = std * rng.standard_normal((size, size, channels, out), np.float32)
        self.bias = np.full(out, bias, np.float32)
        self.stride, self.plain = stride, plain

    def __call__(self, x: jax.Array) -> jax.Array:
        x = jax.lax.conv_general_dilated(
            x, self.weight, (self.stride, self.stride), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )
        x = x + self.bias[None, None, None, :]
        if self.plain:
            return x
        centered = x - x.mean((1, 2, 3), keepdims=True)
        variance = (centered * centered).mean((1, 2, 3), keepdims=True)
        return jax.nn.relu(centered * jax.lax.rsqrt(variance + 1e-5))


class Head(eqx.Module):
    """What one level says: of every anchor of every cell a logit for each class, and four offsets."""

    shared: Conv
    classes: Conv
    offsets: Conv

    def __init__(self, rng: np.random.Generator, channels: int, shapes: int, classes: int):
        odds = math.log(PRIOR / (1 - PRIOR))
        self.shared = Conv(rng, channels, channels)
        self.classes = Conv(rng, channels, shapes * classes, size=1, plain=True, scale=0.05, bias=odds)
        self.offsets = Conv(rng, channels, shapes * 4, size=1, plain=True, scale=0.05)

    def __call__(self, x: jax.Array, classes: int) -> tuple[jax.Array, jax.Array]:
        shared = self.shared(x)
        logits, offsets = self.classes(shared), self.offsets(shared)
        return logits.reshape(len(x), -1, classes), offsets.reshape(len(x), -1, 4)


class Network(eqx.Module):
    """Pictures to logits and offsets of all anchors, in the order of `engine.generate_anchors`.

    Fully convolutional: pictures may have any sides that are multiples of 16.
    """

    stem: list[Conv]
    coarse: list[Conv]
    lateral: Conv
    heads: list[Head]
    classes: int = eqx.field(static=True)

    def __init__(self, spec: DetectorSpec, seed: int = 0):
        a, b, c, d = WIDTHS
        rng = np.random.default_rng(seed)
        self.stem = [
            Conv(rng, 3, a, stride=2),
            Conv(rng, a, b, stride=2),
            Conv(rng, b, b),
            Conv(rng, b, c, stride=2),
            Conv(rng, c, d),
        ]
        self.coarse = [Conv(rng, d, d, stride=2), Conv(rng, d, d)]
        self.lateral = Conv(rng, d, d, size=1, plain=True)
        self.classes = len(spec.classes)
        self.heads = [Head(rng, d, shapes, self.classes) for shapes in spec.shapes_per_cell]

    def __call__(self, pictures: jax.Array) -> tuple[jax.Array, jax.Array]:
        """float32 (N, H, W, 3) in [0, 1] to logits (N, A, C) and offsets (N, A, 4)."""
        fine = pictures - 0.5
        for conv in self.stem:
            fine = conv(fine)
        coarse = fine
        for conv in self.coarse:
            coarse = conv(coarse)
        fine = fine + _doubled(self.lateral(coarse))
        said = [head(x, self.classes) for head, x in zip(self.heads, (fine, coarse), strict=True)]
        logits, offsets = zip(*said, strict=True)
        return jnp.concatenate(logits, axis=1), jnp.concatenate(offsets, axis=1)


def _doubled(x: jax.Array) -> jax.Array:
    """Every cell of (N, H, W, C) four times: (N, 2 H, 2 W, C)."""
    n, height, width, channels = x.shape
    x = jnp.broadcast_to(x[:, :, None, :, None, :], (n, height, 2, width, 2, channels))
    return x.reshape(n, 2 * height, 2 * width, channels)
