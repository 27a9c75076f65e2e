"""Models are fetched, verified and unpacked, whatever the archive is up to."""

from __future__ import annotations

import hashlib
import io
import struct
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from ivr.engine.errors import SettingsError
from ivr.speech import model_store
from ivr.speech.archive import BadArchive, Limits, unpack
from ivr.speech.model_store import install_model, language_of, model_of, models_in
from ivr.speech.vosk_model import EMBEDDED

NAME = "vosk-model-small-de-0.1"
FILES = {
    str(file.relative_to(EMBEDDED["en"])): file.read_bytes()
    for file in EMBEDDED["en"].rglob("*")
    if file.is_file()
}
WITHOUT_GRAMMAR = {name: data for name, data in FILES.items() if "HCLr" not in name}
PLENTY = Limits(1 << 30)


class Told:
    """What the bar was told last, of each thing."""

    def __init__(self) -> None:
        self.of: dict[str, tuple[int, int]] = {}

    def __call__(self, what: str, done: int, total: int) -> None:
        self.of[what] = (done, total)


def zipped(files: dict[str, bytes], file: Path, root: str = f"{NAME}/") -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(root + name, data)
    return file


def tarred(files: dict[str, bytes], file: Path, root: str = f"{NAME}/") -> Path:
    with tarfile.open(file, "w:gz") as tape:
        for name, data in files.items():
            entry = tarfile.TarInfo(root + name)
            entry.size = len(data)
            tape.addfile(entry, io.BytesIO(data))
    return file


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "shop" / "models"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """The address of what is in the folder `web`."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    folder = tmp_path / "web"
    folder.mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(("pack", "ending"), [(zipped, "zip"), (tarred, "tar.gz")])
@pytest.mark.parametrize("root", [f"{NAME}/", "", "./"])
def test_a_model_of_the_web_is_verified_and_installed(
    pack: Callable[..., Path], ending: str, root: str, store: Path, web: str, tmp_path: Path
) -> None:
    file = pack(FILES, tmp_path / "web" / f"{NAME}.{ending}", root)
    size, sha256 = file.stat().st_size, hashlib.sha256(file.read_bytes()).hexdigest()
    told = Told()
    done = install_model(f"{web}/{file.name}?v=1", store, sha256.upper(), told)
    assert done.model == model_of(store / NAME) and done.sha256 == sha256
    assert (done.model.fault, done.model.words) == ("", 299)
    assert told.of["Fetching"] == (size, size)
    assert told.of["Unpacking"][0] == done.model.size == sum(map(len, FILES.values()))
    assert list(store.iterdir()) == [store / NAME]


def test_a_model_of_a_file_is_installed_and_stays(store: Path, tmp_path: Path) -> None:
    file = zipped(FILES, tmp_path / "mine.zip", "")
    install_model(str(file), store, "", Told())
    assert file.exists() and [each.name for each in models_in(store)] == ["mine"]


def test_an_older_model_is_installed(store: Path, tmp_path: Path) -> None:
    """All its files are side by side."""
    older = {Path(name).name: data for name, data in FILES.items()}
    install_model(str(zipped(older, tmp_path / "a.zip")), store, "", Told())
    assert [(each.name, each.fault, each.words) for each in models_in(store)] == [(NAME, "", 299)]


def refused(source: str | Path, store: Path, sha256: str = "") -> str:
    with pytest.raises(SettingsError) as error:
        install_model(str(source), store, sha256, Told())
    assert not store.exists() or all(each.name == NAME for each in store.iterdir())
    return str(error.value)


def test_what_is_not_as_expected_is_not_unpacked(store: Path, tmp_path: Path) -> None:
    file = zipped(FILES, tmp_path / "a.zip")
    assert f"not {'0' * 64}; fetch it again" in refused(file, store, "0" * 64)
    assert "expected 64 hexadecimal digits" in refused(file, store, "abc")


def test_a_model_that_is_there_is_kept(store: Path, tmp_path: Path) -> None:
    file = zipped(FILES, tmp_path / "a.zip")
    install_model(str(file), store, "", Told())
    (store / NAME / "mine").touch()
    assert "exists already; remove it first" in refused(file, store)
    assert (store / NAME / "mine").exists()


def test_a_model_without_grammars_says_which_have_them(store: Path, tmp_path: Path) -> None:
    said = refused(zipped(WITHOUT_GRAMMAR, tmp_path / "a.zip"), store)
    assert "there is no graph/HCLr.fst in it" in said and "`small` or `lgraph`" in said


@pytest.mark.parametrize("files", [{}, {"README": b""}, {"deep/er/am/final.mdl": b""}])
def test_what_is_no_model(files: dict[str, bytes], store: Path, tmp_path: Path) -> None:
    assert "expected folders am, conf and graph" in refused(
        zipped(files, tmp_path / "a.zip"), store
    )


def test_what_cannot_be_fetched(store: Path, web: str) -> None:
    assert "the server says 404; is the address right?" in refused(f"{web}/none.zip", store)
    assert "cannot be fetched" in refused("http://127.0.0.1:1/none.zip", store)
    assert "cannot be fetched" in refused("http://[/none.zip", store)
    assert "name one, or an http(s) address" in refused("none.zip", store)


def test_what_is_too_large_is_not_fetched(
    store: Path, web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zipped(FILES, tmp_path / "web" / "a.zip")
    monkeypatch.setattr(model_store, "LARGEST_ARCHIVE", 1000)
    assert "is it a model?" in refused(f"{web}/a.zip", store)


def test_a_store_that_cannot_be_made(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="Not a directory"):
        install_model(str(zipped(FILES, tmp_path / "a.zip")), tmp_path / "file/in", "", Told())


# -- archives that are up to no good ---------------------------------------------------------------


def bad(archive: Path, limits: Limits = PLENTY) -> str:
    folder = archive.parent / "unpacked" / "here"
    folder.mkdir(parents=True)
    with pytest.raises(BadArchive) as error:
        unpack(archive, folder, limits, lambda done, total: None)
    assert list(folder.parent.iterdir()) == [folder]
    assert sum(file.stat().st_size for file in folder.rglob("*")) <= limits.size + 4096
    return str(error.value)


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("name", ["../out", "/tmp/out", "a/../../out", "..\\out", "C:\\out"])
def test_no_file_gets_out(pack: Callable[..., Path], name: str, tmp_path: Path) -> None:
    archive = pack({"fine": b"", name: b"!"}, tmp_path / "a", "")
    assert bad(archive) == f"{name!r} in it would be written elsewhere"


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE]
)
def test_no_link_or_device_comes_out_of_a_tar(kind: bytes, tmp_path: Path) -> None:
    archive = tmp_path / "a.tar"
    with tarfile.open(archive, "w") as tape:
        entry = tarfile.TarInfo("am")
        entry.type, entry.linkname = kind, "/etc"
        tape.addfile(entry)
    assert bad(archive) == "'am' in it is a link or a device"


def test_no_link_comes_out_of_a_zip(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        entry = zipfile.ZipInfo("am")
        entry.external_attr = 0o120777 << 16
        packed.writestr(entry, "/etc")
    assert bad(archive) == "'am' in it is a link or a device"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_no_more_comes_out_than_is_allowed(pack: Callable[..., Path], tmp_path: Path) -> None:
    archive = pack({"a": bytes(10_000_000), "b": bytes(10_000_000)}, tmp_path / "a")
    assert archive.stat().st_size < 50_000
    assert "more than 10,000 files or 15 MB" in bad(archive, Limits(15_000_000))


def test_an_archive_that_says_less_than_it_has(tmp_path: Path) -> None:
    """Both places of a zip that tell the size of a file tell another one."""
    archive = zipped({"a": bytes(10_000_000)}, tmp_path / "a.zip", "")
    lied = archive.read_bytes().replace(struct.pack("<I", 10_000_000), struct.pack("<I", 100))
    archive.write_bytes(lied)
    assert bad(archive, Limits(1000))


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_no_more_files_come_out_than_are_allowed(pack: Callable[..., Path], tmp_path: Path) -> None:
    archive = pack({f"{number}": b"" for number in range(20)}, tmp_path / "a")
    assert "more than 10 files" in bad(archive, Limits(1000, 10))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice(tmp_path: Path) -> None:
    archive = tmp_path / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr("am", b"1")
        packed.writestr("am/final.mdl", b"2")
    assert bad(archive) == "'am/final.mdl' is in it twice"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_that_is_damaged(pack: Callable[..., Path], tmp_path: Path) -> None:
    archive = pack(FILES, tmp_path / "a")
    whole = archive.read_bytes()
    for at in (len(whole) // 3, len(whole) // 2):
        archive.write_bytes(whole[:at] + bytes(64) + whole[at + 64 :])
        folder = tmp_path / str(at)
        folder.mkdir()
        with pytest.raises(BadArchive, match="damaged"):
            unpack(archive, folder, PLENTY, lambda done, total: None)


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"<html>Not found</html>")
    assert bad(tmp_path / "a.zip") == "it is no zip or tar file"


@pytest.mark.parametrize(
    ("name", "language"),
    [
        ("vosk-model-small-de-0.15", "de"),
        ("vosk-model-de-0.21", "de"),
        ("vosk-model-en-us-0.22-lgraph", "en"),
        ("vosk-model-small-fr", "fr"),
        ("model", ""),
        ("vosk-model", ""),
    ],
)
def test_the_language_that_a_name_tells(name: str, language: str) -> None:
    assert language_of(name) == language
