"""What the report's page promises to eyes and readers, from its style alone."""

import re


def luminance(colour):
    channels = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_all_text_has_the_contrast_that_wcag_asks_for(root):
    style = (root / "plots/report.css").read_text(encoding="utf-8")
    names = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", style))
    for ink in ("ink", "soft", "good", "bad", "link"):
        for paper in ("#ffffff", names["panel"]):
            assert contrast(names[ink], paper) >= 4.5, ink
    lamps = re.findall(r"\.lamp\.(\w+) \{ background: (#[0-9a-f]{6}); \}", style)
    assert {lamp for lamp, _ in lamps} == {"green", "yellow", "red"}
    assert all(contrast("#ffffff", colour) >= 4.5 for _, colour in lamps)


def test_what_can_be_scrolled_or_pressed_can_be_reached_by_keyboard(root):
    page = (root / "plots/report.html.j2").read_text(encoding="utf-8")
    assert page.count('class="wide"') == page.count('tabindex="0"') == page.count('role="region"')
    assert ":focus-visible" in (root / "plots/report.css").read_text(encoding="utf-8")
    assert "createElement(\"button\")" in (root / "plots/report.js").read_text(encoding="utf-8")
