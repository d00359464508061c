"""Weights in few bits: each as a whole number of steps, and one step for a whole layer or for each of its channels.

Symmetric and rounded to nearest, as Nagel et al., "A White Paper on Neural Network Quantization", 2021, describe it (sec.
2.2): zero stays zero. Only weights are quantised; biases, which are few, and all that is computed of them stay float32.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import jax
import numpy as np

from anchorlab.detector.network import Network
from anchorlab.detector.predict import Detector, evaluate
from anchorlab.detector.weights import named
from anchorlab.scenes.generated import Examples
from anchorlab.settings.deployment import FULL, Quantisation
from anchorlab.settings.evaluation import EvalSpec

FLOAT_BYTES = 4


class Codes(NamedTuple):
    """An array as whole numbers of steps.

    Attributes:
      codes: int8, of the array's shape, from -(2^(bits - 1) - 1) to 2^(bits - 1) - 1.
      steps: float32, one for each channel (the last axis), or a single one: shape (C,) or (1,). 0 where all is 0.
    """

    codes: np.ndarray
    steps: np.ndarray

    @property
    def values(self) -> np.ndarray:
        """float32: what is left of the array."""
        return self.codes.astype(np.float32) * self.steps


def quantise(array: np.ndarray, asked: Quantisation) -> Codes:
    """The nearest whole numbers of steps to an array.

    The step is as large as it must be for the largest value (of all, or of the channel) to be the largest code. A value
    midway between two codes becomes the even one.

    Args:
      array: float32 (..., C), the last axis that of the outputs.
      asked: of at most eight bits.

    Raises:
      ValueError: `asked` is not to quantise at all.

    Example:
      >>> found = quantise(np.array([[-0.7, 0.1], [0.3, 0.05]], np.float32), Quantisation(4, "tensor"))
      >>> found.codes.tolist(), found.steps.round(3).tolist()
      ([[-7, 1], [3, 0]], [0.1])

    References:
      Nagel et al., 2021, eqs. 4 to 8; a step for each channel: Krishnamoorthi, "Quantizing deep convolutional networks for
      efficient inference", 2018, sec. 3.1.
    """
    if asked.bits == FULL:
        raise ValueError(f"bits must be fewer than {FULL}, or there is nothing to round")
    array = np.asarray(array, np.float32)
    most = 2 ** (asked.bits - 1) - 1
    axes = tuple(range(array.ndim - (asked.per == "channel")))
    largest = np.abs(array).max(axes, initial=0).reshape(-1)
    steps = (largest / np.float32(most)).astype(np.float32)
    codes = np.round(array / np.where(steps > 0, steps, 1))
    return Codes(codes.clip(-most, most).astype(np.int8), steps)


def quantised(detector: Detector, asked: Quantisation) -> Detector:
    """The detector with what is left of its weights: the same program runs it."""
    if asked.bits == FULL:
        return detector
    leaves = [
        quantise(array, asked).values if is_weight(name) else array
        for name, array in named(detector.network).items()
    ]
    return replace(detector, network=jax.tree.unflatten(jax.tree.structure(detector.network), leaves))


def is_weight(name: str) -> bool:
    """Whether an array of `weights.named` is quantised; a bias is not."""
    return name.endswith(".weight")


class Layer(NamedTuple):
    """What became of one layer's weights.

    Attributes:
      name: "stem.0".
      weights: how many.
      steps: how many steps there are: one, or as many as output channels.
      error: root of the squared error's part of the squared weights; 0: nothing was lost.
    """

    name: str
    weights: int
    steps: int
    error: float


def layers(network: Network, asked: Quantisation) -> list[Layer]:
    """Every layer, in the order of the network."""
    found = []
    for name, array in named(network).items():
        if not is_weight(name):
            continue
        array = np.asarray(array, np.float32)
        steps, left = 0, array
        if asked.bits != FULL:
            codes = quantise(array, asked)
            steps, left = len(codes.steps), codes.values
        power = float(np.square(array, dtype=np.float64).sum())
        lost = float(np.square(array - left, dtype=np.float64).sum())
        found.append(
            Layer(name.removesuffix(".weight"), array.size, steps, (lost / power) ** 0.5 if power else 0.0)
        )
    return found


def size(network: Network, asked: Quantisation) -> int:
    """Bytes of all weights packed in their bits, of their steps, and of the biases in float32."""
    biases = sum(array.size for name, array in named(network).items() if not is_weight(name))
    whole = layers(network, asked)
    bits = sum(layer.weights for layer in whole) * asked.bits
    return -(-bits // 8) + FLOAT_BYTES * (biases + sum(layer.steps for layer in whole))


def measured(detector: Detector, asked: Quantisation, examples: Examples) -> dict[str, float]:
    """AP50 and AP, as COCO has them, of what is left of the detector."""
    found = evaluate(quantised(detector, asked), examples, EvalSpec()).summary()
    return {name: round(found[name], 4) for name in ("AP50", "AP")}
