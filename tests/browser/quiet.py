"""When a page of the picture is at rest: nothing is asked, and nothing has changed for a while."""

from services import wait_until

QUIET_MS = 400
# Runs in every page before its own scripts.
WATCH = """
    window.quiet = {asked: 0, since: performance.now()};
    const changed = () => { quiet.since = performance.now(); };
    const fetched = window.fetch;
    window.fetch = (...asked) => {
        quiet.asked += 1;
        changed();
        return fetched(...asked).finally(() => { quiet.asked -= 1; changed(); });
    };
    const all = {subtree: true, childList: true, attributes: true, characterData: true};
    new MutationObserver(changed).observe(document, all);
"""


def settle(page, seconds=20):
    """Wait until a page is at rest."""
    rests = f"quiet.asked === 0 && performance.now() - quiet.since > {QUIET_MS}"
    wait_until(lambda: page.evaluate(rests), seconds)


def go(page, name):
    """Open a view, and wait until it is at rest."""
    page.evaluate(f"quiet.since = performance.now(); location.hash = '#/{name}'")
    settle(page)


def status(page):
    """What a page tells of its state to who cannot see it."""
    return " ".join(each for each in page.locator("[role=status]").all_inner_texts() if each)
