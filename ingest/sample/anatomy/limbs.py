"""Muscles and joints: the thigh axial, the knee coronal and sagittal, the shoulder coronal."""

from __future__ import annotations

import math

from ingest.sample.canvas import Canvas

THIGH_SITES = {"vastus lateralis": (0.44, -0.30), "adductor compartment": (-0.46, 0.16), "hamstrings": (0.12, 0.50)}
KNEE_CORONAL_SITES = {
    "distal femur": (-0.20, -0.36),
    "proximal tibia": (-0.20, 0.34),
    "medial femoral condyle": (0.22, -0.26),
}
KNEE_SAGITTAL_SITES = {
    "distal femur": (-0.04, -0.36),
    "proximal tibia": (0.02, 0.36),
    "medial femoral condyle": (0.06, -0.22),
}
SHOULDER_SITES = {"supraspinatus tendon": (0.06, -0.40), "humeral head": (0.14, -0.14)}


def draw_thigh_axial(canvas: Canvas) -> None:
    """Paint an axial thigh: subcutaneous fat, three muscle compartments parted by fat, femur, vessels."""
    wide = canvas.jitter(0.84, 0.06)
    canvas.ellipse("skin", 0, 0, wide, wide * 0.98)
    canvas.ellipse("fat", 0, 0, wide - 0.02, wide * 0.98 - 0.02)
    bellies = [(0.44, -0.28, 0.26, 0.30), (0.05, -0.50, 0.26, 0.17), (-0.34, -0.34, 0.20, 0.20)]
    bellies += [
        (-0.44, 0.14, 0.23, 0.25),
        (-0.22, 0.48, 0.22, 0.18),
        (0.18, 0.50, 0.20, 0.18),
        (0.46, 0.22, 0.20, 0.21),
    ]
    for cx, cy, rx, ry in bellies:
        canvas.ellipse("muscle", cx, cy, canvas.jitter(rx, 0.06), canvas.jitter(ry, 0.06), power=2.4)
    canvas.ellipse("muscle", 0.06, -0.14, 0.28, 0.24)
    for angle in range(0, 360, 50):
        x, y = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        canvas.tube("fat", [(0.22 * x, 0.04 + 0.22 * y), (0.66 * x, 0.66 * y)], 0.010, 0.014)
    canvas.ellipse("bone", 0.08, -0.02, 0.135, 0.13)
    canvas.ellipse("marrow", 0.08, -0.02, 0.085, 0.08)
    canvas.ellipse("vessel", -0.20, 0.02, 0.045, 0.045)
    canvas.ellipse("vessel", -0.24, 0.11, 0.05, 0.04)
    canvas.ellipse("gray", 0.06, 0.30, 0.04, 0.025)


def draw_knee_coronal(canvas: Canvas) -> None:
    """Paint a coronal knee: femoral condyles, notch, menisci, tibial plateau, fibula to the right."""
    canvas.tube("skin", [(0, -1.2), (0, 0.0), (0.02, 1.2)], 0.66, 0.54)
    canvas.tube("fat", [(0, -1.2), (0, 0.0), (0.02, 1.2)], 0.64, 0.52)
    for side in (-1, 1):
        canvas.tube("muscle", [(side * 0.44, -1.2), (side * 0.42, -0.42)], 0.14, 0.04)
        canvas.tube("muscle", [(side * 0.36, 1.2), (side * 0.42, 0.44)], 0.12, 0.04)
    for tissue, inset in (("bone", 0.0), ("marrow", 0.024)):
        canvas.tube(tissue, [(0, -1.3), (0, -0.46)], 0.22 - inset, 0.28 - inset)
        for side in (-1, 1):
            canvas.ellipse(tissue, side * 0.21, -0.25, 0.22 - inset, 0.21 - inset, power=2.6)
    canvas.ellipse("fluid", 0, -0.12, 0.055, 0.13)
    canvas.tube("dark_mass", [(0.05, -0.2), (-0.03, 0.02)], 0.022)
    for tissue, inset in (("bone", 0.0), ("marrow", 0.024)):
        canvas.tube(tissue, [(-0.24, 0.20), (0.24, 0.20)], 0.17 - inset)
        canvas.tube(tissue, [(0, 0.28), (0, 1.3)], 0.32 - inset, 0.19 - inset)
        canvas.tube(tissue, [(0.42, 0.42), (0.40, 1.3)], 0.085 - inset, 0.06 - inset)
    for side in (-1, 1):
        canvas.ellipse("cartilage", side * 0.21, -0.025, 0.18, 0.028)
        canvas.ellipse("dry_disc", side * 0.38, 0.0, 0.07, 0.036)
        canvas.tube("dry_disc", [(side * 0.46, -0.34), (side * 0.45, 0.26)], 0.016)
        canvas.tube("cartilage", [(side * 0.06, -0.46), (side * 0.36, -0.46)], 0.006)


