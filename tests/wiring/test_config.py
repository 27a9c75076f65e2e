"""Settings: typed, with faults by line, and the environment on top."""

import re
from pathlib import Path

import pytest

from ivr.config import describe, load_settings
from ivr.engine.errors import LoadError, SettingsError
from ivr.fleet.place import Place, line_settings
from tests.flowfile.reading import without_code


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ivr.yaml"


def faults(file: Path, text: str) -> list[str]:
    file.write_text(text)
    with pytest.raises(LoadError) as caught:
        load_settings(file)
    return [without_code(fault).replace(f"{file}:", "") for fault in caught.value.faults]


def test_the_least_file_has_a_route(file: Path) -> None:
    file.write_text('routes: {"*": flows/menu.yaml}\n')
    settings = load_settings(file)
    assert settings.routes == {"*": file.parent / "flows/menu.yaml"}
    assert settings.sip.address == "127.0.0.1" and settings.sip.port == 5060
    assert settings.messages == file.parent / "var/messages"


def test_flows_that_no_number_leads_to(file: Path) -> None:
    file.write_text('routes: {"*": a.yaml}\nflows: [survey.yaml, a.yaml]\n')
    settings = load_settings(file)
    assert settings.flow_files == [file.parent / "a.yaml", file.parent / "survey.yaml"]
    assert "flows" not in settings.fixed()  # a reload takes them up


def test_numbers_that_look_like_octal_stay_numbers_of_phones(file: Path) -> None:
    file.write_text("routes: {0123: a.yaml, on: b.yaml}\n")
    assert set(load_settings(file).routes) == {"0123", "on"}


def test_the_environment_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('routes: {"*": a.yaml}\nsip: {port: 5070, rtp_port: 20000}\n')
    monkeypatch.setenv("IVR_SIP__PORT", "5080")
    settings = load_settings(file)
    assert settings.sip.port == 5080
    assert settings.sip.rtp_port == 20000


def test_a_bad_variable_is_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_SIP__PORT", "many")
    (fault,) = faults(file, 'routes: {"*": a.yaml}\n')
    assert fault.startswith("environment variable IVR_SIP__PORT: ")


@pytest.mark.parametrize(
    ("variable", "fault"),
    [
        ("IVR_SIP__PROT", "unknown key 'prot'; did you mean 'port'?"),
        ("IVR_SIP_PORT", "no such setting; did you mean IVR_SIP__PORT?"),
        ("IVR_DRAIN__SECONDS", "no such setting; did you mean IVR_DRAIN_SECONDS?"),
        ("ivr_call", "no such setting; did you mean IVR_CALLS?"),
        ("IVR_SETTING", "no such setting; did you mean IVR_SETTINGS?"),
        ("IVR_Q", "no such setting; `ivr config` lists them all"),
    ],
)
def test_a_misspelt_variable_is_not_ignored(
    file: Path, monkeypatch: pytest.MonkeyPatch, variable: str, fault: str
) -> None:
    monkeypatch.setenv(variable, "5070")
    assert faults(file, 'routes: {"*": a.yaml}\n') == [f"environment variable {variable}: {fault}"]


