"""Mails, by SMTP, with a recording if there is one."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import Any, Literal

from .job import Deadline, Failed, Order, TooSlow
from .secrecy import masked

GOODBYE = 1.0  # seconds that it is waited for
LARGEST_FILE = 25_000_000  # bytes: what mail servers usually take

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in, and as whom."""

    host: str
    port: int
    security: Security
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


class Mail:
    """Sends mails by *server*; only files in *folders* go with them."""

    def __init__(
        self,
        server: MailServer,
        folders: Sequence[Path] = (),
        trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    ) -> None:
        self._server = server
        self._folders = [folder.resolve() for folder in folders]
        self._trust = trust

    def send(self, order: Order, seconds: float) -> None:
        """Raises `Failed` and `TooSlow`."""
        server, deadline = self._server, Deadline(seconds)
        message = self._message(order)
        try:
            with _leaving(self._connected(deadline.left)) as link:
                if server.security == "starttls":
                    link.starttls(context=self._trust())
                if server.user:
                    link.login(server.user, server.password)
                deadline.left  # noqa: B018  # or it would go out, and be told not to have
                refused = link.send_message(message)
        except TimeoutError:
            raise TooSlow from None
        except smtplib.SMTPServerDisconnected as error:
            if deadline.over:
                raise TooSlow from None
            raise Failed(_why(error)) from None
        except (smtplib.SMTPException, OSError) as error:
            raise Failed(masked(_why(error), [server.password])) from None
        if refused:
            raise Failed(f"{_nobody(refused)}; the others have it")

    def _connected(self, seconds: float) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(
                server.host, server.port, timeout=seconds, context=self._trust()
            )
        return smtplib.SMTP(server.host, server.port, timeout=seconds)

    def _message(self, order: Order) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"] = self._server.sender
            message["To"] = ", ".join(order["to"])
            message["Subject"] = " ".join(order["subject"].split())
            message["Date"] = formatdate(localtime=True)
            message["Message-ID"] = make_msgid(domain=self._server.sender.rpartition("@")[2])
        except (ValueError, MessageError, IndexError):
            raise Failed("an address that is none; expected such as office@example.com") from None
        to = message["To"]
        named = [address.username and address.domain for address in to.addresses]
        if to.defects or not named or not all(named):
            raise Failed("an address that is none; expected such as office@example.com")
        message.set_content(order["text"])
        if order["attach"]:
            self._attach(message, order["attach"])
        return message

    def _attach(self, message: EmailMessage, name: str) -> None:
        file = Path(name).resolve()
        if not any(file.is_relative_to(folder) for folder in self._folders):
            raise Failed("what is attached is no recording of this line")
        try:
            if file.stat().st_size > LARGEST_FILE:
                raise Failed(f"the recording has more than {LARGEST_FILE:,} bytes")
            content = file.read_bytes()
        except OSError as error:
            raise Failed(f"the recording cannot be read: {error.strerror}") from None
        message.add_attachment(content, maintype="audio", subtype="wav", filename=file.name)


@contextmanager
def _leaving(link: smtplib.SMTP) -> Iterator[smtplib.SMTP]:
    """Say goodbye in the end: what comes of that is nothing to a mail that was taken."""
    try:
        yield link
    finally:
        with suppress(smtplib.SMTPException, OSError):
            if link.sock is not None:
                link.sock.settimeout(GOODBYE)
            link.quit()
        link.close()


def _nobody(refused: Iterable[str]) -> str:
    return f"nobody there by the name of {', '.join(refused)}"


def _why(error: Any) -> str:
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return _nobody(refused)
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=words):
            return f"the mail server says {code} {_text(words)}"
        case OSError(strerror=words) if words:
            return f"the mail server cannot be reached: {words}"
    return f"the mail server: {error}"


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words
