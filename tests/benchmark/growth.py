"""Growth: the time for one payment, however many are in the list, and a picture of it.

The server answers at once, and the pace is no limit, so that what is measured is the program.
"""

from statistics import median

from .figures import Figure
from .machine import describe
from .probe_growth import FIRST
from .probes import probe
from .server import ROOT, serving

PICTURE = ROOT / "packaging" / "pictures" / "growth.svg"
SIZES, SIZES_QUICK = (100, 1_000, 10_000, 100_000), (100, 1_000, 2_000)
MOST = 1.2  # the slowest size beside the fastest
_OFTEN = 20_000  # payments; with more than these one round tells enough, and takes minutes


def measure(rounds: int, quick: bool) -> list[Figure]:
    """Do the work with lists of several sizes; draw the picture, unless it is the quick form."""
    sizes = SIZES_QUICK if quick else SIZES
    walls: dict[int, list[float]] = {size: [] for size in sizes}
    cpus: dict[int, list[float]] = {size: [] for size in sizes}
    for number in range(rounds):
        for size in sizes:
            if number and size > _OFTEN:
                continue
            took = _work(size)
            walls[size].append(1000 * took["wall"] / size)
            cpus[size].append(1000 * took["cpu"] / size)
    figures = []
    for what, of in (("Time", walls), ("Processor’s time", cpus)):
        figures += [
            Figure("growth", f"{what} for one of {size:,} payments", "ms", tuple(of[size]))
            for size in sizes
        ]
        middles = [median(each) for each in of.values()]
        figures.append(
            Figure(
                "growth",
                f"{what} for one payment, the slowest size beside the fastest",
                "x",
                (max(middles) / min(middles),),
                bar=MOST if of is walls else None,
            )
        )
    if not quick:
        PICTURE.write_text(
            picture(
                {size: median(each) for size, each in walls.items()},
                {size: median(each) for size, each in cpus.items()},
            ),
            encoding="utf-8",
        )
    return figures


def _work(size: int) -> dict[str, float]:
    """Return what the work took with so many payments, in seconds.

    Raises:
        RuntimeError: not each was cancelled, and once.
    """
    with serving(0, 0, size + FIRST, tls=False) as server:
        took = probe("growth", given=server.place.to_json())
        counts = server.counts()
    if not counts["deletes_per_id_min"] == counts["deletes_per_id_max"] == 1:
        raise RuntimeError(f"not each payment was cancelled, and once: {counts}")
    return took


# --- The picture ----------------------------------------------------------------------------------

_WIDTH, _HEIGHT = 720, 360
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 24, 64, 60  # around the drawing, in pixels
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #55616e }
  .title { font-size: 15px; font-weight: 600; fill: #15202b }
  .grid { stroke: #d3d9e0 }
  .wall, .cpu { fill: none; stroke-width: 2.5 }
  .wall { stroke: #1b5fc1 } .cpu { stroke: #7a4300; stroke-dasharray: 6 5 }
  .wall-mark { fill: #1b5fc1 } .cpu-mark { fill: #7a4300 }
  @media (prefers-color-scheme: dark) {
    text { fill: #a3afbb } .title { fill: #e8edf2 } .grid { stroke: #3a444f }
    .wall { stroke: #6ea8fe } .cpu { stroke: #ffce85 }
    .wall-mark { fill: #6ea8fe } .cpu-mark { fill: #ffce85 }
  }
"""


def picture(walls: dict[int, float], cpus: dict[int, float]) -> str:
    """Draw milliseconds for one payment over the number of payments, as SVG.

    Args:
        walls: time, by number of payments, ascending.
        cpus: the processor's part of it.
    """
    machine = describe()
    on = f"{machine['processor']}, {machine['cores']} cores, {machine['python']}"
    top = _round_up(max(*walls.values(), *cpus.values()) * 1.15)
    places = {
        size: _LEFT + number * (_WIDTH - _LEFT - _RIGHT) / (len(walls) - 1)
        for number, size in enumerate(walls)
    }

    def height(milliseconds: float) -> float:
        return _HEIGHT - _BOTTOM - milliseconds / top * (_HEIGHT - _TOP - _BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
        "<title>Milliseconds for one payment, by the number of payments in the list</title>",
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="{_LEFT}" y="24">Milliseconds for one payment</text>',
    ]
    for line in range(5):
        value = top * line / 4
        y = height(value)
        parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>')
        parts.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>')
    lines = (("wall", "in all", walls, -10), ("cpu", "processor", cpus, 20))
    for name, label, values, lies in lines:
        points = [(places[size], height(value)) for size, value in values.items()]
        curve = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        parts.append(f'<path class="{name}" d="M{curve}"/>')
        for (x, y), value in zip(points, values.values(), strict=True):
            parts.append(f'<circle class="{name}-mark" cx="{x:.1f}" cy="{y:.1f}" r="4"/>')
            place = f'x="{x:.1f}" y="{y + lies:.1f}" text-anchor="{_anchor(x)}"'
            parts.append(f"<text {place}>{value:.2f}</text>")
        offset = 0 if name == "wall" else 90
        x = _WIDTH - _RIGHT - 180 + offset
        parts.append(f'<path class="{name}" d="M{x} 20h26"/>')
        parts.append(f'<text x="{x + 32}" y="24">{label}</text>')
    for size, x in places.items():
        parts.append(
            f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="{_anchor(x)}">'
            f"{size:,}</text>"
        )
    parts.append(
        f'<text x="{_LEFT}" y="{_HEIGHT - 14}">payments in the list; two reads and one cancel'
        f" each; {on}</text>"
    )
    return "\n".join([*parts, "</svg>\n"])


def _anchor(x: float) -> str:
    if x <= _LEFT:
        return "start"
    return "end" if x >= _WIDTH - _RIGHT else "middle"


def _round_up(value: float) -> float:
    """Return the next of 1, 2, 4, 8 and 10, their tens and their tenths."""
    scale = 10.0 ** len(str(int(value))) / 10
    return next(step * scale for step in (1, 2, 4, 8, 10) if step * scale >= value)
