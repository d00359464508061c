"""Training, a few steps at a time: each report is one compiled call."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from optax.contrib import MuonDimensionNumbers, muon

from anchorlab.detector import data
from anchorlab.detector.course import Frame, Losses, Report, Stage
from anchorlab.detector.network import Network
from anchorlab.detector.objective import Costs, Objective, costs
from anchorlab.detector.predict import AP50, Detector, as_floats, evaluate
from anchorlab.detector.targets import Layout, Target, decode, layout, targets_of
from anchorlab.scenes.generated import Examples
from anchorlab.settings.training import MEASURED, TrainingSpec

CHUNK = 10
"""Steps of a report: half a second's worth."""
BETWEEN_MEASURES = 60
"""Steps from one AP50 to the next."""
WATCHED = 4
"""Held-out pictures that are watched."""


class State(NamedTuple):
    """What changes with a step."""

    network: Network
    optimizer: optax.OptState


class Material(NamedTuple):
    """What a training works with.

    Attributes:
      learned: pictures it learns from.
      measured: pictures on which AP50 is measured.
      watched: pictures whose predictions are kept.
    """

    learned: Examples
    measured: Examples
    watched: Examples


def generated_material(spec: TrainingSpec) -> Material:
    """Generated scenes; those measured and watched are held out."""
    held_out = data.held_out(spec.detector.side, MEASURED)
    watched = Examples(*(column[:WATCHED] for column in held_out))
    return Material(data.pool(spec.seed, spec.detector.side), held_out, watched)


def own_material(spec: TrainingSpec, image: np.ndarray, boxes: np.ndarray, class_ids: np.ndarray) -> Material:
    """One picture, learned by heart: many views of it; all of it is measured and watched."""
    scene = data.whole(image, boxes, class_ids, spec.detector.side)
    learned = data.views(image, boxes, class_ids, spec.detector.side, seed=spec.seed)
    return Material(learned, scene, scene)


class Training:
    """One training: `reports` runs it to its end.

    Args:
      spec: what is trained, and how.
      material: what on; None: generated scenes.
      network: to start from; None: a random one.
    """

    def __init__(self, spec: TrainingSpec, material: Material | None = None, network: Network | None = None):
        self.spec = spec
        self.material = material or generated_material(spec)
        self._objective = Objective.of(spec)
        self._state = _first(network or Network(spec.detector, spec.seed))
        self._key = jax.random.key(spec.seed)
        self._here = layout(spec.detector.pyramid, spec.detector.side, spec.detector.side)
        self._rng = np.random.default_rng(spec.seed)
        watched = self.material.watched
        self._target = _targets(watched.boxes, watched.class_ids, self._here, self._objective)
        self.seconds = 0.0

    @property
    def detector(self) -> Detector:
        """As it is now."""
        # The next steps take the memory of the present network.
        return Detector(self.spec.detector, jax.tree.map(jnp.array, self._state.network))

    @property
    def stage(self) -> Stage:
        """What stays the same."""
        label, gt_index = np.asarray(self._target.label), np.asarray(self._target.gt_index)
        return Stage(self.material.watched, self._here.anchors, label, gt_index)

    def reports(self) -> Iterator[Report]:
        """News from the start, before anything is learned, to the end; nothing is computed between two of them but when
        the next one is asked for."""
        done, steps, rates = 0, self.spec.steps, learning_rates(self.spec)
        # What compiling takes is not part of the training.
        find_gradient = _compiled(gradient, self._state.network, *self._drawn(0))
        step = _compiled(update, self._state, self._state.network, rates[0])
        yield Report(
            0, 0.0, Losses(*(np.zeros(0, np.float32) for _ in Losses._fields)), self._frame(0), self._ap50()
        )
        _give_back()
        while done < steps:
            start = time.perf_counter()
            count = min(CHUNK, steps - done)
            taken = []
            for k in range(done, done + count):
                uphill, losses = find_gradient(self._state.network, *self._drawn(k))
                self._state = step(self._state, uphill, rates[k])
                taken.append(losses)
            losses = Losses(*(np.array(values, np.float32) for values in zip(*taken, strict=True)))
            done += count
            self.seconds += time.perf_counter() - start
            measure = done == steps or done % BETWEEN_MEASURES < CHUNK
            ap50 = self._ap50() if measure else None
            yield Report(done, self.seconds, losses, self._frame(done), ap50)

    def _drawn(self, step: int) -> tuple[Examples, Layout, Objective, jax.Array, int]:
        """What `gradient` is given besides the network: some of the pictures, at random. Not chosen in the program: a pool on
        the device would be a second one in memory."""
        rows = self._rng.integers(len(self.material.learned.images), size=self.spec.batch)
        batch = Examples(*(column[rows] for column in self.material.learned))
        return batch, self._here, self._objective, self._key, step

    def _frame(self, step: int) -> Frame:
        watched = self.material.watched
        said = _watch(self._state.network, watched.images, self._target, self._here, self._objective)
        return Frame(step, *(np.asarray(values, np.float16) for values in said))

    def _ap50(self) -> float:
        detector = Detector(self.spec.detector, self._state.network)
        return evaluate(detector, self.material.measured, AP50).summary()["AP50"]


