"""What the root asks its workers, until they answer or are gone."""

from __future__ import annotations

import asyncio
import itertools

from .link import Link, Message

ANSWER_LIMIT = 60.0  # seconds for a worker to answer; one may have to read the project
LOST = "lost"  # what a worker would have answered


class Questions:
    """Those that are open, each with a number that comes back with its answer."""

    def __init__(self) -> None:
        self._asked: dict[int, tuple[str, asyncio.Future[Message]]] = {}
        self._numbers = itertools.count()

    async def ask(self, life: str, link: Link | None, message: Message) -> Message:
        """What a worker answers: it is done, unless there is a `why`."""
        number = next(self._numbers)
        answer = asyncio.get_running_loop().create_future()
        self._asked[number] = life, answer
        try:
            if link and link.send({"number": number, **message}):
                return await asyncio.wait_for(answer, ANSWER_LIMIT)
            return {"why": "the worker is gone", "kind": "no_room"}
        except TimeoutError:
            return {"why": "the worker does not answer", "kind": LOST}
        finally:
            del self._asked[number]

    def answered(self, number: int, said: Message) -> None:
        if (asked := self._asked.get(number)) and not asked[1].done():
            asked[1].set_result(said)

    def gone(self, life: str) -> None:
        """Nobody is left to answer what was asked of this one."""
        for asked, answer in self._asked.values():
            if asked == life and not answer.done():
                answer.set_result({"why": "the worker is gone", "kind": LOST})
