"""Bodies that trickle, and who gives way when too many come."""

import asyncio
from collections.abc import Awaitable

import pytest

from leaderboard.api import bodies
from leaderboard.api.bodies import Body, Slots
from leaderboard.refusals import TooLargeError, TooSlowError, UsedUpError


def part(size: int, *, more: bool = True) -> dict:
    return {"type": "http.request", "body": bytes(size), "more_body": more}


def coming(*parts: tuple[float, dict]):
    """A client that sends each part after some seconds, and then nothing."""
    left = iter(parts)

    async def receive():
        seconds, message = next(left, (60.0, part(0)))
        await asyncio.sleep(seconds)
        return message

    return receive


def run(call: Awaitable) -> None:
    asyncio.run(asyncio.wait_for(call, 20))


async def read(body: Body) -> None:
    while not body.ended:
        await body.receive()


def test_a_body_at_the_least_rate_is_read(monkeypatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.3)
    steps = [(0.05, part(bodies.LEAST_RATE))] * 9
    body = Body(coming(*steps, (0.05, part(1, more=False))), 10**6)
    run(read(body))
    assert body.read == 9 * bodies.LEAST_RATE + 1


def test_a_body_that_trickles_is_refused(monkeypatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.2)
    body = Body(coming(*[(0.05, part(1))] * 50), 10**6)
    with pytest.raises(
        TooSlowError, match=r"\d bytes came in more than 0.2 seconds; at least 16384 a second"
    ):
        run(read(body))
    assert body.read < 10


def test_what_we_take_ourselves_is_not_counted(monkeypatch) -> None:
    monkeypatch.setattr(bodies, "GRACE_SECONDS", 0.2)

    async def slow_reader(body: Body) -> None:
        while not body.ended:
            await body.receive()
            await asyncio.sleep(0.1)

    body = Body(coming(*[(0.0, part(1))] * 5, (0.0, part(1, more=False))), 10**6)
    run(slow_reader(body))
    assert body.read == 6


def test_a_body_that_is_too_large() -> None:
    with pytest.raises(TooLargeError, match="at most 10 bytes"):
        run(read(Body(coming((0.0, part(11))), 10)))


@pytest.mark.parametrize(("most", "of_one"), [(2, 8), (8, 2)])
def test_the_slowest_gives_way(most, of_one) -> None:
    """Stuck ones lose their place at once, without waiting for their grace."""

    async def many() -> list:
        slots, told = Slots(most, of_one), []

        async def one(name: str, body: Body) -> None:
            try:
                with slots.taken("eve", body):
                    await read(body)
                told.append(name)
            except TooSlowError:
                told.append(f"{name} gave way")

        quick = Body(coming((0.1, part(500)), (0.5, part(1, more=False))), 10**6)
        stuck = Body(coming((0.1, part(1))), 10**6)
        tasks = [asyncio.create_task(one(*p)) for p in (("quick", quick), ("stuck", stuck))]
        await asyncio.sleep(0.2)
        await one("new", Body(coming((0.0, part(9, more=False))), 10**6))
        await asyncio.gather(*tasks)
        return told

    told = asyncio.run(many())
    assert sorted(told) == ["new", "quick", "stuck gave way"]
    assert told[-1] == "quick"


def test_files_that_have_come_keep_their_place() -> None:
    async def many() -> None:
        slots, body = Slots(8, 1), Body(coming((0.0, part(1, more=False))), 10)
        with slots.taken("eve", body):
            await read(body)
            other = Body(coming(), 10)
            with pytest.raises(UsedUpError, match="1 files are on their way already"):
                slots.taken("eve", other).__enter__()
            with slots.taken("ada", other):
                pass
        with slots.taken("eve", other):
            pass

    run(many())
