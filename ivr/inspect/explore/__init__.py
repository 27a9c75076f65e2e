"""Walk every path of a flow by classes of what can happen, and prove or refute what must hold.

standing.py    where a call stands: the functions that wait in one another
alike.py       what makes two calls alike, so that one of them need not be followed
constants.py   what the flow says of its values by itself
moves.py       what can happen next, in classes
entries.py     ... which keys stand for all that may be typed
answers.py     ... which values for all that may come from outside
begin.py       how a call can begin: at which moments, with which schedules opened or closed
remembered.py  ... and with what is remembered
secrets.py     secrets that are told apart from everything else
search.py      the walk itself: a graph of places and moves
cycles.py      rounds in it, and the longest way through it
proofs.py      what the graph proves or refutes
told.py        refutations as stories
report.py      all of it, for a flow
"""
