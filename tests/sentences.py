"""Sentences that the source tells as faults, read from its syntax and filled in with samples."""

import ast
import itertools

# What a call tells: by the name of what is called, the places of its sentences. The problem of a
# slip comes after the values of its cells.
TOLD = {"Issue": (1, 2), "Slip": (3, 4), "Wrong": (0, 1), "NotFound": (0,), "SolverFailed": (0,),
        "MissingParameter": (0,), "_Key": (1,), "_optional": (1,), "_fail": (0,)}  # fmt: skip
NAMED = ("problem", "remedy", "message", "detail")
OF_CELLS = ("Slip", "Wrong")
# What stands in a sentence where the source alone does not tell it; of most anything will do.
SAMPLES = {
    "name": "size", "part": "measure", "asked.kind": "plan", "layer.name": "stations",
    "layer.of": "city", "picture.kind": "city", "units[system]": "degrees", "harm.flow": "load",
    "_kind_of(value)": "text", "_kind_of(raw)": "text", "_said(raw[name])": "'x1'",
    "explain_validity(made)": "Self-intersection[5.1 52.1]", "TOML": "application/toml",
    "seen": "x 5.1 to 5.2, y 52.1 to 52.2", "MANIFEST": "manifest.json",
    "measure['kind']": "energy_hub", "measure.kind": "energy_hub", "measure['status']": "planned",
    "needed['status']": "idea", "line['payer']": "state", "values": '"x1"', "job.step": "read",
    "str(error['msg'])[:1].lower()": "f", "str(error['msg'])[1:]": "ield required",
    "remedy": "Choose a folder.", "_ITEMS_MAX": "2000", "name_some(outside)": "2030",
    "', '.join((*_ENDINGS, 'application/json'))": "text/csv, text/xml, application/json",
}  # fmt: skip


def sentences(tree):
    """Every sentence of a module that is told as a fault, and the line on which it stands."""
    known = _texts_of(tree.body)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    scopes = [(function, known | _texts_of(ast.walk(function))) for function in functions]
    scopes += [(node, known) for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)]
    for scope, near in scopes:
        for node in ast.walk(scope):
            for told, of_cells in [*_told(node), *_given_back(node)]:
                for text in _samples(told, near):
                    yield node.lineno, f'"x1" {text}' if of_cells and text else text


def _told(node):
    """Syntax of the sentences that a call tells, and whether values of cells go before."""
    if not isinstance(node, ast.Call):
        return
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    places = TOLD.get(name, ())
    plain = list(itertools.takewhile(lambda each: not isinstance(each, ast.Starred), node.args))
    of_cells = name in OF_CELLS and not _is_empty(plain)
    for place in places:
        if place < len(plain):
            yield plain[place], of_cells and place == places[0]
    yield from ((given.value, False) for given in node.keywords if given.arg in NAMED)


def _is_empty(given):
    """Whether a slip shows no values of its cells."""
    return len(given) > 2 and isinstance(given[2], ast.Constant) and not given[2].value


def _given_back(node):
    """Syntax of the sentences that a function gives back, alone or among others."""
    if isinstance(node, ast.Return) and node.value is not None:
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        yield from ((value, False) for value in values if _is_sentence(value))


def _is_sentence(node):
    last = node.values[-1] if isinstance(node, ast.JoinedStr) else node
    text = getattr(last, "value", "")
    return isinstance(text, str) and text.endswith(".") and " " in ast.unparse(node)


def _texts_of(nodes):
    """Syntax of what each name may stand for, and whether that is added to what it was."""
    found = {}
    for node in nodes:
        for target, value in _named(node):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append((value, isinstance(node, ast.AugAssign)))
    return found


def _named(node):
    if isinstance(node, ast.AugAssign):
        return [(node.target, node.value)]
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
        return [(node.target, each) for each in node.iter.elts]
    if not isinstance(node, ast.Assign):
        return []
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return list(zip(target.elts, value.elts, strict=True))
    return [(target, value)]


def _samples(node, known, depth=0):
    """Texts that a node may stand for; none where the source does not tell."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return _samples(node.body, known, depth) + _samples(node.orelse, known, depth)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _joined([_samples(each, known, depth) for each in (node.left, node.right)])
    if isinstance(node, ast.JoinedStr):
        return _joined([_filled(each, known, depth) for each in node.values])
    if isinstance(node, ast.Name) and depth < 4:
        return _of_name(known.get(node.id, []), known, depth + 1)
    return []


def _of_name(told, known, depth):
    whole = [text for value, more in told if not more for text in _samples(value, known, depth)]
    added = [text for value, more in told if more for text in _samples(value, known, depth)]
    return _joined([whole, added]) if added else whole


def _joined(parts):
    return ["".join(each) for each in itertools.islice(itertools.product(*parts), 40)]


def _filled(node, known, depth):
    if isinstance(node, ast.Constant):
        return [node.value]
    if node.conversion == ord("r"):
        return ["'x1'"]
    if node.format_spec is not None:
        return ["7"]
    return _samples(node.value, known, depth + 1) or [SAMPLES.get(ast.unparse(node.value), "x1")]
