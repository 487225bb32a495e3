"""Pictures for the demo's website, drawn by code: a made-up valley in the colours of its dyes.

Each drawing is a function of nothing but itself, so that it comes out the same every time. They
are drawn at twice their size and made smaller, which smooths the edges.
"""

from __future__ import annotations

import io
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Point = tuple[float, float]

WIDTH, HEIGHT = 1280, 800
SCALE = 2
W, H = WIDTH * SCALE, HEIGHT * SCALE

FLEECE, INK = (248, 246, 241), (40, 34, 45)
HEATHER, HEATHER_DEEP, HEATHER_MID = (90, 48, 105), (58, 29, 71), (138, 99, 153)
MOSS, MADDER, WELD, WOAD = (53, 102, 47), (165, 41, 30), (244, 187, 60), (31, 86, 128)
STONE, STONE_DARK = (139, 122, 104), (92, 78, 70)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with a share (0 to 1) of `other`."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


class Sheet:
    """A sheet to draw on. Lengths are shares of the sheet's width and height."""

    def __init__(self, seed: str, top: Colour, bottom: Colour) -> None:
        self.random = random.Random(seed)
        self.image = _gradient(W, H, top, bottom)
        self.pen = ImageDraw.Draw(self.image)

    def px(self, point: Point) -> Point:
        return point[0] * W, point[1] * H

    def shape(self, points: Sequence[Point], colour: Colour) -> None:
        self.pen.polygon([self.px(point) for point in points], fill=colour)

    def box(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        self.pen.rectangle((x * W, y * H, (x + width) * W, (y + height) * H), fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, flat: float = 1) -> None:
        """A disc; `radius` is a share of the width, `flat` squeezes it from above."""
        r = radius * W
        box = (x * W - r, y * H - r * flat, x * W + r, y * H + r * flat)
        self.pen.ellipse(box, fill=colour)

    def stroke(self, points: Sequence[Point], colour: Colour, width: float) -> None:
        self.pen.line(
            [self.px(point) for point in points],
            fill=colour,
            width=max(1, round(width * W)),
            joint="curve",
        )

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float) -> None:
        """Light around a point, fading outwards."""
        light = Image.new("L", (W // 8, H // 8), 0)
        r = radius * W / 8
        cx, cy = x * W / 8, y * H / 8
        ImageDraw.Draw(light).ellipse((cx - r, cy - r, cx + r, cy + r), fill=round(255 * strength))
        light = light.filter(ImageFilter.GaussianBlur(r * 0.55)).resize((W, H))
        self.image.paste(Image.new("RGB", (W, H), colour), (0, 0), light)

    def mist(self, y: float, depth: float, colour: Colour, strength: float) -> None:
        """A band of mist around a height."""
        band = Image.new("L", (1, H), 0)
        for row in range(H):
            away = abs(row / H - y) / depth
            band.putpixel((0, row), round(255 * strength * max(0.0, 1 - away) ** 2))
        self.image.paste(Image.new("RGB", (W, H), colour), (0, 0), band.resize((W, H)))

    def cloud(self, x: float, y: float, size: float, colour: Colour, strength: float) -> None:
        """A soft cloud, flat below."""
        light = Image.new("L", (W // 8, H // 8), 0)
        pen = ImageDraw.Draw(light)
        for _ in range(7):
            cx = (x + self.random.uniform(-0.8, 0.8) * size) * W / 8
            r = self.random.uniform(0.25, 0.5) * size * W / 8
            cy = y * H / 8 - r * 0.3
            box = (cx - r * 1.5, cy - r * 0.5, cx + r * 1.5, cy + r * 0.3)
            pen.ellipse(box, fill=round(255 * strength))
        light = light.filter(ImageFilter.GaussianBlur(3)).resize((W, H))
        self.image.paste(Image.new("RGB", (W, H), colour), (0, 0), light)

    def finish(self, *, grain: float = 9) -> bytes:
        """The picture as a JPEG, with a little grain so that flat colour looks printed."""
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.BOX)
        noise = _grain(self.random, grain)
        speckled = ImageChops.add(small, noise, scale=1, offset=-128)
        kept = io.BytesIO()
        speckled.save(kept, "JPEG", quality=90)
        return kept.getvalue()


def _gradient(width: int, height: int, top: Colour, bottom: Colour) -> Image.Image:
    ramp = Image.new("RGB", (1, 256))
    for row in range(256):
        ramp.putpixel((0, row), mix(top, bottom, row / 255))
    return ramp.resize((width, height), Image.Resampling.BICUBIC)


def _grain(chance: random.Random, depth: float) -> Image.Image:
    tile = Image.new("L", (200, 200))
    tile.putdata([round(128 + chance.gauss(0, depth / 2)) for _ in range(200 * 200)])
    sheet = Image.new("L", (WIDTH, HEIGHT))
    for x in range(0, WIDTH, 200):
        for y in range(0, HEIGHT, 200):
            sheet.paste(tile.rotate(chance.choice((0, 90, 180, 270))), (x, y))
    return sheet.convert("RGB")


# --- Land ---------------------------------------------------------------------------------------

Ridge = Callable[[float], float]


def ridge(chance: random.Random, height: float, swing: float, waves: float = 1.6) -> Ridge:
    """The line of a hill: share of the width → share of the height, from a few waves."""
    parts = [
        (swing / n**1.25, waves * n * chance.uniform(0.7, 1.3), chance.uniform(0, 7))
        for n in range(1, 7)
    ]

    def line(x: float) -> float:
        return height + math.fsum(a * math.sin(2 * math.pi * f * x / 2 + p) for a, f, p in parts)

    return line


def hill(sheet: Sheet, line: Ridge, top: Colour, foot: Colour, depth: float = 0.4) -> None:
    """A hill under a ridge line, its colour changing from the top down."""
    edge = [(x / 160, line(x / 160)) for x in range(161)]
    mask = Image.new("L", (W, H), 0)
    outline = [sheet.px(point) for point in [*edge, (1, 1), (0, 1)]]
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    first = min(y for _x, y in edge)
    land = Image.new("RGB", (W, H), foot)
    shade = _gradient(W, max(1, round(depth * H)), top, foot)
    land.paste(shade, (0, round(first * H)))
    sheet.image.paste(land, (0, 0), mask)


def fields(sheet: Sheet, line: Ridge, colours: Sequence[Colour], rows: int, size: float) -> None:
    """Meadows below a ridge, parted by walls, growing towards us."""
    chance = sheet.random
    for row in range(rows):
        above, below = size * row * (1 + row * 0.25), size * (row + 1) * (1.25 + row * 0.25)
        x = -chance.uniform(0, 0.1)
        while x < 1:
            wide = chance.uniform(0.07, 0.16) * (1 + row * 0.3)
            lean = chance.uniform(-0.02, 0.02)
            corners = [
                (x, line(x) + above),
                (x + wide, line(x + wide) + above),
                (x + wide + lean, line(x + wide) + below),
                (x + lean, line(x) + below),
            ]
            sheet.shape(corners, chance.choice(colours))
            sheet.stroke([*corners, corners[0]], mix(STONE_DARK, colours[0], 0.45), 0.0011)
            x += wide


def trees(sheet: Sheet, line: Ridge, colour: Colour, places: Sequence[float], size: float) -> None:
    """Round trees standing on a ridge line."""
    chance = sheet.random
    for place in places:
        for _ in range(chance.randint(4, 7)):
            x = place + chance.uniform(-1.4, 1.4) * size
            r = size * chance.uniform(0.45, 0.85)
            y = line(x) - r * W / H * chance.uniform(0.2, 1.1)
            sheet.disc(x, y, r, mix(colour, MOSS, chance.uniform(0, 0.5)))


def mill(sheet: Sheet, x: float, ground: float, size: float, wall: Colour, lit: Colour) -> None:
    """A weaving mill: a long block with rows of windows, and its chimney."""
    wide, high = 0.9 * size, 0.62 * size
    tall = 1.75 * size
    left, right = x + wide * 1.03, x + wide * 1.11
    chimney = [(left, ground), (left + 0.012 * size, ground - tall)]
    chimney += [(right - 0.012 * size, ground - tall), (right, ground)]
    sheet.shape(chimney, mix(wall, INK, 0.12))
    sheet.box(left - 0.008 * size, ground - tall, right - left + 0.016 * size, 0.05 * size, wall)
    sheet.box(x, ground - high, wide, high + 0.02, wall)
    roof = [(x - 0.02 * size, ground - high), (x + wide + 0.02 * size, ground - high)]
    roof += [(x + wide - 0.06 * size, ground - high * 1.2), (x + 0.06 * size, ground - high * 1.2)]
    sheet.shape(roof, mix(wall, INK, 0.35))
    for row in range(3):
        for column in range(9):
            shade = lit if sheet.random.random() < 0.6 else mix(wall, INK, 0.35)
            at = x + wide * (0.05 + column * 0.104)
            sheet.box(at, ground - high * (0.85 - row * 0.29), wide * 0.055, high * 0.16, shade)


def terrace(
    sheet: Sheet, x: float, line: Ridge, houses: int, size: float, wall: Colour, lit: Colour
) -> None:
    """A row of stone houses stepping along a hill, with chimneys and some lights on."""
    for house in range(houses):
        left = x + house * size
        ground = line(left + size / 2)
        high = size * W / H * 0.95
        top = ground - high
        shade = mix(wall, INK, sheet.random.uniform(0, 0.12))
        sheet.box(left, top, size, high + 0.03, shade)
        peak = top - high * 0.42
        roof = [(left - size * 0.04, top), (left + size * 1.04, top)]
        roof += [(left + size * 1.0, peak), (left, peak)]
        sheet.shape(roof, mix(wall, INK, 0.5))
        sheet.box(left + size * 0.78, peak - high * 0.22, size * 0.16, high * 0.3, shade)
        for row, column in ((0, 0.14), (0, 0.6), (1, 0.6)):
            glass = lit if sheet.random.random() < 0.55 else mix(wall, INK, 0.45)
            pane = (left + size * column, top + high * (0.16 + row * 0.46))
            sheet.box(*pane, size * 0.24, high * 0.24, glass)
        sheet.box(left + size * 0.16, top + high * 0.58, size * 0.2, high * 0.45, MADDER)


# --- Cloth --------------------------------------------------------------------------------------


def thread(chance: random.Random, colour: Colour, length: int, thick: int) -> Image.Image:
    """A horizontal thread: rounded, with the twist of the yarn along it."""
    strand = Image.new("RGB", (length, thick))
    pen = ImageDraw.Draw(strand)
    for row in range(thick):
        round_off = abs((row + 0.5) / thick - 0.45) * 2
        pen.line((0, row, length, row), fill=mix(colour, INK, 0.55 * round_off**2.2))
    light, dark = mix(colour, FLEECE, 0.28), mix(colour, INK, 0.25)
    for at in range(-thick, length, max(6, thick // 3)):
        tone = light if chance.random() < 0.5 else dark
        slant = (at, thick * 0.86, at + thick * 0.55, thick * 0.12)
        pen.line(slant, fill=mix(colour, tone, 0.5), width=max(2, thick // 14))
    return strand


def weave(
    chance: random.Random,
    area: tuple[int, int],
    warp: Sequence[Colour],
    weft: Sequence[Colour],
    size: int,
    over: int = 1,
) -> Image.Image:
    """Cloth: warp threads down, weft across, over and under in turn.

    `area`: width and height; `size`: a thread's width; both in pixels of the large sheet. `over`:
    how many threads each weft passes over before it dives (1 is plain weave, 2 a twill).
    """
    gap, (wide, high) = size // 9, area
    cloth = Image.new("RGB", area, mix(HEATHER_DEEP, INK, 0.6))
    for column in range(wide // size + 1):
        strand = thread(chance, warp[column % len(warp)], high + size, size - gap)
        cloth.paste(strand.rotate(90, expand=True), (column * size, 0))
    knots = {colour: _knot(thread(chance, colour, size, size - gap)) for colour in set(weft)}
    for row in range(high // size + 1):
        for column in range(wide // size + 1):
            if (column + row) // over % 2 == 0:
                place = (column * size - gap // 2, row * size)
                cloth.paste(knots[weft[row % len(weft)]], place)
    return cloth


def _knot(piece: Image.Image) -> Image.Image:
    """A piece of weft that dives under its neighbours: darker at both ends."""
    shade = Image.new("L", piece.size, 0)
    pen, reach = ImageDraw.Draw(shade), max(2, piece.width // 4)
    for edge in range(reach):
        dark = round(100 * (1 - edge / reach))
        for at in (edge, piece.width - 1 - edge):
            pen.line((at, 0, at, piece.height), fill=dark)
    piece.paste(Image.new("RGB", piece.size, INK), (0, 0), shade)
    return piece


@dataclass(frozen=True)
class Drawing:
    """One picture of the demo: its name, what it shows in words, and how to draw it."""

    name: str
    shows: str
    draw: Callable[[], bytes]
