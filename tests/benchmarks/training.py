"""How quickly a detector learns, and what a step and a prediction cost beside the bare network.

Seconds are those of the processor, of all threads together, where others are busy on the machine: `--busy`. Then a minute
of two cores is 120 of them.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Iterator
from pathlib import Path

import jax

from anchorlab.detector import data, predict, shipped, training, worker
from anchorlab.scenes.catalogue import load_scene
from anchorlab.settings.training import TrainingSpec
from anchorlab.settings.training import by_heart as own_scene
from anchorlab.settings.training_choices import learns_from
from tests.benchmarks import timing
from tests.benchmarks.timing import Row, interleaved, show

SCENES = ("coffee", "dogcat", "cat", "astronaut", "coins")
"""Learned by heart."""


def steps() -> Iterator[Row]:
    """A training step beside the forward and backward pass of the network alone."""
    spec = TrainingSpec()
    examples = data.held_out(spec.detector.side, 64)
    one = training.Training(spec, training.Material(examples, examples, examples))
    pictures = predict.as_floats(examples.images[: spec.batch])
    # The pictures are an argument: XLA's convolutions of a constant are slow.
    bare = jax.jit(jax.grad(lambda network, pictures: sum((out * out).sum() for out in network(pictures))))
    bare(
        one._state.network, pictures
    )  # compiled before it is timed: of a call that is not ours the first one counts, too
    find_gradient, update = (jax.jit(program.__wrapped__) for program in (training.gradient, training.update))
    state, network, drawn = one._state, one._state.network, one._drawn(0)
    calls = {
        "engine": lambda: update(state, find_gradient(network, *drawn)[0], 0.01),
        "forward and backward": lambda: bare(network, pictures),
    }
    yield interleaved(f"batch of {spec.batch}", calls, seconds=5)


def pictures() -> Iterator[Row]:
    """A picture to its kept boxes beside the forward pass of the network alone."""
    detector = shipped.detector()
    forward = jax.jit(lambda network, square: network(predict.as_floats(square)))
    for side in (96, 192):
        image = data.held_out(side, 1).images[0]
        calls = {
            "engine": lambda image=image, side=side: predict.keep(
                predict.predictions(detector, image, side=side)
            ),
            "forward": lambda image=image: forward(detector.network, image[None]),
        }
        yield interleaved(f"{side} px", calls, seconds=2, most=200)


def learning(minutes: float, clock) -> None:
    """AP50 on held-out scenes while a detector learns from scratch."""
    spec = TrainingSpec()
    one = training.Training(spec)
    held_out, spent = data.held_out(spec.detector.side, 200), 0.0
    reports = one.reports()
    next(reports)
    while spent < 60 * minutes:
        start = clock()
        if (report := next(reports, None)) is None:
            break
        spent += clock() - start
        if report.ap50 is not None:
            print(f"step {report.step}: {spent:.0f} s, AP50 {report.ap50:.3f}", flush=True)
    figures = predict.evaluate(one.detector, held_out).summary()
    print(f"\nafter {spent:.0f} s: AP50 **{figures['AP50']:.3f}** on {len(held_out.images)} held-out scenes")


def by_heart(seconds: float, clock) -> None:
    """Objects of a scene that are found after a while, from the shipped weights."""
    for name in SCENES:
        scene = load_scene(name)
        usual = TrainingSpec(**learns_from("own scene"))
        spec = own_scene(usual, scene.classes, scene.boxes.tolist(), scene.width, scene.height)
        material = training.own_material(spec, scene.image, scene.boxes, scene.class_ids)
        one = training.Training(spec, material, shipped.network_for(spec.detector))
        reports, spent = one.reports(), 0.0
        next(reports)
        while spent < seconds:
            start = clock()
            if next(reports, None) is None:
                break
            spent += clock() - start
        found = predict.evaluate(one.detector, material.measured)
        share = (found.stories.found_by[0] >= 0).mean()
        print(
            f"{name}: after {spent:.0f} s {share:.0%} of {len(scene.boxes)} objects found, AP50 {found.summary()['AP50']:.3f}"
        )


def memory() -> None:
    """What the process that trains takes: all that is resident, and what of it is its own alone (the libraries' code it
    shares with the server)."""
    run, most, last = worker.submit(TrainingSpec(steps=60), lambda: True), {}, {}
    while not run.ended:
        time.sleep(0.02)
        if run._process is not None:
            try:
                status = Path(f"/proc/{run._process.pid}/status").read_text()
            except OSError:
                continue  # it has just ended
            now = {name: int(kb) / 1024 for name, kb in re.findall(r"(VmRSS|RssAnon):\s+(\d+)", status)}
            most |= {name: max(mb, most.get(name, 0)) for name, mb in now.items()}
            if run.standing == "running":
                last = now or last
    print(
        f"{run.standing}: resident {most['VmRSS']:.0f} MB at most, {last['VmRSS']:.0f} MB while it trains; ",
        end="",
    )
    print(f"its own {most['RssAnon']:.0f} MB at most, {last['RssAnon']:.0f} MB while it trains")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--busy", action="store_true", help="count the processor's seconds, two for one of two cores"
    )
    parser.add_argument("--only", default="steps,pictures,learning,by_heart,memory")
    asked = parser.parse_args()
    timing.processor_time = asked.busy
    clock, factor = (time.process_time, timing.cores()) if asked.busy else (time.perf_counter, 1)
    parts = {
        "steps": lambda: show(steps),
        "pictures": lambda: show(pictures),
        "learning": lambda: learning(factor, clock),
        "by_heart": lambda: by_heart(20 * factor, clock),
        "memory": memory,
    }
    for name in asked.only.split(","):
        parts[name]()


if __name__ == "__main__":
    main()
