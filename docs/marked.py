"""Lines between the marks of a page, `<!-- script: part -->` and `<!-- end of part -->`."""


def filled(text, script, parts):
    """A page with the lines of every part between its marks."""
    for name, lines in parts.items():
        start, end = f"<!-- {script}: {name} -->", f"<!-- end of {name} -->"
        before, rest = text.split(start)
        after = rest.split(end)[1]
        text = before + "\n".join([start, *lines, end]) + after
    return text


def fill(page, script, parts):
    """Write the lines of every part between its marks in the file of a page."""
    text = page.read_text(encoding="utf-8")
    page.write_text(filled(text, script, parts), encoding="utf-8")
