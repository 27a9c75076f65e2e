"""Which flow takes which call, in which language, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..engine.events import Offered
from ..engine.flow import Flow
from .callers import CallerList, Callers, decided, refusing
from .numbers import Numbers, Table, is_anonymous
from .split import Split, flows_of


@dataclass(frozen=True, slots=True)
class Route:
    """The flow that takes a call (None: nobody has that number), the offer it gets, and why."""

    flow: Flow | None
    offer: Offered
    why: tuple[str, ...] = ()


class Routes:
    """What was dialled, and its flow: exact before the longest prefix (``49*``), before ``*``.

    *callers* come first: a list may refuse its callers, or give them a flow.  *languages* are those
    of callers, *dialled_languages* those of dialled numbers, which win; both by pattern, or the
    start of a number.  No number leads to the `further` flows: they are asked for by name.
    """

    def __init__(
        self,
        flows: Mapping[str, Flow | Split],
        further: Iterable[Flow] = (),
        *,
        country: str = "",
        callers: Iterable[CallerList] = (),
        languages: Mapping[str, str] | None = None,
        dialled_languages: Mapping[str, str] | None = None,
    ) -> None:
        splits = {n: f if isinstance(f, Split) else Split({f: 1}) for n, f in flows.items()}
        routed = [flow for found in flows.values() for flow in flows_of(found)]
        lists = list(callers)
        routed += [each.flow for each in lists if each.flow]
        self._numbers = Numbers(country)
        self._named = {flow.name: flow for flow in (*further, *routed)}
        self._table = Table(splits, self._numbers)
        self._callers = Callers(lists, self._numbers)
        self._languages = Table(_starts(languages or {}), self._numbers)
        self._dialled_languages = Table(_starts(dialled_languages or {}), self._numbers)

    def named(self, name: str) -> Flow | None:
        """The flow with this name; None: there is none."""
        return self._named.get(name)

    @property
    def names(self) -> list[str]:
        """Of all flows, sorted."""
        return sorted(self._named)

    def take(self, offer: Offered) -> Route:
        """What becomes of this call."""
        lists = self._callers.of(offer.caller)
        language, because = self._language(offer)
        offer = replace(offer, caller_lists=tuple(each.name for each in lists), language=language)
        why = [f"{offer.caller or 'the caller'} is on the list {each.name}" for each in lists]
        why += because
        first = decided(lists)
        if first and first.flow:
            return Route(first.flow, offer, (*why, f"the list {first.name} decides"))
        found = self._table.find(offer.dialled)
        if found is None:
            return Route(None, offer, (*why, f"no route fits {offer.dialled}"))
        pattern, split = found
        hidden = is_anonymous(offer.caller)
        flow = split.flow_for(str(offer.wall) if hidden else self._numbers.normal(offer.caller))
        why.append(f"{offer.dialled} fits the route {pattern}")
        if len(split.flows) > 1:
            shares = ", ".join(f"{each.name} {weight}" for each, weight in split.weights.items())
            why.append(f"the caller's share of {shares} is {flow.name}")
        return Route(flow, offer, tuple(why))

    def flow_of(self, offer: Offered) -> tuple[Flow | None, Offered]:
        """The flow that takes this call, and the offer that it gets."""
        route = self.take(offer)
        return route.flow, route.offer

    def _language(self, offer: Offered) -> tuple[str, list[str]]:
        for table, number in (
            (self._dialled_languages, offer.dialled),
            (self._languages, offer.caller),
        ):
            found = table.find(number)
            if found:
                pattern, language = found
                return language, [f"{number} fits the language of {pattern}: {language}"]
        return "", []


def _starts(languages: Mapping[str, str]) -> dict[str, str]:
    """Every key is the start of a number, with or without a star."""
    return {f"{start.removesuffix('*')}*": language for start, language in languages.items()}


__all__ = ["CallerList", "Route", "Routes", "Split", "flows_of", "refusing"]
