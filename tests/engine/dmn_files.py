"""Short ways to write a DMN file in a test."""

NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str, more: str = "") -> str:
    return f"<literalExpression {more}><text>{escaped(text)}</text></literalExpression>"


def decision(key: str, logic: str, *needs: str, kind: str = "", name: str = "") -> str:
    """`needs` are `decision:key`, `input:key` or `knowledge:key`."""
    arrows = ""
    for each in needs:
        what, _, target = each.partition(":")
        role = "knowledge" if what == "knowledge" else "information"
        tag = {"decision": "requiredDecision", "input": "requiredInput", "knowledge": "requiredKnowledge"}[what]
        reference = target if "#" in target else f"#{target}"
        arrows += f'<{role}Requirement><{tag} href="{reference}"/></{role}Requirement>'
    wanted = f'typeRef="{kind}"' if kind else ""
    return (
        f'<decision id="{key}" name="{name or key}"><variable name="{name or key}" {wanted}/>{arrows}{logic}</decision>'
    )


def knowledge(key: str, parameters: str, logic: str, kind: str = "", needs: str = "") -> str:
    """`parameters` is `name` or `name:type`, separated by commas."""
    formal = ""
    for each in filter(None, parameters.split(",")):
        name, _, wanted = each.strip().partition(":")
        formal += f'<formalParameter name="{name}" {f"""typeRef="{wanted}" """ if wanted else ""}/>'
    arrow = f'<knowledgeRequirement><requiredKnowledge href="#{needs}"/></knowledgeRequirement>' if needs else ""
    wanted = f'typeRef="{kind}"' if kind else ""
    return (
        f'<businessKnowledgeModel id="{key}" name="{key}"><variable name="{key}" {wanted}/>'
        f"<encapsulatedLogic>{formal}{logic}</encapsulatedLogic>{arrow}</businessKnowledgeModel>"
    )


def input_data(key: str, kind: str = "", name: str = "") -> str:
    wanted = f'typeRef="{kind}"' if kind else ""
    return f'<inputData id="{key}" name="{name or key}"><variable name="{name or key}" {wanted}/></inputData>'


def file(*parts: str, namespace: str = "urn:own", version: str = NAMESPACE) -> bytes:
    body = "".join(parts)
    return (
        f'<definitions xmlns="{version}" xmlns:feel="urn:feel" id="d" name="d" namespace="{namespace}">{body}</definitions>'
    ).encode()
