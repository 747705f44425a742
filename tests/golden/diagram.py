"""A diagram with every kind of token that a state can hold."""

from tests.diagrams.shapes import END, START, after, boundary, inside, on_message
from tests.engine.office import MESSAGE, diagram, flows, script, service, user, users

_INPUTS = '<zeebe:ioMapping><zeebe:input source="=day" target="shown"/></zeebe:ioMapping>'
_WITHIN = '<startEvent id="ws"/><parallelGateway id="wg"/>' + user("w1", more=_INPUTS) + service("w2", "outside")
_WITHIN += users("w3") + '<parallelGateway id="wj"/><endEvent id="we"/>'
_WITHIN += flows("ws>wg;wg>w1;wg>w2;wg>w3;w1>wj;w2>wj;w3>wj;wj>we")
_ASKED = f'<startEvent id="as" isInterrupting="false">{on_message("ask")}</startEvent>' + users("answer")
_ASKED += '<endEvent id="ae"/>' + flows("as>answer;answer>ae")

CONTENT = diagram(
    START
    + script("typed", "{day: day, term: duration(&quot;P10D&quot;), part: 1 / 3}", "values")
    + inside("sp", _WITHIN)
    + boundary("late", "sp", after("P5D"), 'cancelActivity="false"')
    + users("remind")
    + END
    + '<endEvent id="e2"/>'
    + inside("asked", _ASKED, 'triggeredByEvent="true"')
    + flows("s>typed;typed>sp;sp>e;late>remind;remind>e2"),
    root=MESSAGE.format("ask"),
)