def test_a_variable_of_the_command_line_is_no_setting(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IVR_SETTINGS", str(file))
    file.write_text('routes: {"*": a.yaml}\n')
    load_settings(file)


@pytest.mark.parametrize(
    ("key", "rest"), [("var", '""'), ("prompts", '""'), ("records", '{file: ""}')]
)
def test_an_empty_path_is_not_the_folder_of_the_settings(file: Path, key: str, rest: str) -> None:
    (fault,) = faults(file, f'routes: {{"*": a.yaml}}\n{key}: {rest}\n')
    assert fault.endswith("expected the name of a file or folder, found ''")
    assert fault.startswith("2:")


def test_an_empty_path_in_the_environment(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IVR_VAR", "")
    (fault,) = faults(file, 'routes: {"*": a.yaml}\n')
    assert fault == "environment variable IVR_VAR: expected the name of a file or folder, found ''"


@pytest.mark.parametrize("variable", ["IVR_ROUTES", "IVR_SIP", "IVR_VOICE__NAMES"])
def test_a_variable_for_what_has_parts_is_json(
    file: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    file.write_text('routes: {"*": a.yaml}\n')
    monkeypatch.setenv(variable, "foo")
    with pytest.raises(SettingsError, match=f"^{variable}: expected JSON such as {{"):
        load_settings(file)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("routes: {}", '1:9: routes: expected at least one, such as {"*": "flows/menu.yaml"}'),
        ("routes: {'*': a.yaml}\nsip: {codecs: []}", "2:15: sip.codecs: expected at least one"),
    ],
)
def test_what_must_not_be_empty(file: Path, text: str, fault: str) -> None:
    assert faults(file, text) == [fault]


def test_all_faults_at_once_with_their_places(file: Path) -> None:
    found = faults(
        file,
        'routes: {"*": a.yaml}\nsip: {port: 99999, adress: x, tcp: maybe}\ndrain_secnds: 3\n',
    )
    assert found == [
        "2:13: sip.port: input should be less than or equal to 65535, found '99999'",
        "2:20: unknown key 'adress'; did you mean 'address'?",
        "2:36: sip.tcp: input should be a valid boolean, unable to interpret input, found 'maybe'",
        "3:1: unknown key 'drain_secnds'; did you mean 'drain_seconds'?",
    ]


@pytest.mark.parametrize("text", ["", "- a\n", "routes: {}\n", "routes: 5\n", "x"])
def test_a_file_that_is_no_settings_is_told_what_is_needed(file: Path, text: str) -> None:
    assert any("routes" in fault for fault in faults(file, text))


def test_an_address_is_ipv4(file: Path) -> None:
    (fault,) = faults(file, 'routes: {"*": a.yaml}\nsip: {address: localhost}\n')
    assert fault.startswith("2:16: sip.address: ")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("codecs: [PCMU, OPUS]", "2:22: sip.codecs.1"),
        ("codecs: [PCMU, PCMU]", "expected each codec once"),
        ("codecs: []", "sip.codecs"),
        ("srtp: maybe", "2:13: sip.srtp"),
        ("tls_key: key.pem", "TLS needs both"),
    ],
)
def test_faults_in_what_sound_is_made_of(file: Path, text: str, fault: str) -> None:
    (found,) = faults(file, f'routes: {{"*": a.yaml}}\nsip: {{{text}}}\n')
    assert fault in found


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("sip: {rtp_port: 65500}", "ports 65500 to 65699, and 65535 is the last; .* 65336 or less"),
        ("sip: {rtp_port: 5000}", "RTP takes ports 5000 to 5199, and 5060 is port; move one"),
        ("sip: {rtp_port: 10001}", "expected an even port from 1024 on, not 10001"),
        ("sip: {public_address: pbx.example}", "sip.public_address"),
        ("control: {token: short}", "control.token: a token has 16 or more letters"),
        ("accounts: {a: {registrar: 'sip:r.example;transport=sctp', user: a}}",
         "accounts.a.registrar: expected a transport of udp, tcp, tls"),
        ("calls_out: {allow: [6XX]}", "calls_out.allow.0: .*write 6XX@pbx.example"),
        ("secrets: {crm: short}", "secrets.crm: .* such as {env: CRM_TOKEN} or {file: "),
    ],
)  # fmt: skip
def test_settings_that_could_never_serve(file: Path, text: str, fault: str) -> None:
    file.write_text(f"routes: {{100: a.yaml}}\n{text}\n")
    with pytest.raises(LoadError) as caught:
        load_settings(file)
    assert re.search(rf"ivr.yaml:2:\d+: .*{fault}", str(caught.value))
    assert "short" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "secrets: s3cr3t/",
        "secrets: {crm: s3cr3t/}",
        "secrets: {crm: {env: s3cr3t/}}",
        "secrets: {crm: {value: s3cr3t/}}",
        "mailboxes: {601: s3cr3t/}",
        "mailboxes: {601: {pin: s3cr3t/}}",
        "mailboxes: {601: {pin: {env: s3cr3t/}}}",
        "work: s3cr3t/",
        "work: {databases: s3cr3t/}",
        "work: {databases: {crm: s3cr3t/}}",
        "work: {databases: {crm: {url: s3cr3t/}}}",
        "work: {databases: {crm: {url: 'a://b', password: s3cr3t/}}}",
        "work: {databases: {crm: {url: 'a://b', password: {env: s3cr3t/}}}}",
        "work: {mail: s3cr3t/}",
        "work: {mail: {password: s3cr3t/}}",
        "work: {mail: {password: {env: s3cr3t/}}}",
        "accounts: {a: s3cr3t/}",
        "accounts: {a: {registrar: 'sip:r.example', user: a, secret_env: s3cr3t/}}",
        "records: {database: s3cr3t/}",
        "records: {webhook: s3cr3t/}",
        "records: {webhook_secret: [s3cr3t/]}",
        "control: {token: s3cr3t/}",
        "control: {token: [s3cr3t/]}",
    ],
)
def test_a_secret_in_the_wrong_place_is_not_shown(file: Path, text: str) -> None:
    assert "s3cr3t" not in str(faults(file, f"routes: {{100: a.yaml}}\n{text}\n"))


