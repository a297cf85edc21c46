"""Every figure of kept runs: no text is cut off, none lies on another. By matplotlib's own boxes."""

import functools

import pytest

import figures
import run as runs

TOUCH = 1.0  # pixels that two boxes may share


RUNS = {"supply": "supply", "ends": "servers"}  # which runs have what for a figure; of the others the quick ones


@functools.cache
def kept(root, name):
    found = sorted(path for path in (root / "results").glob(f"{name}-*/") if (path / "trials.jsonl.gz").exists())
    return runs.read_run(found[-1])


def shown_texts(figure):
    """[(text, box)] of what can be seen; tick labels outside their axis are not."""
    renderer = figure.canvas.get_renderer()
    texts = [*figure.texts, *(text for legend in figure.legends for text in legend.get_texts())]
    for axes in figure.axes:
        if not axes.get_visible():
            continue
        texts += [axes.title, axes._left_title, axes._right_title, axes.xaxis.label, axes.yaxis.label, *axes.texts]
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            low, high = sorted(limits)
            slack = (high - low) * 1e-6
            texts += [tick.label1 for tick in axis.get_major_ticks() + axis.get_minor_ticks() if tick.label1.get_visible() and low - slack <= tick.get_loc() <= high + slack]
    found = []
    for text in texts:
        if text.get_visible() and text.get_text().strip():
            found.append((text.get_text(), text.get_window_extent(renderer)))
    return found


def overlap(one, other):
    width = min(one.x1, other.x1) - max(one.x0, other.x0)
    height = min(one.y1, other.y1) - max(one.y0, other.y0)
    return width > TOUCH and height > TOUCH


@pytest.mark.parametrize("name", list(figures.FIGURES))
def test_no_text_is_cut_off_or_lies_on_another(root, name):
    import matplotlib.pyplot as plt

    simulated = sorted((root / "results").glob("simulated-*/"))[-1:] if name == "simulated" else []
    drawn = list(figures.drawn(runs.Run(simulated[0]) if simulated else kept(root, RUNS.get(name, "quick")), [name]))
    if name not in ("threads", "allocators", "memory-after"):  # the quick suite varies neither and looks at no calm
        assert drawn, f"{name}: nothing was drawn"
    for one in drawn:
        one.figure.canvas.draw()
        texts = shown_texts(one.figure)
        assert len(texts) > 5
        whole = one.figure.bbox
        for text, box in texts:
            assert box.x0 >= whole.x0 - TOUCH and box.x1 <= whole.x1 + TOUCH and box.y0 >= whole.y0 - TOUCH and box.y1 <= whole.y1 + TOUCH, f"{one.name}: {text!r} is cut off"
        for place, (text, box) in enumerate(texts):
            for other, beside in texts[place + 1:]:
                assert not overlap(box, beside), f"{one.name}: {text!r} lies on {other!r}"
        assert one.rows and len({tuple(row) for row in one.rows}) == 1, "numbers beside the figure, all with the same columns"
        plt.close(one.figure)
