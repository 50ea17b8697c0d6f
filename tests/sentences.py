"""Sentences that the source tells as faults, read from its syntax and filled in with samples."""

import ast
import itertools

# What a call tells: by the name of what is called, the places of its sentences. The problem of a
# slip comes after the values of its cells.
TOLD = {"Issue": (1, 2), "Slip": (3, 4), "Wrong": (0, 1), "NotFound": (0,), "SolverFailed": (0,),
        "MissingParameter": (0,), "_Key": (1,), "_optional": (1,), "_fail": (0,)}  # fmt: skip
NAMED = ("problem", "remedy", "message", "detail")
OF_CELLS = ("Slip", "Wrong")
# What stands in a sentence where the source alone does not tell it.
SAMPLES = {
    "name": "size", "part": "measure", "link": "S1", "asked.kind": "plan", "kind": "plan",
    "layer.name": "stations", "layer.of": "city", "picture.kind": "city", "units[system]": "degrees",
    "harm.flow": "load", "_kind_of(value)": "text", "_kind_of(raw)": "text",
    "_said(raw[name])": "'x1'", "shown": "x1", "error": "unexpected end of data",
    "error.strerror": "Permission denied", "found.strerror": "Permission denied",
    "found.strerror or found": "Permission denied", "found": "Expecting value: line 1 column 1 (char 0)",
    "explain_validity(made)": "Self-intersection[5.1 52.1]", "does": "draws", "kind_name": "plan",
    "reason[:1].lower()": "i", "reason[1:]": "nvalid value", "TOML": "application/toml",
    "seen": "x 5.1 to 5.2, y 52.1 to 52.2", "MANIFEST": "manifest.json",
    "measure['kind']": "energy_hub", "measure.kind": "energy_hub", "measure['status']": "planned",
    "needed['status']": "idea", "line['payer']": "state", "values": '"x1"',
    "job.step": "read", "str(error['msg'])[:1].lower()": "f", "str(error['msg'])[1:]": "ield required",
    "_ITEMS_MAX": "2000", "near[0]": "x1", "remedy": "Choose a folder.",
    "', '.join((*_ENDINGS, 'application/json'))": "text/csv, text/xml, application/json",
    "year": "2030", "frame.year": "2030",
    "name_some(outside)": "2030", "twice": "2030",
}  # fmt: skip


def sentences(tree):
    """Every sentence of a module that is told as a fault, and the line on which it stands."""
    known = _texts_of(tree, deep=False)
    for function in _functions(tree):
        near = known | _texts_of(function)
        for node in ast.walk(function):
            for told, of_cells in _told(node):
                for text in _samples(told, near):
                    yield node.lineno, f'"x1" {text}' if of_cells and text else text
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for each in ast.walk(node):
                for told, of_cells in _told(each):
                    for text in _samples(told, known):
                        yield each.lineno, f'"x1" {text}' if of_cells and text else text


def _functions(tree):
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def _told(node):
    """Syntax of the sentences that a node tells, and whether values of cells go before."""
    if isinstance(node, ast.Call):
        called = node.func
        name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
        of_cells = name in OF_CELLS and not _is_empty(node)
        for number, place in enumerate(TOLD.get(name, ())):
            if place < len(node.args) and not _starred(node.args[: place + 1]):
                yield node.args[place], of_cells and number == 0
        for given in node.keywords:
            if given.arg in NAMED:
                yield given.value, False
    if isinstance(node, ast.Return) and node.value is not None:
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for value in values:
            if isinstance(value, ast.Constant | ast.JoinedStr) and _ends(value):
                yield value, False


def _is_empty(call):
    """Whether a slip shows no values of its cells."""
    return len(call.args) > 2 and isinstance(call.args[2], ast.Constant) and not call.args[2].value


def _starred(given):
    return any(isinstance(each, ast.Starred) for each in given)


def _ends(node):
    """Whether a text is a sentence: it ends as one, and has more words."""
    last = node.values[-1] if isinstance(node, ast.JoinedStr) else node
    text = getattr(last, "value", "")
    return isinstance(text, str) and text.endswith(".") and " " in ast.unparse(node)


def _texts_of(scope, *, deep=True):
    """Syntax of the texts that each name of a scope may stand for."""
    found = {}
    for node in ast.walk(scope) if deep else scope.body:
        pairs = []
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs += zip(target.elts, node.value.elts, strict=True)
                else:
                    pairs.append((target, node.value))
        elif isinstance(node, ast.AugAssign):
            pairs.append((node.target, node.value))
        elif isinstance(node, ast.For) and isinstance(node.iter, ast.Tuple):
            pairs += [(node.target, each) for each in node.iter.elts]
        for target, value in pairs:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append((value, isinstance(node, ast.AugAssign)))
    return found


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
        told = known.get(node.id, [])
        whole = [text for value, more in told if not more for text in _samples(value, known, depth + 1)]
        more = [text for value, more in told if more for text in _samples(value, known, depth + 1)]
        return [one + other for one in whole for other in more] if more else whole
    return []


def _joined(parts):
    return ["".join(each) for each in itertools.islice(itertools.product(*parts), 40)]


def _filled(node, known, depth):
    if isinstance(node, ast.Constant):
        return [node.value]
    said = ast.unparse(node.value)
    if node.conversion == ord("r"):
        return ["'x1'"]
    texts = _samples(node.value, known, depth + 1) if node.format_spec is None else []
    if texts:
        return texts
    return ["7"] if node.format_spec is not None else [SAMPLES.get(said, "x1")]