def _compiled(function: Callable, *arguments: Any) -> Callable:
    """A program for such arguments."""
    _give_back()
    return function.lower(*arguments).compile()


def _give_back() -> None:
    """Hands the system the memory that compiling took, hundreds of megabytes; where glibc is, the others have no such call."""
    if trim := getattr(ctypes.CDLL(None), "malloc_trim", None):
        trim(0)


@jax.jit
def _first(network: Network) -> State:
    """Before the first step; its arrays are its own, as the steps take their memory."""
    return State(network, OPTIMIZER.init(network))


def learning_rates(spec: TrainingSpec) -> np.ndarray:
    """Of every step, float32 (steps,): the rate rises for a twentieth of them, then falls like a cosine.

    References:
      Loshchilov and Hutter, SGDR, 2017.
    """
    step, warm = np.arange(spec.steps), max(spec.steps // 20, 1)
    rising = 1 / 30 + (1 - 1 / 30) * step / warm
    falling = 0.5 + 0.5 * np.cos(np.pi * (step - warm) / max(spec.steps - warm, 1))
    return (spec.learning_rate * np.where(step < warm, rising, falling)).astype(np.float32)


def _matrices(network: Network) -> Network:
    # From all that a cell sees to one channel.
    shape = MuonDimensionNumbers(reduction_axis=(0, 1, 2), output_axis=3)
    return jax.tree.map(lambda array: shape if array.ndim == 4 else None, network)


OPTIMIZER = optax.chain(
    optax.clip_by_global_norm(5.0),
    muon(
        1.0, ns_steps=4, weight_decay=1e-4, adam_learning_rate=0.15, muon_weight_dimension_numbers=_matrices
    ),
)
"""Muon for the convolutions, Adam for their biases; their updates are for a learning rate of 1.

A convolution's step has all directions equally long, so that rare ones are learned as quickly as frequent ones: after
300 steps AP50 is what Adam has after 1,000.

References:
  Jordan et al., Muon: An optimizer for hidden layers in neural networks, 2024.
"""


# One step are two programs, which take half the memory each to compile, and the second is the same for every objective. Not
# several steps in one loop of a program: XLA's convolutions use one core in a loop, and a slow one.
@jax.jit
def gradient(
    network: Network, batch: Examples, here: Layout, objective: Objective, key: jax.Array, step: int
) -> tuple[Network, Losses]:
    """What would make the loss of a batch larger, and the loss."""
    key = jax.random.fold_in(key, step)
    pictures, boxes = _varied(key, batch)
    luck = jax.random.uniform(key, (len(pictures), len(here.anchors)))
    target = _target(boxes, batch.class_ids, here, objective)

    def loss(network: Network) -> tuple[jax.Array, Costs]:
        found = costs(*network(pictures), target, luck, here, objective)
        return found.total, found

    uphill, found = jax.grad(loss, has_aux=True)(network)
    return uphill, Losses(found.total, found.positives, found.negatives, found.boxes, found.count)


@partial(jax.jit, donate_argnums=0)
def update(state: State, gradient: Network, rate: float) -> State:
    """A step against the gradient."""
    steps, own = OPTIMIZER.update(gradient, state.optimizer, state.network)
    steps = jax.tree.map(lambda step: rate * step, steps)
    return State(optax.apply_updates(state.network, steps), own)


def _varied(key: jax.Array, batch: Examples) -> tuple[jax.Array, jax.Array]:
    """Pictures and their boxes, half of them mirrored, all more or less light."""
    mirror, light = jax.random.split(key)
    pictures, boxes, _ = batch
    count, _, side, _ = pictures.shape
    mirrored = jax.random.bernoulli(mirror, shape=(count,))[:, None, None]
    flipped = jnp.stack([side - boxes[..., 2], boxes[..., 1], side - boxes[..., 0], boxes[..., 3]], axis=-1)
    pictures = as_floats(jnp.where(mirrored[..., None], pictures[:, :, ::-1], pictures))
    pictures = pictures * jax.random.uniform(light, (count, 1, 1, 1), minval=0.8, maxval=1.2)
    return pictures, jnp.where(mirrored, flipped, boxes)


def _target(boxes: jax.Array, class_ids: jax.Array, here: Layout, objective: Objective) -> Target:
    find = targets_of(here, objective.rule, objective.coder, objective.classes)
    return jax.vmap(find)(boxes, class_ids)


_targets = jax.jit(_target)


@jax.jit
def _watch(network: Network, images: jax.Array, target: Target, here: Layout, objective: Objective):
    """Logits, boxes and costs of the watched pictures; a random sampler draws the same anchors every time."""
    logits, offsets = network(as_floats(images))
    luck = jax.random.uniform(jax.random.key(0), target.label.shape)
    boxes = jax.vmap(lambda own: decode(here.anchors, own, here.cell_sides, objective.coder))(offsets)
    return logits, boxes, costs(logits, offsets, target, luck, here, objective).of_anchor
