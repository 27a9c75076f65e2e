"""How the log looks: lines for people, or JSON objects for machines.

A record that concerns a call has its id as `call`: ``log.error("…", extra={"call": id})``.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime


def setup(format: str, **fields: str) -> None:
    """Send the log of this process to stderr; *format* is `text` or `json`.

    *fields* go into every line: JSON has them by name, text has their values.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(_Json(fields) if format == "json" else _Text(fields))
    for chatty in ("watchfiles", "alembic"):  # what they do we tell ourselves
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


class _Text(logging.Formatter):
    def __init__(self, fields: dict[str, str]) -> None:
        always = "".join(f" {value.replace('%', '%%')}" for value in fields.values())
        super().__init__(f"%(asctime)s %(levelname)s{always} %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        call = getattr(record, "call", "")
        if call:
            record.message = f"call {call}: {record.message}"
        return super().formatMessage(record)


class _Json(logging.Formatter):
    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self._fields = fields

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        line = {
            "time": moment.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            **self._fields,
            "message": record.getMessage(),
        }
        call = getattr(record, "call", "")
        if call:
            line["call"] = call
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
