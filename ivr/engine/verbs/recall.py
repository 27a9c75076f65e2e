"""Remember what an earlier call left."""

from collections.abc import Mapping
from typing import Annotated

from ..answers import conclude
from ..call import Call
from ..verb import Doc, Result, TemplateText, Variable, verb
from ..work import WorkSeconds, work

Scope = Annotated[TemplateText, Doc("whose memory; by default the caller's, by his number")]
OF_CALLER = "caller:{{ caller }}"


@verb("recall", ("ok", "failed", "timeout"), goes_on="ok", after_call=True)
async def recall(
    call: Call,
    *names: Annotated[Variable, Doc("what to recall; variables of these names receive it")],
    scope: Scope = OF_CALLER,
    seconds: Annotated[WorkSeconds, Doc("time for it")] = 2.0,
) -> Result:
    """Set variables to what `remember` has kept, in this call or an earlier one.

    What is not known, or no longer, leaves its variable as it is at first: its default, or unset.
    """
    order = {"scope": call.text(scope), "names": list(names)}
    done = await work(call, "recall", order, seconds)
    known = done.value if isinstance(done.value, Mapping) else {}
    return conclude(call, "recall", done, known, {name: name for name in names})