def test_a_line_without_a_front_takes_tls(file: Path) -> None:
    file.write_text('routes: {"*": a.yaml}\nsip: {tls_certificate: a.pem, tls_key: b.pem}\n')
    settings = load_settings(file)
    assert settings.sip.tls_certificate == file.parent / "a.pem"
    assert line_settings(settings).tls
    behind = Place("127.0.0.1", 5070, 20000, 120, front="127.0.0.1:5060")
    assert not line_settings(settings, behind).tls


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ('routes: {"49*": a.yaml, 200: a.yaml, 201: b.yaml}\n', "200"),
        ('routes: {"*": a.yaml}\n', "100"),
        ("routes: {200: a.yaml}\nself_call: {number: 017}\n", "017"),
    ],
)
def test_a_self_call_is_to_a_number_that_has_a_flow(file: Path, text: str, number: str) -> None:
    file.write_text(text)
    assert load_settings(file).self_called == number


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ivr new DIR"):
        load_settings(tmp_path / "none.yaml")


def test_every_key_is_documented() -> None:
    keys = describe()
    assert all(meaning for *_, meaning in keys)
    assert {"routes", "sip.port", "voice.rate"} <= {key for key, *_ in keys}


def test_an_empty_value_is_pointed_at(file: Path) -> None:
    (fault,) = faults(file, "routes:\n")
    assert fault.startswith("1:1: expected a value, found nothing")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("voice: {engine: festival}", "input should be 'pyttsx3', 'espeak-ng', 'piper' or 'rec"),
        ("voice: {engine: piper}", "piper needs the file of a voice, such as piper: {en: amy.onn"),
        ("voice: {fallback: [recorded]}", "recorded needs the folder of the words, such as rec"),
        ("voice: {pitch: 3}", "input should be less than or equal to 2"),
    ],
)
def test_a_voice_has_an_engine_and_what_it_needs(file: Path, text: str, fault: str) -> None:
    (found,) = faults(file, f"routes: {{'*': a.yaml}}\n{text}\n")
    assert fault in found


def test_the_files_of_voices_are_beside_the_settings(file: Path) -> None:
    file.write_text("routes: {'*': a.yaml}\nvoice: {piper: {en: amy.onnx}, recorded: words}\n")
    voice = load_settings(file).voice
    assert voice.piper == {"en": file.parent / "amy.onnx"}
    assert voice.recorded == file.parent / "words"
