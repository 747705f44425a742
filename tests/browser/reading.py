"""A page as whoever reads it with a keyboard, a screen reader or twice the size meets it: in which order, and whether one sees where one is."""

from playwright.sync_api import Page, ViewportSize

TWICE_THE_SIZE: ViewportSize = {"width": 640, "height": 450}  # what 1280 px of a desk leave at 200 %
# What is read and what can be reached, in the order of the document; what is shut in a closed list is neither.
_SEEN = """kinds => [...document.querySelectorAll(kinds)].filter(each => each.checkVisibility({contentVisibilityAuto: true})
  && each.getBoundingClientRect().height > 1 && !each.closest('details:not([open]) > :not(summary), .visually-hidden, .skip'))"""
OUT_OF_ORDER = """() => { const found = []; let last = null;
  for (const each of (SEEN)('main :is(h1,h2,h3,p,li,dt,dd,label,legend,button,a,input,textarea,select,summary,td)')) {
    const box = each.getBoundingClientRect();
    const isBelow = last && Math.min(box.right, last.box.right) > Math.max(box.left, last.box.left);
    if (isBelow && !last.each.contains(each) && box.bottom <= last.box.top + 1) found.push(each.textContent.trim().slice(0, 60));
    last = {each, box};
  } return found }""".replace("SEEN", _SEEN)
OUT_OF_SIGHT = """() => (SEEN)(':is(a[href],button,input,textarea,select,summary)').filter(each => {
    each.scrollIntoView({block: 'center'});
    const box = each.getBoundingClientRect(), line = each.getClientRects()[0];
    const top = document.elementFromPoint(line.left + line.width / 2, line.top + line.height / 2);
    return box.left < 0 || box.right > innerWidth || !top || !(each.contains(top) || top.contains(each));
  }).map(each => each.textContent.trim().slice(0, 60) || each.name)""".replace("SEEN", _SEEN)
# Each heading at most one level deeper than the one before it, and one for the whole page.
SKIPPED = """() => { const levels = [...document.querySelectorAll('h1,h2,h3,h4')].filter(each => each.checkVisibility()).map(each => +each.tagName[1]);
  return levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1 || (level === 1 && at > 0)) }"""


def reads_well(page: Page) -> None:
    """Twice the size: nothing scrolls sideways, what is read next stands next, what has the focus is in sight, no heading is skipped."""
    page.set_viewport_size(TWICE_THE_SIZE)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, page.url
    for what, question in (("order", OUT_OF_ORDER), ("sight", OUT_OF_SIGHT), ("headings", SKIPPED)):
        assert page.evaluate(question) == [], f"{what}: {page.url}"
