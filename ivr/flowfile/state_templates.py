"""Templates of states: one state written once, with parameters, and used under several names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..engine.codes import Code
from ..engine.values import LONGEST_TEXT
from .source import Bad, Field, Source
from .unread import Unread

MOST_NODES = 20_000  # that all the uses of a flow's templates may come to
_PARAMETER = re.compile(r"\$(\$|[A-Za-z]\w*)")


@dataclass(slots=True)
class Template:
    """A state with ``$name`` in it; `body` are its keys, `source` the file that has it."""

    name: str
    source: Source
    parameters: tuple[str, ...]
    body: dict[str, Field]


@dataclass(slots=True)
class Templates:
    """The templates of a flow by name; `nodes`: what their uses have come to so far."""

    unread: Unread
    by_name: dict[str, Template] = field(default_factory=dict)
    nodes: int = 0

    def read(self, source: Source, part: Field) -> None:
        """Add those of a file."""
        try:
            fields = source.fields(part.value, "templates, each with parameters, do and then")
        except Bad as bad:
            return source.note(bad, "templates")
        for name, each in fields.items():
            try:
                found = _template(name, source, each)
                known = self.by_name.setdefault(name, found)
                if known is not found:
                    first = known.source.place(next(iter(known.body.values())).key)
                    wrong = f"template {name!r} is declared twice; also at {first}"
                    source.fault(each.key, wrong, Code.GIVEN_TWICE)
            except Bad as bad:
                source.note(bad, name)

    def expand(
        self, source: Source, use: dict[str, Field], where: str
    ) -> tuple[Template, Node] | None:
        """The state that *use*, a state of *source* with ``template``, stands for, as a node of the
        template's file; None where it cannot be, which is noted.  *where* is that use, in words."""
        node = use["template"].value
        name = source.text(node, "the name of a template")
        template = self.by_name.get(name)
        if template is None:
            if "templates" not in self.unread:
                source.unknown(node, "template", name, self.by_name, Code.UNKNOWN_TEMPLATE)
            return None
        given = {key: part for key, part in use.items() if key != "template"}
        unknown = [key for key in given if key not in template.parameters]
        missing = [key for key in template.parameters if key not in given]
        for key in unknown:
            what, known = f"parameter of {name}", template.parameters
            source.unknown(given[key].key, what, key, known, Code.UNKNOWN_PARAMETER)
        if missing and not unknown:
            wrong = f"{name} needs {', '.join(missing)}"
            source.fault(use["template"].key, wrong, Code.MISSING_PARAMETER)
        if missing or unknown:
            return None
        values = {key: _copied(part.value, source) for key, part in given.items()}
        body = template.body.values()
        try:
            pairs = [(part.key, self._filled(part.value, template, values)) for part in body]
        except Bad as bad:
            with template.source.used_by(where):
                template.source.note(bad)
            return None
        first = pairs[0][0]
        return template, MappingNode("", pairs, first.start_mark, pairs[-1][1].end_mark)

    def _filled(self, node: Node, template: Template, values: dict[str, Node]) -> Node:
        """*node* with the parameters filled in; itself, where there are none in it."""
        self._count(node)
        match node:
            case ScalarNode():
                return self._text(node, template, values)
            case SequenceNode():
                return _like(node, [self._filled(n, template, values) for n in node.value])
            case MappingNode():
                pairs = [
                    (self._filled(k, template, values), self._filled(v, template, values))
                    for k, v in node.value
                ]
                return _like(node, pairs)
        raise AssertionError(node)

    def _text(self, node: ScalarNode, template: Template, values: dict[str, Node]) -> Node:
        found = [name for name in _PARAMETER.findall(node.value) if name != "$"]
        unknown = [name for name in found if name not in values]
        if unknown:
            expected = ", ".join(template.parameters) or "none"
            wrong = f"no parameter {unknown[0]!r}; {template.name} has {expected}, and $$ is a $"
            raise Bad(node, wrong, Code.UNKNOWN_PARAMETER)
        if "$" not in node.value or template.source.is_swallowed(node):
            return node
        if found and node.value == f"${found[0]}":
            return self._placed(values[found[0]], node, template.source)
        texts = {}
        for name in found:
            value = values[name]
            if not isinstance(value, ScalarNode):
                wrong = f"{name} is no text, so it can only stand alone: ${name}"
                raise Bad(node, wrong, Code.NOT_A_TEXT)
            texts[name] = value.value
        text = _PARAMETER.sub(lambda m: "$" if m[1] == "$" else texts[m[1]], node.value)
        if len(text) > LONGEST_TEXT:
            wrong = f"a text of {len(text)} characters; at most {LONGEST_TEXT} are allowed"
            raise Bad(node, wrong, Code.TOO_LARGE)
        return template.source.stands_for(_like(node, text), node)

    def _placed(self, value: Node, at: Node, source: Source) -> Node:
        """*value* where *at* stands."""
        self._count(at)
        match value:
            case ScalarNode():
                inner: object = value.value
            case SequenceNode():
                inner = [self._placed(each, at, source) for each in value.value]
            case _:
                inner = [tuple(self._placed(e, at, source) for e in pair) for pair in value.value]
        made = _like(value, inner)
        made.start_mark, made.end_mark = at.start_mark, at.end_mark
        return source.stands_for(made, at)

    def _count(self, node: Node) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            wrong = f"the templates come to more than {MOST_NODES} values"
            raise Bad(node, wrong, Code.TOO_LARGE)


def _template(name: str, source: Source, part: Field) -> Template:
    body = source.fields(part.value, "a state, with parameters")
    names = []
    if "parameters" in body:
        for node in source.items(body.pop("parameters").value):
            parameter = source.text(node, "the name of a parameter")
            if not re.fullmatch(r"[A-Za-z]\w*", parameter) or parameter == "template":
                wrong = f"{parameter!r} is no name of a parameter; expected letters first"
                raise Bad(node, wrong, Code.BAD_NAME)
            names.append(parameter)
    if not body:
        raise Bad(part.key, "expected do, and then", Code.MISSING_KEY)
    return Template(name, source, tuple(names), body)


def _copied(node: Node, source: Source) -> Node:
    """*node*, once every text of it has been read."""
    match node:
        case ScalarNode():
            source.text(node)
        case SequenceNode():
            for each in node.value:
                _copied(each, source)
        case MappingNode():
            for each in source.fields(node, "key: value pairs").values():
                _copied(each.value, source)
    return node


def _like(node: Node, value: object) -> Node:
    """A node like *node* with another value."""
    if isinstance(node, ScalarNode):
        return ScalarNode(node.tag, str(value), node.start_mark, node.end_mark, node.style)
    return type(node)(node.tag, value, node.start_mark, node.end_mark)
