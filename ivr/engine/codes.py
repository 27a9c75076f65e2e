"""The kinds of faults that files can have, each by a name that can be looked up.

What each of them means, with a bad and a good example, is in ``ivr/flowfile/errors``.
"""

from enum import StrEnum
from typing import Literal

Level = Literal["error", "warning"]


class Code(StrEnum):
    """The kind of a `Fault`; `ivr explain` says more."""

    # What is no text, or no YAML.
    UNREADABLE_FILE = "unreadable-file"
    TOO_LARGE = "too-large"
    BAD_CHARACTERS = "bad-characters"
    SWALLOWED_BY_YAML = "swallowed-by-yaml"
    VALUE_AND_KEYS = "value-and-keys"
    CUT_BY_COMMENT = "cut-by-comment"
    TAB = "tab"
    UNCLOSED = "unclosed"
    SECOND_DOCUMENT = "second-document"
    WRONG_COLUMN = "wrong-column"
    NOT_YAML = "not-yaml"
    # Keys, and what stands behind them.
    EMPTY_FILE = "empty-file"
    NOT_A_FLOW = "not-a-flow"
    WRONG_VERSION = "wrong-version"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    GIVEN_TWICE = "given-twice"
    EMPTY_VALUE = "empty-value"
    WRONG_SHAPE = "wrong-shape"
    BAD_NAME = "bad-name"
    RESERVED_NAME = "reserved-name"
    # The map.
    UNKNOWN_STATE = "unknown-state"
    FORGOTTEN_OUTCOME = "forgotten-outcome"
    UNKNOWN_OUTCOME = "unknown-outcome"
    ONE_STATE_FOR_SEVERAL = "one-state-for-several"
    THEN_AFTER_THE_END = "then-after-the-end"
    UNREACHABLE_STATE = "unreachable-state"
    UNREACHABLE_OUTCOME = "unreachable-outcome"
    NO_WAY_OUT = "no-way-out"
    ASKED_FOR_EVER = "asked-for-ever"
    ENDLESS_FLOW = "endless-flow"
    BAD_COUNT = "bad-count"
    ENDLESS_ROUND = "endless-round"
    LOST_ON_HANG_UP = "lost-on-hang-up"
    # Verbs.
    UNKNOWN_VERB = "unknown-verb"
    UNREACHABLE_VERB = "unreachable-verb"
    NOT_ONE_VERB = "not-one-verb"
    UNKNOWN_PARAMETER = "unknown-parameter"
    MISSING_PARAMETER = "missing-parameter"
    ONE_OF_TWO = "one-of-two"
    TAKES_NOTHING = "takes-nothing"
    AT_ODDS = "at-odds"
    SPOKEN_SECRET = "spoken-secret"
    BEFORE_THE_ANSWER = "before-the-answer"
    AFTER_THE_ANSWER = "after-the-answer"
    AFTER_THE_CALL = "after-the-call"
    REFER_WITHOUT_FALLBACK = "refer-without-fallback"
    LONG_QUESTION = "long-question"
    LONG_WITHOUT_BARGE_IN = "long-without-barge-in"
    NO_TIME_FOR_KEYS = "no-time-for-keys"
    HIDDEN_CHOICE = "hidden-choice"
    # Values.
    UNKNOWN_PROMPT = "unknown-prompt"
    UNKNOWN_VALUE = "unknown-value"
    BAD_VALUE = "bad-value"
    OUT_OF_RANGE = "out-of-range"
    BAD_TIME = "bad-time"
    BAD_HOURS = "bad-hours"
    BAD_TEMPLATE = "bad-template"
    BAD_SSML = "bad-ssml"
    UNKNOWN_SSML = "unknown-ssml"
    BAD_EXPRESSION = "bad-expression"
    MISSING_PLURAL = "missing-plural"
    BAD_ADDRESS = "bad-address"
    BAD_PATTERN = "bad-pattern"
    FORBIDDEN_ADDRESS = "forbidden-address"
    AMBIGUOUS_CHOICE = "ambiguous-choice"
    UNKNOWN_VARIABLE = "unknown-variable"
    WRONG_TYPE = "wrong-type"
    MAYBE_UNSET = "maybe-unset"
    TEXT_AND_NUMBER = "text-and-number"
    SHOWN_SECRET = "shown-secret"
    OVERLAPPING_HOURS = "overlapping-hours"
    GAP_IN_HOURS = "gap-in-hours"
    HOLIDAY_OF_ONE_YEAR = "holiday-of-one-year"
    # Flows of several files.
    MISSING_FILE = "missing-file"
    NOT_IN_AN_INCLUDE = "not-in-an-include"
    UNKNOWN_TEMPLATE = "unknown-template"
    NOT_A_TEXT = "not-a-text"
    # What the settings lack.
    UNKNOWN_SECRET = "unknown-secret"
    UNKNOWN_ACCOUNT = "unknown-account"
    UNKNOWN_DATABASE = "unknown-database"
    UNKNOWN_MAILBOX = "unknown-mailbox"
    NO_MAIL_SERVER = "no-mail-server"
    # Python.
    PYTHON_FAILS = "python-fails"
    NOTHING_DECLARED = "nothing-declared"
    NOT_ASYNC = "not-async"
    MISSING_AWAIT = "missing-await"
    IGNORED_OUTCOME = "ignored-outcome"
    # Stories, settings and prompts.
    UNKNOWN_STEP = "unknown-step"
    FAILED_STORY = "failed-story"
    BAD_SETTING = "bad-setting"
    BAD_PROMPTS = "bad-prompts"
    UNTRANSLATED_PROMPT = "untranslated-prompt"
    WORDS_OF_ONE_LANGUAGE = "words-of-one-language"
    UNHEARD_WORDS = "unheard-words"
    # What is said of warnings.
    ALLOWED_WITHOUT_REASON = "allowed-without-reason"
    ALLOWED_FOR_NOTHING = "allowed-for-nothing"

    @property
    def level(self) -> Level:
        """`error`: no call begins with it; `warning`: it can be used as it is."""
        return "warning" if self in WARNINGS else "error"


WARNINGS = frozenset(
    {
        Code.ENDLESS_ROUND,
        Code.LOST_ON_HANG_UP,
        Code.REFER_WITHOUT_FALLBACK,
        Code.LONG_QUESTION,
        Code.LONG_WITHOUT_BARGE_IN,
        Code.NO_TIME_FOR_KEYS,
        Code.HIDDEN_CHOICE,
        Code.UNKNOWN_SSML,
        Code.MAYBE_UNSET,
        Code.TEXT_AND_NUMBER,
        Code.SHOWN_SECRET,
        Code.OVERLAPPING_HOURS,
        Code.GAP_IN_HOURS,
        Code.HOLIDAY_OF_ONE_YEAR,
        Code.IGNORED_OUTCOME,
        Code.UNKNOWN_MAILBOX,
        Code.WORDS_OF_ONE_LANGUAGE,
        Code.UNHEARD_WORDS,
        Code.ALLOWED_WITHOUT_REASON,
        Code.ALLOWED_FOR_NOTHING,
    }
)
