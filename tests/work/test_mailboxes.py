"""Mailboxes, on SQLite and on PostgreSQL, and those of simulated calls, which do the same."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.effects import Work
from ivr.testing.mailboxes import Mailboxes as Simulated
from ivr.work.databases import Database
from ivr.work.job import Failed
from ivr.work.mailboxes import Count, Mailboxes

from .conftest import Open


class Post:
    """The mailboxes, what they told, and a wall clock that only the test moves."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.folder = folder
        self.now = 1_000_000.0
        self.told: list[tuple[str, Count]] = []
        self.job = Mailboxes(database, folder, self.tell, lambda: self.now)

    def tell(self, box: str, count: Count) -> None:
        self.told.append((box, count))

    def does(self, order: dict[str, Any]) -> Any:
        return self.job(order, 5)

    def deliver(self, file: str, urgent: bool = False, box: str = "601", caller: str = "a") -> None:
        (self.folder / file).write_bytes(b"RIFF")
        order = {"action": "deliver", "box": box, "file": f"/elsewhere/{file}"}
        self.does({**order, "urgent": urgent, "caller": caller})

    def look(self, of: str = "all", after: str = "", box: str = "601") -> Any:
        return self.does({"action": "look", "box": box, "of": of, "after": after})

    def mark(self, id: str, becomes: str, box: str = "601") -> None:
        self.does({"action": becomes, "box": box, "id": id})

    def files(self, of: str = "all") -> list[str]:
        """The messages of the box, as they would be heard."""
        found, id = [], ""
        while (message := self.look(of, id)["message"]) is not None:
            found.append(Path(message["file"]).name)
            id = message["id"]
        return found

    def id(self, file: str) -> str:
        found = (str(each["id"]) for each in self._all() if Path(each["file"]).name == file)
        return next(found)

    def _all(self) -> list[dict[str, Any]]:
        found, id = [], ""
        while (message := self.look("all", id)["message"]) is not None:
            found.append(message)
            id = message["id"]
        return found


