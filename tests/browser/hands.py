"""How somebody works a page: by pointing and typing, or with the keys alone."""

from playwright.sync_api import expect

FARTHEST = 200  # tabs; a page that needs more has lost its keyboard

# Where the focus is: whether there, and whether one sees it (a slider draws its ring on its thumb).
FOCUS = """(wanted) => {
  const at = document.activeElement;
  if (at === document.body) return {there: false, seen: true, what: 'nothing'};
  const box = at.getBoundingClientRect();
  const ring = (one) => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  };
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  const ringed = at.type === 'range' || [at, ...(at.labels || [])].some(ring);
  return {there: at === wanted, seen: inside && ringed, what: at.outerHTML.slice(0, 200)};
}"""


class Mouse:
    """Points at things and clicks them; types where it clicked."""

    def __init__(self, page):
        self.page = page

    def press(self, thing):
        thing.click()

    def write(self, field, words):
        field.click(click_count=3)
        self.page.keyboard.type(words)

    def choose(self, radio):
        self.page.locator(f"label[for='{radio.get_attribute('id')}']").click()

    def move_line(self, to, why):
        self.write(self.page.locator("form:has(#why-line)").get_by_label("The line, GPU-h"), to)
        self.write(self.page.locator("#why-line"), why)
        self.press(self.page.get_by_role("button", name="Move the line"))


class Finger(Mouse):
    """Taps instead of clicking."""

    def press(self, thing):
        thing.tap()

    def write(self, field, words):
        field.tap()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, radio):
        self.page.locator(f"label[for='{radio.get_attribute('id')}']").tap()


class Keys:
    """Walks with the tab key and acts with the others; never points at anything."""

    def __init__(self, page):
        self.page = page

    def walk_to(self, thing):
        """Tabs until the focus is there, and sees it on every stop of the way."""
        expect(thing).to_be_attached()
        for _ in range(FARTHEST):
            focus = thing.evaluate(FOCUS)
            assert focus["seen"], (self.page.url, focus["what"])
            if focus["there"]:
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"no tab leads to {thing}")

    def press(self, thing):
        self.walk_to(thing)
        self.page.keyboard.press("Enter")

    def write(self, field, words):
        self.walk_to(field)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(words)

    def choose(self, radio):
        name = radio.get_attribute("name")
        self.walk_to(self.page.locator(f"input[name='{name}']").first)
        self.page.keyboard.press("Space")
        while not radio.is_checked():
            self.page.keyboard.press("ArrowRight")

    def move_line(self, to, why):
        self.page.keyboard.press("[")
        dialog = self.page.get_by_role("dialog")
        self.write(dialog.get_by_label("The line, GPU-h"), to)
        self.write(dialog.get_by_label("Why"), why)
        self.page.keyboard.press("Enter")
