"""SSML in flows: what is wrong is a fault, what is not known a warning, each with its place."""

from pathlib import Path

from ivr.engine.codes import Code
from ivr.engine.effects import Text
from ivr.testing import SimulatedCall

from .reading import faults, load, python_faults, state

PLAY = "do: [answer, {{say: {{text: {}}}}}]\nthen: end"


def say(words: str) -> str:
    return state(PLAY.format(f"'<speak>{words}</speak>'"))


def test_ssml_that_is_not_well_formed_is_a_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, say("One <break>")) == [
        "6:31: say: no well-formed SSML: mismatched tag, behind <speak>One <break></s"
    ]
    assert faults(tmp_path, say("{% if caller %}<p>{% endif %}")) == [
        "6:31: say: no well-formed SSML: mismatched tag, behind <speak><p></s"
    ]
    assert faults(tmp_path, say("{% if caller %}<p>One</p>{% endif %}{{ caller }}")) == []


def test_what_is_not_known_is_a_warning_with_its_place(tmp_path: Path) -> None:
    flow = load(tmp_path, say('<mark name="x"/>One<audio src="a.wav"/>'))
    assert [str(each).removeprefix(f"{tmp_path}/") for each in flow.warnings] == [
        "f.yaml:6:31: <mark> is not known here, its text is spoken [unknown-ssml]",
        "f.yaml:6:31: <audio> is not known here, its text is spoken [unknown-ssml]",
    ]
    assert load(tmp_path, say('<mark name="x"/>' * 300)).warnings == flow.warnings[:1]


def test_a_flow_in_python_has_the_same_faults_and_warnings(tmp_path: Path) -> None:
    step = """
        @flow.state(done=END)
        async def a(call):
            return await say(call, Text("{}"))
        """
    (fault,) = python_faults(tmp_path, step.format("<speak>One"))
    assert "no well-formed SSML: no element found" in fault
    assert python_faults(tmp_path, step.format("<speak><x/>One</speak>")) == []


def test_a_story_hears_the_words_that_are_spoken(tmp_path: Path) -> None:
    words = (
        'You owe <say-as interpret-as="currency">EUR {{ 1 / 4 }}</say-as>, <break/>{{ caller }}.'
    )
    call = SimulatedCall(load(tmp_path, say(words)), caller="</speak><b>&")
    call.hears("You owe twenty-five cents, </speak><b>&.")
    assert load(tmp_path, say(words)).warnings == []


def test_the_codes_say_what_is_a_fault_and_what_a_warning(tmp_path: Path) -> None:
    (warning,) = load(tmp_path, say("<x>One</x>")).warnings
    assert warning.code == Code.UNKNOWN_SSML


def test_what_begins_as_a_document_is_ssml_or_a_fault(tmp_path: Path) -> None:
    def told(begin: str, end: str = "speak") -> list[str]:
        return faults(tmp_path, state(PLAY.format(f"'{begin}One</{end}>'")))

    declared = '<?xml version="1.0" encoding="ISO-8859-1"?> <!-- news --> <speak>Süß '
    assert told(declared) == []
    flow = load(tmp_path, state(PLAY.format(f"'{declared}</speak>'")))
    SimulatedCall(flow).hears(Text("Süß")).is_over()
    assert told("<!-- a --> <speak>") == []
    assert told("<SPEAK>", "SPEAK") == [
        "6:31: say: begins with <SPEAK>; expected <speak>, in small letters"
    ]
    assert told("<!DOCTYPE speak><speak>") == [
        "6:31: say: not allowed: a document type; expected to begin with <speak>"
    ]
    (fault,) = told(" <?xml version=''1.0''?>")
    assert fault.startswith("6:31: say: no well-formed SSML: ")
    assert told("<Speaker> One", "Speaker") == []