class SimulatedPost(Post):
    """The same of a simulated call."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 1_000_000.0
        self.boxes = Simulated({})

    def does(self, order: dict[str, Any]) -> Any:
        done = self.boxes.does(Work(1, "mailbox", order, 5), self.now)
        if done.outcome == "failed":
            raise Failed(done.reason)
        return done.value


@pytest.fixture
def real(url: str, database: Open, tmp_path: Path) -> Post:
    return Post(database(url), tmp_path)


@pytest.fixture(params=["real", "simulated"])
def post(request: pytest.FixtureRequest, real: Post) -> Post:
    return real if request.param == "real" else SimulatedPost(real.folder)


def test_urgent_messages_come_first_and_older_ones_before_newer_ones(post: Post) -> None:
    post.deliver("a.wav")
    post.deliver("b.wav", urgent=True)
    post.deliver("c.wav")
    post.deliver("d.wav", urgent=True)
    post.deliver("x.wav", box="602")
    assert post.files() == post.files("new") == ["b.wav", "d.wav", "a.wav", "c.wav"]
    assert post.files("old") == []


def test_a_message_says_who_left_it_and_when(post: Post) -> None:
    post.deliver("a.wav", caller="+4930")
    found = post.look()
    file = found["message"].pop("file")
    assert Path(file).name == "a.wav"
    assert found == {
        "new": 1,
        "old": 0,
        "urgent": 0,
        "message": {
            "id": "1-1", "caller": "+4930", "at": 1_000_000.0, "urgent": False, "heard": False,
        },
    }  # fmt: skip


def test_an_empty_mailbox_is_one_too(post: Post) -> None:
    assert post.look(box="nobody") == {"new": 0, "old": 0, "urgent": 0, "message": None}


def test_what_was_heard_is_old_and_can_be_new_again(post: Post) -> None:
    for file in ("a.wav", "b.wav"):
        post.deliver(file, urgent=True)
    post.mark(post.id("a.wav"), "old")
    assert (post.files("old"), post.files("new")) == (["a.wav"], ["b.wav"])
    assert post.look()["urgent"] == 1
    post.mark(post.id("a.wav"), "new")
    assert post.files("new") == ["a.wav", "b.wav"]


def test_what_comes_behind_a_deleted_message_can_be_found(post: Post) -> None:
    for file in ("a.wav", "b.wav", "c.wav"):
        post.deliver(file)
    gone = post.id("b.wav")
    post.mark(gone, "deleted")
    assert post.look("all", gone)["message"]["file"].endswith("c.wav")
    post.mark(gone, "deleted")
    post.mark(gone, "old")
    assert post.files() == ["a.wav", "c.wav"]


def test_a_deleted_message_is_deleted_from_the_disk(real: Post) -> None:
    (real.folder / "a.json").touch()
    real.deliver("a.wav")
    real.deliver("a.wav", box="602")
    real.mark(real.id("a.wav"), "deleted")
    assert (real.folder / "a.wav").exists()  # the other mailbox has it still
    real.mark(real.look(box="602")["message"]["id"], "deleted", box="602")
    assert not list(real.folder.glob("a.*"))


def test_recordings_that_are_gone_are_messages_no_longer(real: Post) -> None:
    for file in ("a.wav", "b.wav"):
        real.deliver(file)
    (real.folder / "a.wav").unlink()
    assert real.look()["new"] == 1
    assert real.files() == ["b.wav"]
    assert real.told[-1] == ("601", Count(1, 0, 0, 0))


@pytest.mark.parametrize("mount_point", [False, True])
def test_no_message_is_forgotten_while_its_folder_is_away(
    url: str, database: Open, tmp_path: Path, mount_point: bool
) -> None:
    post = Post(database(url), tmp_path / "messages")
    post.folder.mkdir()
    post.deliver("a.wav")
    away = post.folder.rename(tmp_path / "away")
    if mount_point:
        post.folder.mkdir()
    assert post.look()["new"] == 0
    away.rename(post.folder)
    assert post.look()["new"] == 1
    assert len(post.told) == 1


def test_a_message_is_in_a_mailbox_once(post: Post) -> None:
    post.deliver("a.wav")
    post.deliver("a.wav")
    assert post.files() == ["a.wav"]


def test_a_recording_that_is_not_there_is_not_delivered(real: Post) -> None:
    for file in ("nobody.wav", "/etc/passwd", ""):
        with pytest.raises(Failed, match="not there"):
            order = {"action": "deliver", "box": "1", "file": file}
            real.does({**order, "urgent": False, "caller": ""})


def test_a_mailbox_can_be_full(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.engine.letters.MOST", 2)
    post.deliver("a.wav")
    post.deliver("b.wav")
    with pytest.raises(Failed, match="it is full"):
        post.deliver("c.wav")
    post.deliver("b.wav")  # which is there


@pytest.mark.parametrize("box", ["", "x" * 121, "a\0b"])
def test_a_name_that_is_none(post: Post, box: str) -> None:
    with pytest.raises(Failed, match="the name of a mailbox"):
        post.look(box=box)


@pytest.mark.parametrize("id", ["x", "1", "1-", "-1-2", "1-x"])
def test_an_id_that_is_none(post: Post, id: str) -> None:
    post.deliver("a.wav")
    with pytest.raises(Failed, match="no id of a message"):
        post.look("all", id)


def test_no_message_is_lost_when_two_callers_leave_one_at_once(
    database: Open, tmp_path: Path
) -> None:
    file = tmp_path / "work.db"
    post = Post(database(f"sqlite:///{file}"), tmp_path)
    post.look()
    with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:

        def wall() -> float:
            """The other one comes after the first look at the mailbox, and before the message."""
            with suppress(sqlite3.OperationalError):
                other.execute("BEGIN IMMEDIATE")
            return 0.0

        post.job = Mailboxes(database(f"sqlite:///{file}"), tmp_path, wall=wall)
        post.deliver("a.wav")
    assert post.files() == ["a.wav"]


def test_every_change_is_told_and_nothing_else(real: Post) -> None:
    real.deliver("a.wav", urgent=True)
    real.deliver("b.wav")
    real.look()
    real.mark(real.id("a.wav"), "old")
    real.mark(real.id("a.wav"), "old")
    real.mark(real.id("b.wav"), "deleted")
    assert [count for _, count in real.told] == [
        Count(1, 0, 1, 0), Count(2, 0, 1, 0), Count(1, 1, 0, 1), Count(0, 1, 0, 1),
    ]  # fmt: skip


def test_the_messages_of_one_caller_are_forgotten(real: Post) -> None:
    real.deliver("a.wav", caller="+4930")
    real.deliver("b.wav", caller="+4931")
    real.job.forget("+4930", 5)
    assert real.files() == ["b.wav"]
    assert real.told[-1] == ("601", Count(1, 0, 0, 0))


def test_a_mailbox_takes_messages_when_its_table_is_gone(
    database: Open, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "work.db"
    post = Post(database(f"sqlite:///{file}"), tmp_path)
    post.deliver("a.wav")
    file.unlink()
    post.deliver("b.wav")
    assert post.files() == ["b.wav"]
    assert caplog.text.count("the table ivr_mailbox is gone") == 1
