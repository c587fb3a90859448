"""A recording through a device, compared as it goes: full speed or real time, on after faults, one verdict at the end.

A fault ends a session: the frames on their way are not checked, device and reference start anew with the next ones.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial

from threadpoolctl import threadpool_limits

from edgesort.fixed import Array
from edgesort.hil.device import Device
from edgesort.hil.errors import DeviceError, LineLost, LinkError
from edgesort.hil.latency import Latencies
from edgesort.hil.line import Connect
from edgesort.hil.session import Plan, Session, Source
from edgesort.hil.verdict import Streamed, Unchecked
from edgesort.hil.watch import Nobody
from edgesort.verify import Mismatch

FRUITLESS = 20  # sessions without a frame, after which a device is given up
BEFORE = 1024  # frames before a mismatch from which it is looked at again, and what the network remembers


def stream(plan: Plan, connect: Connect, link: str) -> Streamed:
    """Stream all of it. DeviceError if the device does not answer, is another one, or has no TRACE and should."""
    device = Device(connect, plan.graph)
    try:
        with threadpool_limits(1):  # of matrix products, which are small: to wake another thread takes longer
            return _streamed(plan, device, link)
    finally:
        device.close()


def _streamed(plan: Plan, device: Device, link: str) -> Streamed:
    if plan.trace:
        return _traced(plan, device, link)
    found = _run(plan, device, link)
    if found.mismatch is None or not device.hello.traces:
        return found
    return replace(found, cause=_cause(plan, device, found.mismatch.frame))


def _run(plan: Plan, device: Device, link: str) -> Streamed:
    parts, unchecked, late = list[Session](), list[Unchecked](), Latencies()
    at, total, mismatch, began = 0, plan.total, None, float("inf")
    while at < total and mismatch is None:
        hello = device.begin(plan.patience)
        began = min(began, time.monotonic())
        plan.watch.started(hello, at)
        parts.append(Session(plan, device, at, began + (plan.lasts or float("inf")), late))
        try:
            mismatch = parts[-1].run()
            at = total = at + parts[-1].left
        except (LinkError, LineLost) as error:
            plan.watch.fault(str(error))
            if isinstance(error, LineLost):
                device.close()
            done = at + parts[-1].expected.done
            at = min(at + max(parts[-1].expected.fed, 1), total)
            unchecked += [Unchecked(done, at - 1, str(error))] if done < at else []
            _give_up([part.expected.done for part in parts], error)
    if mismatch is not None:
        plan.watch.differs(mismatch)
    expected = [part.expected for part in parts]
    return Streamed(
        link=link,
        target=hello.target,
        graph=plan.graph.digest(),
        frames=total,
        checked=sum(min(one.done, total - one.at) for one in expected),
        events=sum(one.events for one in expected),
        values=sum(one.values for one in expected),
        nodes=tuple(name for name in plan.graph.streams if any(name in one.shown for one in expected)),
        mismatch=mismatch,
        cause=None,
        unchecked=tuple(unchecked),
        sessions=len(parts),
        seconds=round(time.monotonic() - began, 3),
        latency_ms=late.milliseconds(),
        stats=parts[-1].stats if parts else None,
    )


def _traced(plan: Plan, device: Device, link: str) -> Streamed:
    """With the values of all nodes: at once, or of one after the other, each from the start to what differed before."""
    hello = device.begin(plan.patience)
    if not hello.traces:
        raise DeviceError("device: expected one that has TRACE, found none; compile for an FPGA board with --trace")
    if not hello.traces_one:
        return _run(plan, device, link)
    order, found, wrong = list(plan.graph.streams), list[Streamed](), list[Mismatch]()
    lasts = None if plan.lasts is None else plan.lasts / len(order)
    for node in range(len(order)):
        one = replace(plan, node=node, lasts=lasts)
        if wrong:
            one = replace(one, total=min(mismatch.frame for mismatch in wrong) + 1, watch=Nobody())
        found.append(_run(one, device, link))
        wrong += [mismatch] if (mismatch := found[-1].mismatch) else []
    worst = max(found, key=lambda one: one.frames - one.checked)
    return replace(
        worst,
        values=sum(one.values for one in found),
        nodes=tuple(name for one in found for name in one.nodes),
        mismatch=min(wrong, key=lambda one: (one.frame, order.index(one.node)), default=None),
        sessions=sum(one.sessions for one in found),
        seconds=round(sum(one.seconds for one in found), 3),
    )


def _cause(plan: Plan, device: Device, frame: int) -> Mismatch | None:
    """The first value that differs up to `frame`, in a new session from a little before it; else from the start."""
    before = frame - BEFORE - plan.graph.receptive_field - plan.graph.delay
    for start in (max(0, before), 0):
        source = partial(_later, plan.source, start)
        again = replace(
            plan, source=source, total=frame + 1 - start, trace=True, real_time=False, lasts=None, watch=Nobody()
        )
        found = _traced(again, device, "").mismatch
        if found is not None:
            return replace(found, frame=found.frame + start)
    return None


def _later(source: Source, by: int, start: int, end: int) -> Array:
    return source(start + by, end + by)


def _give_up(done: list[int], error: Exception) -> None:
    """DeviceError after many sessions in a row without a frame."""
    if len(done) >= FRUITLESS and not any(done[-FRUITLESS:]):
        raise DeviceError(f"device: expected a frame in one of {FRUITLESS} sessions, found none ({error})")
