"""Draws the app's two icons: a speech bubble with the needle of a compass, for somebody who shows the way.

``python teams/draw_icons.py`` writes ``color.png`` and ``outline.png`` beside itself. Sizes and colours are Microsoft's
rules (Learn, “App icons”): 192 × 192 on a full background with the symbol in the middle, and 32 × 32 in white on
nothing. Shapes are distances to their edge in pixels, so that every edge is smooth at any size.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

Field = npt.NDArray[np.float64]
Pixels = npt.NDArray[np.uint8]
Point = tuple[float, float]

BACKGROUND = (11, 74, 122)  # the web chat's own blue
WHITE = (255, 255, 255)
NORTH = (232, 119, 34)
LEAN = np.radians(35)


def color() -> Pixels:
    """The large icon."""
    picture = np.empty((192, 192, 3))
    picture[:] = BACKGROUND
    x, y = _grid(192)
    box, tail = _bubble(x, y, left=40, top=42, right=152, bottom=130, corner=24, tail=25)
    bubble = np.minimum(box, tail)
    north, south = _needle(x, y, (96, 86), length=36, width=12.5)
    for shape, paint in ((bubble, WHITE), (south, BACKGROUND), (north, NORTH), (_circle(x, y, (96, 86), 4.5), WHITE)):
        covered = _covered(shape)[..., None]
        picture = picture * (1 - covered) + np.array(paint) * covered
    return np.rint(picture).astype(np.uint8)


def outline() -> Pixels:
    """The small icon: white where it is seen at all."""
    x, y = _grid(32)
    box, tail = _bubble(x, y, left=2, top=3, right=30, bottom=25, corner=6, tail=5.5)
    line = np.maximum(np.minimum(box, tail), -(box + 2))
    north, south = _needle(x, y, (16, 14), length=8.6, width=3.3)
    needle = np.maximum(np.minimum(north, south), -_circle(x, y, (16, 14), 1.2))
    picture = np.full((32, 32, 4), 255, np.uint8)
    picture[..., 3] = np.rint(_covered(np.minimum(line, needle)) * 255)
    return picture


def png(picture: Pixels) -> bytes:
    """A picture as PNG (RFC 2083): 8 bits, three channels or four, no other chunk."""
    height, width, channels = picture.shape
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    header = struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def _grid(size: int) -> tuple[Field, Field]:
    y, x = np.mgrid[0:size, 0:size] + 0.5
    return x, y


def _covered(distance: Field) -> Field:
    return np.clip(0.5 - distance, 0, 1)


def _circle(x: Field, y: Field, centre: Point, radius: float) -> Field:
    return np.hypot(x - centre[0], y - centre[1]) - radius


def _bubble(
    x: Field, y: Field, *, left: float, top: float, right: float, bottom: float, corner: float, tail: float
) -> tuple[Field, Field]:
    """A box with round corners, and a tail at its lower left."""
    across = np.abs(x - (left + right) / 2) - (right - left) / 2 + corner
    down = np.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + corner
    box = np.hypot(np.maximum(across, 0), np.maximum(down, 0)) + np.minimum(np.maximum(across, down), 0) - corner
    at = left + corner
    inside = bottom - tail
    return box, _polygon(x, y, [(at, inside), (at + 1.5 * tail, inside), (at, bottom + tail)])


def _needle(x: Field, y: Field, centre: Point, length: float, width: float) -> tuple[Field, Field]:
    """Both halves of a compass needle that leans to the right."""
    along, aside = np.array([np.sin(LEAN), -np.cos(LEAN)]), np.array([np.cos(LEAN), np.sin(LEAN)])
    middle = np.array(centre)
    sides = [tuple(middle + aside * width), tuple(middle - aside * width)]
    return (
        _polygon(x, y, [tuple(middle + along * length), *sides]),
        _polygon(x, y, [tuple(middle - along * length), *sides]),
    )


def _polygon(x: Field, y: Field, corners: Sequence[Point]) -> Field:
    """Distance to a polygon, negative inside."""
    distance, inside = np.full_like(x, np.inf), np.zeros(x.shape, bool)
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        dx, dy = bx - ax, by - ay
        share = np.clip(((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy), 0, 1)
        distance = np.minimum(distance, np.hypot(x - ax - share * dx, y - ay - share * dy))
        if dy:
            inside ^= ((ay > y) != (by > y)) & (x < ax + (y - ay) * dx / dy)
    return np.where(inside, -distance, distance)


if __name__ == "__main__":
    folder = Path(__file__).parent
    (folder / "color.png").write_bytes(png(color()))
    (folder / "outline.png").write_bytes(png(outline()))
