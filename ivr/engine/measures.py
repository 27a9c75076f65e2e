"""What is measured about calls: agreed between who counts and who shows.

Labels are names that an author or this package gave (flows, states, outcomes), never a caller's
data: their number is bounded by the flows.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measure:
    """A count, or with `bounds` a distribution: upper bounds of its buckets, the last is endless.

    Its row of numbers is `[count]`, or `[sum, bucket, bucket …]` with one bucket more than bounds.
    """

    name: str
    meaning: str
    labels: tuple[str, ...] = ()
    bounds: tuple[float, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers its row has."""
        return len(self.bounds) + 2 if self.bounds else 1


_REACTIONS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)

OFFERED = Measure("ivr_calls_offered", "Calls that reached a flow", ("flow",))
ENDED = Measure(
    "ivr_calls_ended",
    "Calls that are over: who ended them, what came of them, and the SIP code (0: none)",
    ("flow", "by", "result", "code"),
)
ABANDONED = Measure(
    "ivr_calls_abandoned", "Calls that the caller left in a state", ("flow", "state")
)
STATES = Measure("ivr_state_entries", "States entered", ("flow", "state"))
INPUTS = Measure(
    "ivr_inputs",
    "Entries by callers: typed, heard, empty, no_input or no_match",
    ("flow", "state", "result"),
)
TRANSFERS = Measure(
    "ivr_transfers", "Transfers by outcome; abandoned: the caller left first", ("flow", "outcome")
)
FAILURES = Measure("ivr_flow_failures", "Times that a flow broke during a call")
FALLBACKS = Measure(
    "ivr_prompt_fallbacks", "Prompts that callers heard as a tone, since they could not be had"
)
VOICE_FALLBACKS = Measure(
    "ivr_voice_fallbacks", "Texts that another voice has said, since the first one could not"
)
UNTRANSLATED = Measure(
    "ivr_prompts_untranslated",
    "Prompts that callers heard in another language, since theirs has none of them",
)
ANSWER = Measure(
    "ivr_answer_seconds",
    "From the offer of a call to the caller's ACK",
    bounds=(0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0),
)
REACTION = Measure(
    "ivr_reaction_seconds",
    "From a key or word, as the worker took it, to the prompt that it led to",
    bounds=_REACTIONS,
)
BARGE_IN = Measure(
    "ivr_barge_in_seconds",
    "From a key or word, as the worker took it, to the end of the prompt that it cut short",
    bounds=_REACTIONS,
)
DURATION = Measure(
    "ivr_call_seconds",
    "Duration of answered calls, from the answer",
    ("flow",),
    (1.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0, 7200.0),
)
RECEIVED = Measure("ivr_rtp_received_packets", "RTP packets received from callers")
LOST = Measure("ivr_rtp_lost_packets", "RTP packets from callers that never came")
JITTER = Measure(
    "ivr_rtp_jitter_seconds",
    "Jitter of the caller's RTP at the end of a call",
    bounds=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1),
)
REGISTRATION_FAILURES = Measure(
    "ivr_registration_failures", "Times that a registrar did not take an account", ("account",)
)

MEASURES = (
    OFFERED,
    ENDED,
    ABANDONED,
    STATES,
    INPUTS,
    TRANSFERS,
    FAILURES,
    FALLBACKS,
    VOICE_FALLBACKS,
    UNTRANSLATED,
    ANSWER,
    REACTION,
    BARGE_IN,
    DURATION,
    RECEIVED,
    LOST,
    JITTER,
    REGISTRATION_FAILURES,
)
