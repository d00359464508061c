"""The process in which a training runs: it is told what to train, and tells how it goes.

Both ways go messages: eight bytes that say how long, then a file of `packing`. The first one that comes is the order;
those after it are "pause", "resume" and "cancel". When nothing more can come, nobody is there any longer, and the process ends.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from typing import Any, BinaryIO

import numpy as np

from anchorlab.detector.packing import flat, pack, unpack

KIND = "AnchorLab message"
_LENGTH = struct.Struct("<Q")


def send(pipe: BinaryIO, arrays: dict[str, np.ndarray] | None = None, **told: Any) -> None:
    """Writes one message."""
    content = pack(KIND, arrays or {}, **told)
    pipe.write(_LENGTH.pack(len(content)) + content)
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[dict[str, np.ndarray], dict[str, Any]] | None:
    """Waits for one message; None: there is nobody at the other end."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = pipe.read(length)
    return unpack(KIND, content) if len(content) == length else None


class _Orders:
    """What the other side wants by now."""

    def __init__(self):
        self.may_run = threading.Event()
        self.may_run.set()
        self.cancelled = False

    def listen(self, pipe: BinaryIO) -> None:
        while (message := receive(pipe)) is not None:
            self.cancelled = message[1]["what"] == "cancel"
            (self.may_run.clear if message[1]["what"] == "pause" else self.may_run.set)()
        # Not `sys.exit`: the other thread may be within a step, and nobody waits for it.
        os._exit(0)


def main() -> None:
    """Trains what standard input orders, and reports to standard output."""
    os.nice(10)
    # Whatever prints must not get among the messages.
    news = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    order = receive(sys.stdin.buffer)
    if order is None:
        return
    orders = _Orders()
    threading.Thread(target=orders.listen, args=(sys.stdin.buffer,), daemon=True).start()
    try:
        _train(*order, news, orders)
    except ValueError as error:  # so is refused what was chosen wrongly
        send(news, what="failed", error=str(error))
    except (MemoryError, RuntimeError) as error:
        print(error, file=sys.stderr)
        send(news, what="failed", error="The training stopped: it needs more memory than there is.")


def _train(arrays: dict[str, np.ndarray], told: dict[str, Any], news: BinaryIO, orders: _Orders) -> None:
    # Here, as the server only writes and reads messages.
    from anchorlab import engine
    from anchorlab.detector import shipped, training, weights
    from anchorlab.settings.plain import from_plain
    from anchorlab.settings.training import TrainingSpec

    engine.keep_programs()
    spec = from_plain(TrainingSpec, told["spec"])
    if spec.data == "own scene":
        material = training.own_material(spec, *(arrays[name] for name in ("image", "boxes", "class_ids")))
    else:
        material = training.generated_material(spec)
    network = shipped.network_for(spec.detector) if spec.start == "shipped" else None
    one = training.Training(spec, material, network)
    send(news, flat(one.stage, "stage"), what="stage")
    for report in one.reports():
        found = flat(report.losses, "losses")
        if report.frame is not None:
            found |= flat(report.frame, "frame")
        send(news, found, what="report", step=report.step, seconds=report.seconds, ap50=report.ap50)
        orders.may_run.wait()
        if orders.cancelled:
            break
    content = np.frombuffer(weights.to_bytes(one.detector, np.float32), np.uint8)
    send(news, {"file": content}, what="weights")


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        pass  # nobody is there any longer
    # Not by the usual way out, which waits for the thread that listens.
    sys.stdout.flush()
    os._exit(0)
