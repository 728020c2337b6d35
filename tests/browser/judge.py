"""Asks axe about an open page, loaded once: by day and by night, and at each width."""

from axe_playwright_python.base import AXE_SCRIPT

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
TARGETS = {"runOnly": {"type": "rule", "values": ["target-size"]}}
DESK = {"width": 1360, "height": 860}
WIDTHS = (320, 390, 768)
BEYOND = "() => document.documentElement.scrollWidth - innerWidth"
# What sticks out furthest, though nothing around it lets it scroll.
CULPRITS = """() => [...document.body.querySelectorAll('*')].filter((one) => {
  if (one.getBoundingClientRect().right <= innerWidth + 0.5) return false;
  for (let around = one.parentElement; around; around = around.parentElement)
    if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(around).overflowX)) return false;
  return true;
}).slice(-3).map((one) => one.outerHTML.slice(0, 120))"""
ASK = """(options) => axe.run({...options, resultTypes: ['violations', 'incomplete']}).then((told) => {
  const short = (list) => list.map((fault) => [fault.id, fault.nodes.map((n) => [n.target, n.html])]);
  return [short(told.violations), short(told.incomplete)];
})"""


def find_faults(page, rules=WCAG, *, unsure=True):
    """Lists what axe finds, and where it could not tell a contrast, but for words in pictures.

    On a phone it cannot tell it of what is scrolled out of a table: leave `unsure` out there.
    """
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    broken, untold = page.evaluate(ASK, rules)
    found = [(rule, [where for where, _ in nodes][:3]) for rule, nodes in broken]
    for rule, nodes in untold if unsure else ():
        dim = [where for where, html in nodes if not html.startswith(("<text", "<tspan", "<kbd"))]
        if rule == "color-contrast" and dim:
            found.append(("contrast not judged", dim[:3]))
    return found


def find_faults_in_both_lights(page):
    """Asks everything in the light, and what the dark changes again in the dark."""
    page.emulate_media(color_scheme="light")
    found = find_faults(page)
    page.emulate_media(color_scheme="dark")
    found += [("in the dark", fault) for fault in find_faults(page, CONTRAST)]
    page.emulate_media(color_scheme="light")
    return found


def find_faults_on_narrow_screens(page, widths=WIDTHS):
    """Lists the widths that a page runs out of, and what is too small there to touch."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 844})
        beyond = page.evaluate(BEYOND)
        if beyond > 0:
            found.append((f"beyond {width}", beyond, page.evaluate(CULPRITS)))
        found += [(f"at {width}", fault) for fault in find_faults(page, TARGETS)]
    page.set_viewport_size(DESK)
    return found
