"""Tell somebody outside."""

from dataclasses import dataclass
from typing import Annotated, Any

from ..answers import conclude
from ..call import Call
from ..errors import FlowError
from ..verb import (
    MAILED,
    NO_HEADERS,
    Arguments,
    AskedUrl,
    Doc,
    Plain,
    Result,
    SecretText,
    TemplateText,
    verb,
)
from ..work import WhileWaiting, WorkSeconds, work
from .http import Retries, request_address


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail by the server of the settings."""

    to: Annotated[tuple[TemplateText, ...], Doc("addresses")]
    subject: Annotated[TemplateText, Doc("its subject")]
    text: Annotated[TemplateText, Doc("what it says")] = ""
    attach: Annotated[
        TemplateText, Doc("a recording to go with it: the variable of record, {{ recording }}")
    ] = ""


def _check(arguments: Arguments) -> str:
    webhook, mail = arguments.get("webhook"), arguments.get("mail")
    if bool(webhook) == (mail is not None):
        return "expected one of the two: webhook or mail"
    if webhook and not arguments.get("secret"):
        return "a webhook needs a secret, to sign what is sent to it: '{{ secrets.crm }}'"
    return ""


@verb("notify", ("ok", "failed", "timeout"), goes_on="ok", check=_check, after_call=True)
async def notify(
    call: Call,
    webhook: Annotated[AskedUrl | None, Doc("URL that is told")] = None,
    secret: Annotated[SecretText, Doc("key that what is sent there is signed with")] = "",
    body: Annotated[Plain, Doc("what it is told besides who called whom; may be secret")] = None,
    retries: Annotated[Retries, Doc("further attempts for the webhook")] = 2,
    mail: Annotated[Mail | None, MAILED, Doc("a mail instead")] = None,
    seconds: Annotated[WorkSeconds, Doc("time for it")] = 5.0,
    while_waiting: Annotated[WhileWaiting | None, Doc("what the caller hears meanwhile")] = None,
) -> Result:
    """Tell a webhook, or send a mail.

    The webhook gets `{"call": …, "caller": …, "dialled": …, "data": body}` by POST, signed as
    records are.  `code` is the status it answered with.
    """
    if wrong := _check({"webhook": webhook, "mail": mail, "secret": secret}):
        raise FlowError(wrong)
    order: dict[str, Any]
    if mail is not None:
        order = {
            "mail": {
                "to": [call.text(address) for address in mail.to],
                "subject": call.text(mail.subject),
                "text": call.text(mail.text),
                "attach": call.text(mail.attach),
            }
        }
    else:
        about = {"call": call.id, "caller": call.caller, "dialled": call.dialled}
        order = {
            "webhook": request_address(call, webhook or ""),
            "secret": call.filled(secret),
            "body": {**about, "data": call.filled(body)},
            "key": f"{call.id}-{call.new_id()}",
            "retries": retries,
        }
    done = await work(call, "notify", order, seconds, while_waiting)
    code = done.value if isinstance(done.value, int) else 0
    return conclude(call, "notify", done, {}, NO_HEADERS, code=code)
