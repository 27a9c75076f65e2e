"""Who may be called."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.targets import Allowed, Target, remedy, target_of


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("sip:601@pbx.example", Target("601", "pbx.example")),
        ("SIP:601@PBX.Example.", Target("601", "pbx.example")),
        ("sips:+4930@pbx.example:5061", Target("+4930", "pbx.example")),
        ("sip:*72#@10.0.0.5;user=phone;transport=TCP", Target("*72#", "10.0.0.5")),
        ("sip:pbx.example", Target("", "pbx.example")),
        ("tel:+49-30.(12)34", Target("+49301234")),
        ("tel:112", Target("112")),
    ],
)
def test_what_an_address_means(uri: str, target: Target) -> None:
    assert target_of(uri) == target


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "sip:",
        "601@pbx.example",
        "http://pbx.example",
        "sip:601@pbx.example@evil.example",
        "sip:601@evil.example%40pbx.example",
        "sip:601%40evil.example@pbx.example",
        "sip:601:secret@pbx.example",
        "sip:601;x=@pbx.example",
        "sip:601;phone-context=+49@pbx.example",
        "sip:@pbx.example",
        "sip:601@pbx.example;maddr=192.0.2.1",
        "sip:601@pbx.example;MADDR=192.0.2.1",
        "sip:601@pbx.example;transport=udp;maddr=192.0.2.1",
        "sip:601@pbx.example;alias=192.0.2.1~5060~1",
        "sip:601@pbx.example;received=192.0.2.1",
        "sip:601@pbx.example;lr",
        "sip:601@pbx.example;transport=carrier-pigeon",
        "sip:601@pbx.example?Route=%3Csip:evil.example%3E",
        "sip:601@pbx.example?",
        "sip:601@[::1]",
        "sip:601@pbx.example:",
        "sip:601@pbx.example:123456",
        "sip:601@pbx..example",
        "sip:601@.pbx.example",
        "sip:601@-pbx.example",
        "sip:601@pbx.example..",
        "sip:601@pbx.example/evil",
        "sip:601@pbx.example#evil",
        "sip:601@pbx.example\\@evil.example",
        "sip:601@pbx.example>,<sip:evil.example",
        "sip:601@pbx.example\n",
        "sip:601@pbx.example\r\nRoute: <sip:evil.example>",
        "sip:601 @pbx.example",
        "sip:\uff1601@pbx.example",
        "sip:601@pb\u0445.example",
        "tel:",
        "tel:+",
        "tel:()",
        "tel:+49;phone-context=evil.example",
        "tel:+49@evil.example",
    ],
)
def test_an_address_with_more_to_it_is_nobodys(uri: str) -> None:
    assert target_of(uri) is None
    assert not Allowed(["pbx.example", "evil.example", "tel:+49."]).permits(uri)
    assert "sip:NUMBER@HOST" in remedy(uri)


@pytest.mark.parametrize(
    ("entry", "uri", "permitted"),
    [
        ("pbx.example", "sip:601@pbx.example:5080", True),
        ("pbx.example", "sip:alice@PBX.example.", True),
        ("PBX.Example.", "sip:pbx.example", True),
        ("pbx.example", "sip:601@sub.pbx.example", False),
        ("pbx.example", "sip:601@pbx.example.evil.example", False),
        ("pbx.example", "tel:601", False),
        ("10.0.0.5", "sip:601@10.0.0.5", True),
        ("10.0.0.5", "sip:601@10.0.0.50", False),
        ("10.0.0.5", "sip:601@10.5", False),
        ("6XX@pbx.example", "sip:601@pbx.example;transport=tls", True),
        ("6XX@pbx.example", "sip:6011@pbx.example", False),
        ("6XX@pbx.example", "sip:+601@pbx.example", False),
        ("6XX@pbx.example", "sip:601@evil.example", False),
        ("6XX@pbx.example", "sip:pbx.example", False),
        ("+49.@pbx.example", "sip:+4930@pbx.example", True),
        ("+49.@pbx.example", "sip:4930@pbx.example", False),
        ("tel:+49.", "tel:+49-30", True),
        ("tel:+49.", "tel:+48-30", False),
        ("tel:+49.", "sip:+4930@pbx.example", False),
    ],
)
def test_what_an_entry_allows(entry: str, uri: str, permitted: bool) -> None:
    assert Allowed([entry]).permits(uri) is permitted
    assert Allowed(["9.@other.example", entry]).permits(uri) is permitted
    assert not Allowed([]).permits(uri)


@pytest.mark.parametrize(
    "entry", ["", "@", "6XX@", "a b", "*", "pbx.example:5060", "6XX@[::1]", "sip:601@pbx.example"]
)
def test_an_entry_that_means_nobody(entry: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        Allowed([entry])


@pytest.mark.parametrize("entry", ["@pbx.example", "tel:", "alice@pbx.example", "++49.@x.example"])
def test_an_entry_with_no_dial_pattern(entry: str) -> None:
    with pytest.raises(ValueError, match="no dial pattern"):
        Allowed([entry])


@pytest.mark.parametrize(
    ("uri", "entries"),
    [
        ("sip:601@pbx.example", ["601@pbx.example", "pbx.example"]),
        ("sip:+4930@pbx.example", ["+4930@pbx.example", "pbx.example"]),
        ("sip:alice@pbx.example", ["pbx.example"]),
        ("tel:+49-30", ["tel:+4930"]),
    ],
)
def test_the_remedy_is_one(uri: str, entries: list[str]) -> None:
    for entry in entries:
        assert entry in remedy(uri)
        assert Allowed([entry]).permits(uri)


@given(st.text(alphabet="sip:tel@601.%;=maddr?<>[]+XN\n ab", max_size=40))
def test_what_is_permitted_ends_with_its_host(text: str) -> None:
    uri = f"sip:{text}@b.a"
    if Allowed(["b.a"]).permits(uri):
        assert not set(text) & set("@%;:?<>[] \n")
