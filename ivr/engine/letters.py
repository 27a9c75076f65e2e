"""What holds for the messages of every mailbox, that of a story as well.

Each function that begins with ``wrong`` says what is wrong; nothing, if it says nothing.
"""

MOST = 500  # messages in a mailbox
LONGEST = 120  # characters


def wrong_box(name: str) -> str:
    """With the *name* of a mailbox."""
    if not name or len(name) > LONGEST or "\0" in name:
        return f"the name of a mailbox is a text of 1 to {LONGEST} characters"
    return ""


def wrong_with_room(messages: int) -> str:
    """With one more, in a mailbox that has so many *messages*."""
    return f"the mailbox has {MOST} messages; it is full" if messages >= MOST else ""


def wrong_id(id: str) -> str:
    """With the *id* of a message."""
    first, _, second = id.partition("-")
    if not (first.isdecimal() and second.isdecimal()):
        return f"{id!r} is no id of a message; expected what mailbox told"
    return ""


def id_of(number: int, *, urgent: bool) -> str:
    """It tells where the message stands, also when it has been deleted."""
    return f"{0 if urgent else 1}-{number}"


def position(id: str) -> tuple[int, int]:
    """Where the message with this *id* stands."""
    first, _, second = id.partition("-")
    return int(first), int(second)
