"""The kinds of faults that files can have, each by a name that can be looked up.

What each of them means, with a bad and a good example, is in ``ivr/flowfile/errors``.
"""

from enum import StrEnum


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
    # Verbs.
    UNKNOWN_VERB = "unknown-verb"
    UNREACHABLE_VERB = "unreachable-verb"
    NOT_ONE_VERB = "not-one-verb"
    UNKNOWN_PARAMETER = "unknown-parameter"
    MISSING_PARAMETER = "missing-parameter"
    ONE_OF_TWO = "one-of-two"
    TAKES_NOTHING = "takes-nothing"
    AT_ODDS = "at-odds"
    BEFORE_THE_ANSWER = "before-the-answer"
    AFTER_THE_ANSWER = "after-the-answer"
    AFTER_THE_CALL = "after-the-call"
    # Values.
    UNKNOWN_PROMPT = "unknown-prompt"
    UNKNOWN_VALUE = "unknown-value"
    BAD_VALUE = "bad-value"
    OUT_OF_RANGE = "out-of-range"
    BAD_TIME = "bad-time"
    BAD_HOURS = "bad-hours"
    BAD_TEMPLATE = "bad-template"
    BAD_EXPRESSION = "bad-expression"
    BAD_ADDRESS = "bad-address"
    BAD_PATTERN = "bad-pattern"
    FORBIDDEN_ADDRESS = "forbidden-address"
    AMBIGUOUS_CHOICE = "ambiguous-choice"
    UNKNOWN_VARIABLE = "unknown-variable"
    WRONG_TYPE = "wrong-type"
    # Flows of several files.
    MISSING_FILE = "missing-file"
    NOT_IN_AN_INCLUDE = "not-in-an-include"
    UNKNOWN_TEMPLATE = "unknown-template"
    NOT_A_TEXT = "not-a-text"
    # Python.
    PYTHON_FAILS = "python-fails"
    NOTHING_DECLARED = "nothing-declared"
    NOT_ASYNC = "not-async"
    MISSING_AWAIT = "missing-await"
    # Stories, settings and prompts.
    UNKNOWN_STEP = "unknown-step"
    FAILED_STORY = "failed-story"
    BAD_SETTING = "bad-setting"
    BAD_PROMPTS = "bad-prompts"
    UNTRANSLATED_PROMPT = "untranslated-prompt"
