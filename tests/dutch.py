"""Whether a fault in Dutch says the same as the English one, and nothing of it in English."""

import re

# Words that stand in English sentences and in no Dutch one.
ENGLISH = re.compile(
    r"\b(the|and|with|which|not|but|write|use|give|than|from|where|there|does|has|have|this|that|"
    r"are|cannot|or|more|rows?|columns?|years?|must|should|choose|leave|let|to|for|by|no|its|"
    r"lies|stands|holds|measure|promise|homes?)\b",
    re.IGNORECASE,
)
# What people wrote, and what files and the interface call things, stays as it is.
_AS_WRITTEN = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|\{[^}]*\}|\[[^\]]*\]|/\S+|--\w+|\S+\.\w+")
_QUOTED = re.compile(r"'[^' ]+'|\"[^\"]+\"")
_BRACED = re.compile(r"\{[^}]*\}|https?://\S+|127\.0\.0\.1")
_IN_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:e[+-]?\d+)?")
_IN_DUTCH = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:,\d+)?(?:e[+-]?\d+)?")


def english_left(text, codes=()):
    """Words of a Dutch sentence that are English; codes that it names do not count."""
    plain = _AS_WRITTEN.sub(" ", text)
    return [word for word in ENGLISH.findall(plain) if word not in codes]


def numbers(text, language):
    """Values of the numbers in a sentence, but of quotations, addresses and pieces of a file."""
    plain = _BRACED.sub(" ", _QUOTED.sub(" ", text))
    if language == "en":
        return {float(each.replace(",", "")) for each in _IN_ENGLISH.findall(plain)}
    figures = _IN_DUTCH.findall(plain)
    return {float(each.replace(".", "").replace(",", ".")) for each in figures}


def lost_values(english, dutch):
    """Numbers and quoted names of an English sentence that its Dutch does not have."""
    gone = numbers(english, "en") - numbers(dutch, "nl")
    return sorted(gone) + [
        each for each in _QUOTED.findall(_BRACED.sub(" ", english)) if each not in dutch
    ]
