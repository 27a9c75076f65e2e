"""Walk every path of a flow by classes of what can happen, and prove or refute what must hold.

paths.py    what was done in a call so far, and doing it again
standing.py where a call stands: the functions that wait in one another
alike.py    what makes two calls alike, so that one of them need not be followed
moves.py    what can happen next, in classes; entries.py and answers.py say which keys and values
begin.py    how a call can begin: when, and with what is remembered
search.py   the walk itself: a graph of places and moves
proofs.py   what the graph proves or refutes
told.py     a refutation as a story
"""