def draw_knee_sagittal(canvas: Canvas) -> None:
    """Paint a sagittal knee: femur over tibia, patella and its tendon in front (left), calf behind."""
    canvas.tube("skin", [(0.06, -1.2), (0.02, 0.0), (0.10, 1.2)], 0.62, 0.56)
    canvas.tube("fat", [(0.06, -1.2), (0.02, 0.0), (0.10, 1.2)], 0.60, 0.54)
    canvas.tube("muscle", [(-0.28, -1.2), (-0.40, -0.62)], 0.15, 0.04)
    canvas.tube("muscle", [(0.42, -1.2), (0.40, -0.2)], 0.16, 0.08)
    canvas.tube("muscle", [(0.40, 0.0), (0.48, 1.2)], 0.12, 0.20)
    for tissue, inset in (("bone", 0.0), ("marrow", 0.024)):
        canvas.tube(tissue, [(0.02, -1.3), (0.02, -0.45)], 0.17 - inset, 0.22 - inset)
        canvas.ellipse(tissue, 0.04, -0.28, 0.29 - inset, 0.26 - inset, turn=10)
        canvas.tube(tissue, [(-0.16, 0.20), (0.22, 0.20)], 0.15 - inset)
        canvas.tube(tissue, [(0.02, 0.30), (0.08, 1.3)], 0.26 - inset, 0.17 - inset)
        canvas.ellipse(tissue, -0.40, -0.32, 0.085 - inset, 0.16 - inset, turn=-8)
    canvas.tube("dry_disc", [(-0.40, -0.90), (-0.42, -0.48)], 0.03)
    canvas.tube("dry_disc", [(-0.42, -0.18), (-0.28, 0.34)], 0.026)
    canvas.tube("cartilage", [(-0.20, -0.10), (0.04, -0.01), (0.26, -0.10)], 0.020)
    for x, shift in ((-0.19, 0.0), (0.25, 0.0)):
        canvas.ellipse("dry_disc", x, 0.02 + shift, 0.06, 0.036)
    canvas.tube("dry_disc", [(0.18, -0.16), (-0.08, 0.06)], 0.024)


def draw_shoulder_coronal(canvas: Canvas) -> None:
    """Paint an oblique coronal shoulder: humeral head, glenoid, acromion, supraspinatus, deltoid at the right."""
    canvas.blob("skin", -0.1, 0.2, [0.90, 1.1, 1.2, 1.2, 1.3, 1.25, 0.94, 0.88])
    canvas.blob("fat", -0.1, 0.2, [0.87, 1.07, 1.2, 1.2, 1.3, 1.22, 0.91, 0.85])
    canvas.tube("muscle", [(0.30, -0.46), (0.58, -0.18), (0.52, 0.50), (0.34, 0.9)], 0.14, 0.08)
    canvas.tube("muscle", [(-1.1, -0.40), (-0.40, -0.40), (-0.05, -0.40)], 0.13, 0.05)
    canvas.tube("dry_disc", [(-0.05, -0.40), (0.18, -0.38), (0.34, -0.26)], 0.045, 0.03)
    canvas.tube("muscle", [(-1.1, 0.30), (-0.50, 0.22), (-0.28, 0.16)], 0.28, 0.14)
    canvas.tube("muscle", [(-0.6, 0.9), (-0.05, 0.30)], 0.16, 0.05)
    for tissue, inset in (("bone", 0.0), ("marrow", 0.024)):
        canvas.ellipse(tissue, 0.12, -0.10, 0.27 - inset, 0.27 - inset)
        canvas.tube(tissue, [(0.18, 0.05), (0.26, 1.3)], 0.20 - inset, 0.13 - inset)
        canvas.blob(tissue, -0.36, -0.04, [r - inset for r in (0.14, 0.18, 0.24, 0.22, 0.26, 0.16, 0.20, 0.18)])
        canvas.tube(tissue, [(-0.12, -0.68), (0.28, -0.60)], 0.075 - inset, 0.06 - inset)
        canvas.tube(tissue, [(-0.9, -0.78), (-0.28, -0.72)], 0.075 - inset)
    canvas.tube("cartilage", [(-0.16, -0.20), (-0.17, 0.02)], 0.024)
    canvas.ellipse("dry_disc", -0.17, -0.25, 0.03, 0.04)
    canvas.ellipse("dry_disc", -0.18, 0.09, 0.03, 0.04)
