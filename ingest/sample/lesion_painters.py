"""How each kind of lesion is painted: one small function a kind, all with the same arguments.

A painter gets the canvas, the place in body coordinates, a radius in the same unit, and the name of the view.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from ingest.sample.canvas import Canvas

Painter = Callable[[Canvas, float, float, float, str], None]


def _knobby(canvas: Canvas, radius: float, share: float = 0.16) -> list[float]:
    """Return the radii of an irregular outline."""
    return [canvas.jitter(radius, share) for _ in range(10)]


def _halo(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint vasogenic oedema around a lesion of the brain, kept inside the skull."""
    if view.startswith("head"):
        canvas.blob("edema", x * 0.93, y * 0.96, _knobby(canvas, min(radius * 1.75, radius + 0.16), 0.25))


def _ring(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    _halo(canvas, x, y, radius, view)
    outline = _knobby(canvas, radius)
    canvas.blob("bright_mass", x, y, outline)
    canvas.blob("necrosis", x, y, [r - max(0.028, 0.18 * radius) for r in outline])


def _smooth_ring(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    _halo(canvas, x, y, radius, view)
    canvas.ellipse("bright_mass", x, y, radius, radius * 0.94)
    canvas.ellipse("necrosis", x, y, radius - 0.024, radius * 0.94 - 0.024)


def _solid(tissue: str, *, halo: bool = False, rough: float = 0.10) -> Painter:
    """Return a painter of a solid lesion of one tissue, knobby as `rough` says."""

    def paint(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
        if halo:
            _halo(canvas, x, y, radius, view)
        canvas.blob(tissue, x, y, _knobby(canvas, radius, rough))

    return paint


def _cyst(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.ellipse("muscle", x, y, radius + 0.008, radius + 0.008)
    canvas.ellipse("fluid", x, y, radius, radius)


def _spiculated(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    for spike in range(13):
        angle = math.radians(28 * spike + canvas.random.uniform(-9, 9))
        reach = radius * canvas.random.uniform(1.4, 2.0)
        canvas.tube("mass", [(x, y), (x + reach * math.cos(angle), y + reach * math.sin(angle))], 0.010, 0.002)
    canvas.blob("mass", x, y, _knobby(canvas, radius, 0.15))


def _heterogeneous(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.blob("mass", x, y, _knobby(canvas, radius, 0.10))
    for _ in range(4):
        angle = canvas.random.uniform(0, 6.28)
        off = radius * canvas.random.uniform(0.1, 0.5)
        canvas.blob(
            "necrosis", x + off * math.cos(angle), y + off * math.sin(angle), _knobby(canvas, radius * 0.24, 0.3)
        )


def _hemangioma(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    outline = _knobby(canvas, radius, 0.10)
    canvas.blob("fluid", x, y, outline)
    if "vessel" in canvas.tissues and canvas.brightness("vessel") > 0.8:
        for spot in range(9):
            angle = math.radians(40 * spot)
            canvas.ellipse(
                "vessel", x + 0.82 * radius * math.cos(angle), y + 0.82 * radius * math.sin(angle), 0.030, 0.024
            )


def _crescent(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint blood along the inner table of one side; `radius` is half its thickness, the side is the sign of x."""
    side, thick = (1 if x > 0 else -1), 2 * radius
    inner = (0.60, 0.60) if view == "head axial" else (0.58, 0.44)
    top = y if view == "head axial" else -0.24
    points = [
        (side * (inner[0] - thick / 2) * math.cos(a), top + (inner[1] + 0.14 - thick / 2) * math.sin(a))
        for a in [math.radians(d) for d in range(-58, 59, 12)]
    ]
    canvas.tube("blood", points[:5], thick * 0.25, thick * 0.58)
    canvas.tube("blood", points[::-1][:7], thick * 0.25, thick * 0.58)


def _lens(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint a biconvex collection under the inner table; `radius` is half its thickness."""
    side = 1 if x > 0 else -1
    edge = 0.61 if view == "head axial" else 0.60
    canvas.ellipse("blood", side * (edge - radius), y, radius * 1.05, 0.27)


def _wedge(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    side = 1 if x > 0 else -1
    canvas.blob("edema", side * 0.43, y, [0.18, 0.28, 0.30, 0.24, 0.20, 0.24, 0.30, 0.28])
    canvas.tube(
        "bright_mass" if canvas.brightness("fat") < 0.1 else "vessel",
        [(side * 0.14, y - 0.10), (side * 0.30, y - 0.06)],
        0.013,
    )


def _plaques(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint ovoid plaques at right angles to the ventricles (or to the corpus callosum in a sagittal image)."""
    if view == "head sagittal":
        for step in range(7):
            canvas.ellipse(
                "edema", -0.22 + 0.085 * step, -0.45 + 0.010 * (step - 3) ** 2, 0.016, 0.048, turn=6 * (step - 3)
            )
        return
    for side in (-1, 1):
        for py in (-0.42, -0.26, 0.16, 0.34, 0.50):
            lie, off = canvas.random.uniform(-20, 20), canvas.random.uniform(0.24, 0.36)
            canvas.ellipse(
                "edema", side * off, py + canvas.random.uniform(-0.04, 0.04), radius * 1.3, radius * 0.8, turn=lie
            )


def _consolidation(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.blob("consolidation", x, y, _knobby(canvas, radius, 0.28))
    away = 1 if x > 0 else -1
    for step in range(5):
        bend = y + radius * (0.32 * step - 0.6)
        canvas.tube(
            "lung", [(x - away * radius * 0.7, y), (x, (y + bend) / 2), (x + away * radius * 0.6, bend)], 0.013, 0.005
        )


def _effusion(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint fluid layering behind one lung (at its base in a coronal image), the lung pressed beside it."""
    side = 1 if x > 0 else -1
    if view == "chest coronal":
        canvas.blob(
            "fluid",
            side * 0.50,
            0.32,
            [0.14, 0.12, 0.14, 0.24, 0.26, 0.10, 0.20, 0.24]
            if side > 0
            else [0.26, 0.24, 0.14, 0.12, 0.14, 0.24, 0.20, 0.10],
        )
        return
    canvas.tube(
        "fluid",
        [(side * 0.16, 0.40), (side * 0.40, 0.41), (side * 0.60, 0.30), (side * 0.70, 0.10)],
        radius * 1.1,
        radius * 0.5,
    )
    canvas.tube("consolidation", [(side * 0.20, 0.24), (side * 0.42, 0.24)], 0.05, 0.03)


def _pneumothorax(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint air in front of one lung, bounded by the pleural line."""
    side = 1 if x > 0 else -1
    if view == "chest coronal":
        line = [(side * 0.20, -0.50), (side * 0.38, -0.46), (side * 0.52, -0.30), (side * 0.58, 0.0)]
        canvas.tube("air", [(px + side * 0.025, py - 0.06) for px, py in line], 0.075, 0.03)
    else:
        line = [(side * 0.28, -0.40), (side * 0.48, -0.32), (side * 0.62, -0.16), (side * 0.70, 0.04)]
        canvas.tube("air", [(px + side * 0.03, py - 0.05) for px, py in line], 0.085, 0.03)
    canvas.tube("muscle", line, 0.007)


def _herniation(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.ellipse("dry_disc", x - (0.10 if "sagittal" in view else 0), y, radius * 1.6, radius, turn=8)
    canvas.ellipse("dry_disc", x, y, radius * 1.1, radius)


def _collapse(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint a vertebral body wedged in front, with marrow oedema and a dense line."""
    if "axial" in view:
        canvas.blob("edema", x, y - 0.04, _knobby(canvas, 0.22, 0.2))
        canvas.tube("air", [(x - 0.28, y - 0.14), (x, y - 0.08), (x + 0.26, y - 0.16)], 0.012)
        return
    canvas.blob("fat", x - 0.11, y - 0.105, [0.14, 0.03, 0.02, 0.03, 0.11, 0.05, 0.05, 0.05], turn=20)
    canvas.ellipse("edema", x + 0.01, y + 0.03, 0.145, 0.050, power=4)
    canvas.tube("bone", [(x - 0.16, y + 0.0), (x + 0.14, y - 0.06)], 0.012)


def _cord_lesion(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.ellipse("white", x, y, 0.074, radius * 1.25)
    canvas.ellipse("bright_mass", x, y, 0.054, radius)


def _lytic(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.blob("dark_mass" if canvas.brightness("marrow") > 0.65 else "mass", x, y, _knobby(canvas, radius, 0.12))


def _tear(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.ellipse("fluid", x + 0.12, y + 0.03, radius, 0.040, turn=22)
    canvas.tube("fluid", [(0.06, -0.50), (0.34, -0.44), (0.46, -0.22)], 0.018, 0.012)


def _dilated(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint a dilated renal pelvis with its calyces."""
    side = 1 if x > 0 else -1
    canvas.ellipse("fluid", x, y, radius, radius * 0.8)
    for dx, dy in ((0.09, -0.07), (0.12, 0.01), (0.08, 0.08)):
        canvas.ellipse("fluid", x + side * dx, y + dy, 0.036, 0.036)
    canvas.tube("fluid", [(x, y), (x - side * 0.09, y + 0.05)], 0.028, 0.020)


def _stone(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.ellipse("calcium", x, y, max(radius, 0.020), max(radius, 0.020))


def _aneurysm(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    """Paint a wide aorta: wall calcium, thrombus, and the lumen off centre."""
    long = 2.2 if "coronal" in view else 1.0
    canvas.ellipse("muscle", x, y, radius, radius * long)
    for degrees in (200, 250, 320):
        a = math.radians(degrees)
        canvas.ellipse(
            "calcium", x + radius * math.cos(a), y + radius * long * math.sin(a), 0.022, 0.010, turn=degrees + 90
        )
    canvas.ellipse("vessel", x + 0.15 * radius, y + 0.1 * radius, radius * 0.62, radius * 0.62 * long)


def _laceration(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.tube("necrosis", [(x - 0.10, y - 0.07), (x, y), (x + 0.09, y + 0.02)], 0.020, 0.010)
    canvas.tube("necrosis", [(x, y), (x + 0.04, y + 0.11)], 0.018, 0.008)
    canvas.tube("fluid", [(x + 0.10, y - 0.16), (x + 0.15, y + 0.02), (x + 0.08, y + 0.20)], 0.020)


def _teratoma(canvas: Canvas, x: float, y: float, radius: float, view: str) -> None:
    canvas.ellipse("muscle", x, y, radius + 0.012, radius + 0.012)
    canvas.ellipse("fat", x, y, radius, radius)
    canvas.ellipse("muscle", x + 0.35 * radius, y + 0.35 * radius, radius * 0.36, radius * 0.30)
    canvas.ellipse("calcium", x + 0.30 * radius, y + 0.30 * radius, radius * 0.15, radius * 0.12)


PAINTERS: Mapping[str, Painter] = {
    "ring": _ring,
    "smooth ring": _smooth_ring,
    "enhancing mass": _solid("bright_mass", halo=True, rough=0.05),
    "mass": _solid("mass"),
    "dark mass": _solid("dark_mass", rough=0.05),
    "fatty mass": _solid("fat", rough=0.05),
    "hypervascular mass": _solid("bright_mass", rough=0.08),
    "heterogeneous mass": _heterogeneous,
    "cyst": _cyst,
    "spiculated mass": _spiculated,
    "hemangioma": _hemangioma,
    "crescent": _crescent,
    "lens": _lens,
    "wedge": _wedge,
    "plaques": _plaques,
    "consolidation": _consolidation,
    "effusion": _effusion,
    "pneumothorax": _pneumothorax,
    "herniation": _herniation,
    "collapse": _collapse,
    "cord lesion": _cord_lesion,
    "lytic": _lytic,
    "tear": _tear,
    "dilated": _dilated,
    "stone": _stone,
    "aneurysm": _aneurysm,
    "laceration": _laceration,
    "teratoma": _teratoma,
}
