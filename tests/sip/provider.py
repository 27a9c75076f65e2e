"""A provider: Kamailio as registrar and as the proxy that calls out go by."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..ports import free_port
from .peer import LOCAL

DOMAIN, SECRET = "provider.example", "wonderland"
SAW = "saw $tU expires=$hdr(Expires) to=$ru by=$si:$sp contact=$ct auth=$adu id=$ci/$cs"
CONFIGURATION = """
debug=0
log_stderror=yes
listen=udp:{address}
listen=tcp:{address}
{tls}
alias={domain}
children=1
tcp_children=1
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "xlog.so"
loadmodule "htable.so"
loadmodule "auth.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
modparam("auth", "algorithm", "{algorithm}")
modparam("registrar", "min_expires", 1)
modparam("usrloc", "timer_interval", 1)
modparam("htable", "htable", "seen=>size=6;initval=0")

request_route {{
    if (is_method("REGISTER")) {{
        xlog("L_ALERT", "{saw}\\n");
        route(REGISTRAR);
    }} else if (has_totag()) {{
        loose_route();
    }} else if (is_method("INVITE")) {{
        xlog("L_ALERT", "call from=$fU to=$ru auth=$adu id=$ci/$cs\\n");
        record_route();
        if ($fU == "caller") {{
            if (!lookup("location")) {{
                sl_send_reply("404", "Not Here");
                exit;
            }}
        }} else if (!pv_proxy_authenticate("{domain}", "{secret}", "0")) {{
            proxy_challenge("{domain}", "1");
            exit;
        }} else {{
            consume_credentials();
        }}
        remove_hf("Route");
    }}
    t_relay();
}}

route[REGISTRAR] {{
    $var(count) = $shtinc(seen=>$tU);
    switch ($tU) {{
        case "barred":
            sl_send_reply("403", "Forbidden");
            exit;
        case "moved":
            append_to_reply("Contact: <sip:elsewhere.example>\\r\\n");
            sl_send_reply("302", "Moved");
            exit;
        case "busy":
            if ($var(count) == 1) {{
                append_to_reply("Retry-After: 2\\r\\n");
                sl_send_reply("503", "Busy");
                exit;
            }}
            break;
        case "brief":
            if ($(hdr(Expires){{s.int}}) < 9) {{
                append_to_reply("Min-Expires: 9\\r\\n");
                sl_send_reply("423", "Interval Too Brief");
                exit;
            }}
    }}
    if (!pv_www_authenticate("{domain}", "{secret}", "0")) {{
        www_challenge("{domain}", "1");
        exit;
    }}
    save("location");
    exit;
}}
"""


PROBE = """\
REGISTER sip:{domain} SIP/2.0\r
Via: SIP/2.0/UDP {here};branch=z9hG4bKprobe\r
From: <sip:probe@{domain}>;tag=1\r
To: <sip:probe@{domain}>\r
Call-ID: probe\r
CSeq: 1 REGISTER\r
Max-Forwards: 1\r
Content-Length: 0\r
\r
"""
BY_TLS = """
enable_tls=yes
listen=tls:{address}
loadmodule "tls.so"
modparam("tls", "tls_method", "TLSv1.2+")
modparam("tls", "certificate", "{certificate}")
modparam("tls", "private_key", "{key}")
"""


@dataclass(frozen=True)
class Seen:
    """A REGISTER as the provider saw it; `authorized`: it carried credentials."""

    user: str
    expires: int
    to: str
    by: str
    contact: str
    authorized: bool


class Provider:
    """See the module: with digests of one `algorithm`, and TLS where it has a `pair` of files,
    certificate and key."""

    def __init__(
        self, folder: Path, port: int, algorithm: str = "MD5", pair: tuple[Path, Path] | None = None
    ) -> None:
        self.port, self.tls_port = port, free_port() if pair else 0
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "log"
        self._file = folder / "provider.cfg"
        tls = ""
        if pair:
            address = f"{LOCAL}:{self.tls_port}"
            tls = BY_TLS.format(address=address, certificate=pair[0], key=pair[1])
        self._file.write_text(
            CONFIGURATION.format(
                address=f"{LOCAL}:{port}", domain=DOMAIN, secret=SECRET, algorithm=algorithm,
                tls=tls, saw=SAW,
            )
        )  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def uri(self) -> str:
        return f"sip:{LOCAL}:{self.port}"

    def by(self, transport: str) -> str:
        """Its URI with a transport."""
        port = self.tls_port if transport == "tls" else self.port
        return f"sip:{LOCAL}:{port};transport={transport}"

    def start(self) -> Provider:
        program = shutil.which("kamailio", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        assert program
        folder = str(self._folder)
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [program, "-f", str(self._file), "-DD", "-E", "-m", "32", "-M", "4", "-w", folder,
                 "-Y", folder],
                stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self._answers()
        return self

    def _answers(self) -> None:
        """Waits until it does: what comes before is lost, or comes twice."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((LOCAL, 0))
            probe.settimeout(0.1)
            here = "{}:{}".format(*probe.getsockname())
            for _ in range(300):
                probe.sendto(PROBE.format(here=here, domain=DOMAIN).encode(), (LOCAL, self.port))
                with suppress(TimeoutError):
                    if probe.recv(65535):
                        return
        raise AssertionError(f"Kamailio does not answer: {self.text}")

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, signal.SIGKILL)  # it has nothing to save, and children
            self._process.wait()
            self._process = None

    def saw(self, user: str) -> list[Seen]:
        """Every REGISTER of a user so far, each once, however often it came."""
        found = re.findall(
            rf"saw ({user}) expires=(\d+) to=(\S+) by=(\S+) contact=(.*) auth=(\S+) (id=\S+)",
            self.text,
        )  # fmt: skip
        once = {id: Seen(u, int(e), to, by, c, a != "<null>") for u, e, to, by, c, a, id in found}
        return list(once.values())

    @property
    def text(self) -> str:
        return self._log.read_text()
