"""The accounts of a line: registered, kept registered, and given up.

pjsip can renew and retry by itself, but it retries as it likes, whatever Retry-After says, and
renews five seconds before the end, which leaves no time for a failure.  So both are done from here.
"""

from __future__ import annotations

import functools
import logging
import random
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pjsua2 as pj

from ..engine.errors import SettingsError
from .accounts import FAILING, IDLE, REFUSED, REGISTERED, TRYING, LineAccount, Registration
from .leg import Account, logged
from .message import one_line
from .retry import REFUSALS, Retry, retry_after
from .setup import account_config

if TYPE_CHECKING:
    from .stack import Stack
    from .timers import Timer

logger = logging.getLogger(__name__)

BUSY = 171001  # PJSIP_EBUSY: a REGISTER is on its way
DELAYS = (5, 6)  # seconds before the end, at which the stack renews by itself

_kept: list[pj.Account] = []


class Registrar:
    """The accounts of `stack`.  Nothing is registered before `keep`.

    `failed` is called with the name of an account after each failure.
    """

    def __init__(self, stack: Stack, jitter: Callable[[], float] = random.random) -> None:
        self.failed: Callable[[str], None] = lambda account: None
        self._stack = stack
        self._jitter = jitter
        self._clients: dict[str, Client] = {}

    def open(self) -> None:
        """Makes the accounts known to the stack.  Raises `SettingsError`."""
        for account in self._stack.settings.accounts:
            client = Client(self._stack, account, Retry(self._jitter), self._has_failed)
            try:
                client.open()
            except pj.Error as error:
                raise SettingsError(f"accounts.{account.name}: {one_line(error.reason)}") from None
            self._clients[account.name] = client

    def _has_failed(self, account: str) -> None:
        self.failed(account)

    def account(self, name: str, prm: pj.CallOpParam, number: str = "") -> Account:
        """The account for a call out; `prm` gets who calls: `number` in its domain, or its own.
        Raises `KeyError`."""
        client = self._clients[name]
        prm.txOption.localUri = client.account.uri_of(number)
        return client.pj

    def keep(self) -> None:
        """Registers all accounts that are to be, and keeps them so."""
        for client in self._registering():
            client.keep()

    def leave(self) -> None:
        """Leaves them as they are: another process keeps them from now on."""
        for client in self._registering():
            client.leave()

    def end(self) -> None:
        """Takes them back, where they are kept from here; `busy` until the registrars agree."""
        for client in self._registering():
            client.end()

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited that matters at the end."""
        return any(client.ending for client in self._clients.values())

    def states(self) -> list[Registration]:
        """How each account that is to be registered is."""
        return [client.state for client in self._registering()]

    def close(self) -> bool:
        """Before the stack goes: lets go of the accounts.  Whether it must go without a word."""
        clients = list(self._clients.values())
        self._clients.clear()
        return any([client.close() for client in clients])

    def _registering(self) -> list[Client]:
        return [client for client in self._clients.values() if client.account.register]


class Client:
    """One account."""

    def __init__(
        self, stack: Stack, account: LineAccount, retry: Retry, failed: Callable[[str], None]
    ) -> None:
        self.account = account
        self.state = Registration(account.name, account.registrar)
        self.ending = False
        self._stack = stack
        self._retry = retry
        self._failed = failed
        self._wanted = self._left = False
        self._pending = False  # a REGISTER is on its way
        self._bound = False  # the stack holds a registration
        self._granted = 0
        self._timer: Timer | None = None
        self._config = pj.AccountConfig()

    def open(self) -> None:
        """Raises `pj.Error`."""
        account = self.account
        proxies = [account.proxy] if account.proxy else []
        config = self._config = account_config(self._stack.settings, account.aor, *proxies)
        if account.secret:
            user = account.auth_user or account.user
            credentials = pj.AuthCredInfo("digest", "*", user, 0, account.secret)
            config.sipConfig.authCreds.append(credentials)
        registration = config.regConfig
        registration.registrarUri = account.registrar
        registration.registerOnAdd = False
        registration.disableRegOnModify = True
        registration.timeoutSec = account.expires
        registration.retryIntervalSec = registration.firstRetryIntervalSec = 0
        registration.delayBeforeRefreshSec = DELAYS[0]
        # What we are called from outside the settings say; the stack would take a proxy's word.
        nat = config.natConfig
        nat.contactRewriteUse = nat.viaRewriteUse = nat.sipOutboundUse = 0
        self.pj = _Account(self._stack, self._answered)
        self.pj.create(config)

    def keep(self) -> None:
        if not self._wanted:
            self._wanted, self._left, self.ending = True, False, False
            self._tell(TRYING)
            self._again()

    def leave(self) -> None:
        self._wanted, self._left = False, True
        self._wait(None)
        if self._bound and not self._pending:
            self._put_off()
        self._tell(IDLE)

    def end(self) -> None:
        if not self._wanted:
            return
        self._wanted = False
        self._wait(None)
        self.ending = self._bound or self._pending
        if self._bound and not self._pending:
            self._send(False)
        elif not self.ending:
            self._tell(IDLE)

    def close(self) -> bool:
        """Whether the stack still holds a registration, which its end would take back."""
        self._wait(None)
        if self._bound or self._pending:
            # Its destructor would take it back, too.
            self.pj.this.disown()
            _kept.append(self.pj)
        del self.pj
        return self._bound or self._pending

    # -- inside -----------------------------------------------------------------------------------

    def _again(self) -> None:
        self._wait(None)
        if not self._pending:
            self._send(True)

    def _send(self, wanted: bool) -> None:
        self._pending = True
        try:
            self.pj.setRegistration(wanted)
        except pj.Error as error:
            if error.status != BUSY:  # else the answer to the stack's own renewal tells
                self._answered(0, one_line(error.reason), 0, 0.0)

    def _answered(self, code: int, reason: str, granted: int, asked: float) -> None:
        """A final answer to REGISTER; `code` 0: it could not be sent."""
        self._pending = False
        self._bound = 200 <= code < 300 and granted > 0
        self._granted = granted
        if not self._wanted:
            self._settle()
        elif self._bound:
            self._succeed(granted, code, reason)
        elif 200 <= code < 300:  # to what `end` sent, before it was wanted again
            self._again()
        else:
            self._fail(code, reason, asked)

    def _settle(self) -> None:
        """An answer that came after we had ceased to care."""
        if self._bound and self.ending:
            self._send(False)
        elif self._bound:
            self._put_off()
        else:
            if self.ending:
                logger.info("account %s: no longer registered", self.account.name)
            self.ending = False
            self._tell(IDLE)

    def _succeed(self, granted: int, code: int, reason: str) -> None:
        if self.state.state != REGISTERED:
            logger.info(
                "account %s: registered at %s, for %d s each time",
                self.account.name, self.account.registrar, granted,
            )  # fmt: skip
        self._tell(REGISTERED, code, reason, time.time() + granted)
        self._wait(self._retry.granted(granted))

    def _fail(self, code: int, reason: str, asked: float) -> None:
        seconds = self._retry.failed(code, asked)
        refused = code in REFUSALS
        if (code, reason) != (self.state.code, self.state.reason):
            level = logging.ERROR if refused else logging.WARNING
            why = (
                "the registrar refuses it: see its user, domain and secret"
                if refused
                else "the registrar did not take it"
            )
            if code == 0:
                why = "no answer of the registrar"
            logger.log(
                level, "account %s: %s (%s); tried again in %d s",
                self.account.name, why, f"{code or ''} {reason}".strip(), round(seconds),
            )  # fmt: skip
        until = self.state.until if self.state.until > time.time() else 0.0
        self._tell(REFUSED if refused else FAILING, code, reason, until)
        self._failed(self.account.name)
        self._wait(seconds)

    def _put_off(self) -> None:
        """Keeps the stack from renewing what another process keeps.

        It cannot let go of a registration without taking it back, but begins to wait anew when it
        is told another time before the end to renew at.
        """
        registration = self._config.regConfig
        registration.delayBeforeRefreshSec = sum(DELAYS) - registration.delayBeforeRefreshSec
        try:
            self.pj.modify(self._config)
        except pj.Error as error:  # then it is renewed twice, which harms nobody
            logger.info("account %s: %s", self.account.name, one_line(error.reason))
            return
        self._wait(max(self._granted - max(DELAYS), min(DELAYS)) / 2, self._put_off)

    def _wait(self, seconds: float | None, then: Callable[[], None] | None = None) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None
        if seconds is not None:
            self._timer = self._stack.later(seconds, then or self._again)

    def _tell(self, state: str, code: int = 0, reason: str = "", until: float = 0.0) -> None:
        before = self.state
        since = before.since if state == before.state else time.time()
        self.state = replace(
            before, state=state, since=since, until=until, code=code, reason=reason
        )


class _Account(Account):
    """Hears of its registration, too."""

    def __init__(self, stack: Stack, answered: Callable[[int, str, int, float], None]) -> None:
        super().__init__(stack)
        self._answered = answered

    @logged
    def onRegState(self, prm: pj.OnRegStateParam) -> None:
        answer = prm.rdata.wholeMsg
        asked = retry_after(answer)
        # Where none came, the stack makes up a status of its own.
        told = prm.code if answer else 0, one_line(prm.reason), int(prm.expiration), asked
        self._stack.defer(functools.partial(self._answered, *told))
