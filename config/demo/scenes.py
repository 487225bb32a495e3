"""The scenes on the demo's website."""

from __future__ import annotations

import math
from itertools import pairwise

from PIL import Image

from config.demo.pictures import (
    FLEECE,
    HEATHER,
    HEATHER_DEEP,
    HEATHER_MID,
    INK,
    MADDER,
    MOSS,
    STONE,
    STONE_DARK,
    WELD,
    WOAD,
    Drawing,
    H,
    Sheet,
    W,
    fields,
    hill,
    mill,
    mix,
    ridge,
    terrace,
    trees,
    weave,
)

MEADOWS = [
    mix(MOSS, WELD, 0.35),
    mix(MOSS, FLEECE, 0.25),
    mix(MOSS, WELD, 0.5),
    mix(MOSS, INK, 0.05),
]
LAMP = mix(WELD, FLEECE, 0.35)


def valley() -> bytes:
    """The valley on a clear morning, for the front page."""
    sheet = Sheet("valley", mix(WOAD, FLEECE, 0.62), mix(WELD, FLEECE, 0.55))
    sheet.glow(0.68, 0.36, 0.16, mix(WELD, FLEECE, 0.5), 0.95)
    sheet.disc(0.68, 0.36, 0.036, mix(WELD, FLEECE, 0.7))
    chance = sheet.random
    pale = mix(HEATHER_MID, FLEECE, 0.55)
    hill(sheet, ridge(chance, 0.43, 0.04), pale, mix(pale, FLEECE, 0.6), 0.25)
    hill(
        sheet, ridge(chance, 0.5, 0.045), mix(HEATHER_MID, FLEECE, 0.25), mix(pale, WELD, 0.2), 0.25
    )
    sheet.mist(0.6, 0.1, mix(WELD, FLEECE, 0.75), 0.6)
    moor = ridge(chance, 0.57, 0.05, 1.2)
    hill(sheet, moor, mix(HEATHER, MOSS, 0.25), mix(MOSS, FLEECE, 0.3), 0.3)
    green = ridge(chance, 0.66, 0.04, 1.1)
    hill(sheet, green, mix(MOSS, FLEECE, 0.15), mix(MOSS, WELD, 0.3), 0.3)
    fields(sheet, green, MEADOWS, 3, 0.035)
    trees(sheet, green, mix(MOSS, INK, 0.25), (0.12, 0.2, 0.83, 0.9), 0.012)
    sheet.mist(0.73, 0.07, FLEECE, 0.4)
    street = ridge(chance, 0.84, 0.015, 0.8)
    mill(sheet, 0.56, 0.83, 0.2, mix(STONE, FLEECE, 0.1), LAMP)
    terrace(sheet, 0.05, street, 8, 0.045, mix(STONE, FLEECE, 0.15), LAMP)
    hill(sheet, ridge(chance, 0.85, 0.012, 1.4), mix(MOSS, INK, 0.1), mix(MOSS, INK, 0.4), 0.15)
    near = ridge(chance, 0.92, 0.025, 1.0)
    hill(sheet, near, mix(MOSS, INK, 0.35), mix(MOSS, INK, 0.6), 0.12)
    trees(sheet, near, mix(MOSS, INK, 0.4), (0.03, 0.09, 0.47, 0.88, 0.95), 0.022)
    return sheet.finish()


def bridge() -> bytes:
    """A stone bridge and its image in still water."""
    sheet = Sheet("bridge", mix(WOAD, FLEECE, 0.7), mix(FLEECE, WELD, 0.18))
    chance = sheet.random
    hill(
        sheet, ridge(chance, 0.3, 0.05), mix(HEATHER_MID, FLEECE, 0.5), mix(MOSS, FLEECE, 0.6), 0.25
    )
    wood = ridge(chance, 0.42, 0.035, 1.3)
    hill(sheet, wood, mix(MOSS, FLEECE, 0.2), mix(MOSS, INK, 0.1), 0.25)
    trees(sheet, wood, mix(MOSS, INK, 0.1), [x / 17 for x in range(18)], 0.02)
    water = 0.66
    sheet.box(0, water, 1, 0.34, mix(WOAD, FLEECE, 0.35))
    stone = mix(STONE, FLEECE, 0.15)

    def crown(x: float) -> float:
        return 0.44 + 0.5 * (x - 0.5) ** 2

    deck = [(x / 60, crown(x / 60)) for x in range(61)]
    arch = [
        (0.5 + 0.27 * math.cos(t), water - 0.17 * math.sin(t))
        for t in (math.pi * step / 60 for step in range(61))
    ]
    sheet.shape([*deck, (1, water), *arch, (0, water)], stone)
    for course in range(9):
        y = 0.03 + course * 0.026
        line = [(x / 60, crown(x / 60) + y) for x in range(61) if crown(x / 60) + y < water]
        inside = [p for p in line if (p[0] - 0.5) ** 2 / 0.0784 + (p[1] - water) ** 2 / 0.032 > 1]
        for one, other in pairwise(inside):
            if other[0] - one[0] < 0.02:
                sheet.stroke([one, other], mix(STONE, INK, 0.18), 0.0009)
                if chance.random() < 0.5:
                    sheet.stroke([one, (one[0], one[1] + 0.025)], mix(STONE, INK, 0.18), 0.0009)
    sheet.stroke(arch, mix(STONE, INK, 0.35), 0.006)
    sheet.stroke([(x, y - 0.012) for x, y in deck], mix(STONE, INK, 0.3), 0.012)
    upper = sheet.image.crop((0, round((2 * water - 1) * H), W, round(water * H)))
    mirrored = upper.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    sheet.image.paste(mirrored, (0, round(water * H)))
    tint = Sheet("water", mix(WOAD, FLEECE, 0.25), mix(WOAD, INK, 0.25)).image
    mask = tint.convert("L").point(lambda _: 105).crop((0, 0, W, round((1 - water) * H)))
    sheet.image.paste(tint.crop((0, 0, W, mask.height)), (0, round(water * H)), mask)
    for _ in range(90):
        x, y = chance.random(), water + 0.01 + chance.random() ** 0.7 * 0.32
        long = chance.uniform(0.01, 0.05) * (0.4 + (y - water) * 3)
        sheet.stroke([(x, y), (x + long, y)], mix(FLEECE, WOAD, chance.uniform(0.1, 0.4)), 0.0013)
    return sheet.finish()


def kitchen() -> bytes:
    """A kitchen table by a window: a teapot and two cups."""
    wall = mix(FLEECE, WELD, 0.22)
    sheet = Sheet("kitchen", mix(wall, FLEECE, 0.3), mix(wall, STONE, 0.15))
    chance = sheet.random
    outside = Sheet("kitchen window", mix(WOAD, FLEECE, 0.6), mix(WELD, FLEECE, 0.6))
    hill(
        outside,
        ridge(chance, 0.4, 0.08),
        mix(HEATHER_MID, FLEECE, 0.3),
        mix(MOSS, FLEECE, 0.5),
        0.3,
    )
    meadow = ridge(chance, 0.6, 0.06)
    hill(outside, meadow, mix(MOSS, FLEECE, 0.2), mix(MOSS, WELD, 0.3), 0.3)
    fields(outside, meadow, MEADOWS, 3, 0.07)
    trees(outside, meadow, mix(MOSS, INK, 0.2), (0.2, 0.7, 0.8), 0.03)
    frame = mix(FLEECE, STONE, 0.08)
    sheet.box(0.27, 0.08, 0.46, 0.5, mix(frame, INK, 0.12))
    sheet.box(0.275, 0.085, 0.45, 0.49, frame)
    view = outside.image.resize((round(0.42 * W), round(0.43 * H)))
    sheet.image.paste(view, (round(0.29 * W), round(0.11 * H)))
    sheet.box(0.494, 0.11, 0.012, 0.43, frame)
    sheet.box(0.29, 0.31, 0.42, 0.012, frame)
    sheet.box(0.25, 0.575, 0.5, 0.025, mix(frame, INK, 0.08))
    for left in (True, False):
        for fold in range(6):
            at = 0.225 + fold * 0.014 if left else 0.775 - fold * 0.014
            drop = [(at - 0.009, 0.05), (at + 0.009, 0.05), (at + 0.012, 0.6), (at - 0.012, 0.6)]
            sheet.shape(drop, mix(HEATHER, FLEECE, 0.15 + 0.12 * (fold % 2)))
    sheet.box(0.2, 0.035, 0.6, 0.022, STONE_DARK)
    cloth(sheet)
    sheet.glow(0.5, 0.75, 0.2, FLEECE, 0.25)
    pot(sheet, 0.47, 0.73)
    for x, colour in ((0.3, WOAD), (0.68, MADDER)):
        cup(sheet, x, 0.8, colour)
    return sheet.finish()


def cloth(sheet: Sheet) -> None:
    """A checked tablecloth running away from us."""
    sheet.shape([(0.06, 0.68), (0.94, 0.68), (1.1, 1), (-0.1, 1)], FLEECE)
    bands = 22
    for band in range(bands):
        if band % 2:
            near, far = -0.1 + 1.2 * band / bands, 0.06 + 0.88 * band / bands
            wide, slim = 1.2 / bands, 0.88 / bands
            stripe = [(far, 0.68), (far + slim, 0.68), (near + wide, 1), (near, 1)]
            sheet.shape(stripe, mix(MADDER, FLEECE, 0.62))
    y, step = 0.68, 0.012
    row = 0
    while y < 1:
        if row % 2:
            band_colour = mix(MADDER, FLEECE, 0.45)
            top, foot = (y - 0.68) / 0.32, (y + step - 0.68) / 0.32
            for piece in range(bands):
                shade = mix(MADDER, FLEECE, 0.25) if piece % 2 else mix(band_colour, FLEECE, 0.3)
                corners = []
                for depth, at in ((top, y), (foot, y + step)):
                    left = 0.06 - 0.16 * depth
                    wide = (0.88 + 0.32 * depth) / bands
                    corners.append(((left + piece * wide, at), (left + (piece + 1) * wide, at)))
                sheet.shape([*corners[0], corners[1][1], corners[1][0]], shade)
        y += step
        step *= 1.13
        row += 1


def pot(sheet: Sheet, x: float, y: float) -> None:
    """A teapot in a knitted cosy."""
    body, dark = mix(WELD, MADDER, 0.12), mix(WELD, INK, 0.3)
    sheet.disc(x + 0.01, y + 0.105, 0.1, mix(STONE, FLEECE, 0.35), 0.16)
    spout = [
        (x + 0.07, y + 0.045),
        (x + 0.115, y + 0.0),
        (x + 0.13, y - 0.075),
        (x + 0.15, y - 0.09),
    ]
    spout += [(x + 0.148, y - 0.06), (x + 0.137, y + 0.03), (x + 0.075, y + 0.1)]
    sheet.shape(spout, HEATHER)
    handle = [
        (x - 0.075 - 0.055 * math.sin(t), y - 0.055 + 0.11 * t / math.pi)
        for t in (math.pi * step / 20 for step in range(21))
    ]
    sheet.stroke(handle, HEATHER, 0.011)
    sheet.disc(x, y + 0.02, 0.088, HEATHER, 0.86)
    sheet.disc(x, y + 0.005, 0.09, body, 0.8)
    for rib in range(-4, 5):
        curve = [
            (x + 0.088 * math.sin(rib / 5.2) * math.sin(t), y + 0.005 - 0.112 * math.cos(t))
            for t in (math.pi * step / 24 for step in range(2, 23))
        ]
        sheet.stroke(curve, dark, 0.0022)
    for band, colour in ((-0.03, MADDER), (0.02, MOSS), (0.065, WOAD)):
        half = 0.09 * math.sqrt(max(0.0, 1 - (band / 0.115) ** 2)) * 0.985
        sheet.stroke([(x - half, y + band), (x + half, y + band)], colour, 0.0065)
    sheet.disc(x, y - 0.117, 0.017, MADDER)


def cup(sheet: Sheet, x: float, y: float, colour: tuple[int, int, int]) -> None:
    """A cup on its saucer, steaming."""
    sheet.disc(x, y + 0.095, 0.075, mix(STONE, FLEECE, 0.3), 0.24)
    sheet.disc(x, y + 0.083, 0.072, mix(colour, FLEECE, 0.75), 0.24)
    ring = [
        (x + 0.043 + 0.027 * math.sin(t), y - 0.0 + 0.055 * t / math.pi)
        for t in (math.pi * step / 20 for step in range(21))
    ]
    sheet.stroke(ring, colour, 0.0065)
    side = [(x - 0.048, y - 0.035), (x + 0.048, y - 0.035), (x + 0.034, y + 0.075)]
    sheet.shape([*side, (x - 0.034, y + 0.075)], colour)
    sheet.disc(x, y + 0.075, 0.034, colour, 0.28)
    sheet.disc(x, y - 0.035, 0.048, mix(colour, FLEECE, 0.35), 0.26)
    sheet.disc(x, y - 0.033, 0.041, mix(MADDER, INK, 0.35), 0.22)
    for wisp in (-0.014, 0.012):
        rise = [(x + wisp + 0.008 * math.sin(n / 3.2), y - 0.06 - n * 0.007) for n in range(16)]
        sheet.stroke(rise, mix(FLEECE, WELD, 0.08), 0.0028)


def lane() -> bytes:
    """A bicycle against a wall above the valley, in the evening."""
    sheet = Sheet("lane", mix(HEATHER, WOAD, 0.35), mix(WELD, MADDER, 0.18))
    sheet.glow(0.3, 0.47, 0.2, mix(WELD, FLEECE, 0.3), 0.9)
    sheet.disc(0.3, 0.47, 0.05, mix(WELD, FLEECE, 0.55))
    chance = sheet.random
    for n, height in enumerate((0.5, 0.56, 0.63)):
        tone = mix(mix(HEATHER_MID, WELD, 0.35), HEATHER_DEEP, n * 0.3)
        hill(sheet, ridge(chance, height, 0.04), tone, mix(tone, WELD, 0.25), 0.2)
    for _ in range(60):
        x = chance.uniform(0.05, 0.95)
        sheet.disc(x, 0.72 + chance.uniform(-0.03, 0.04), 0.0016, LAMP)
    wall_top = ridge(chance, 0.76, 0.006, 2)
    hill(sheet, wall_top, mix(STONE_DARK, HEATHER_DEEP, 0.35), mix(INK, HEATHER_DEEP, 0.5), 0.2)
    for course in range(6):
        x = -chance.uniform(0, 0.04)
        while x < 1:
            wide, y = chance.uniform(0.025, 0.06), 0.775 + course * 0.028
            tone = mix(STONE, HEATHER_DEEP, chance.uniform(0.25, 0.5))
            box = (x * W, y * H, (x + wide) * W - 6, (y + 0.025) * H)
            sheet.pen.rounded_rectangle(box, radius=12, fill=tone)
            x += wide
    x = -0.01
    while x < 1:
        wide = chance.uniform(0.012, 0.022)
        tone = mix(STONE, HEATHER_DEEP, chance.uniform(0.2, 0.4))
        lean = chance.uniform(0, 0.008)
        stone = [(x + lean, 0.735), (x + wide + lean, 0.74), (x + wide, 0.775), (x, 0.775)]
        sheet.shape(stone, tone)
        x += wide
    sheet.box(0, 0.943, 1, 0.06, mix(INK, HEATHER_DEEP, 0.35))
    bicycle(sheet, 0.62, 0.86, 0.075)
    for tuft in range(220):
        x = chance.random()
        blade = [(x, 0.965), (x + chance.uniform(-0.006, 0.006), 0.95 - chance.random() * 0.035)]
        sheet.stroke(blade, mix(MOSS, INK, 0.25 + 0.4 * (tuft % 2)), 0.0013)
    return sheet.finish()


def bicycle(sheet: Sheet, x: float, y: float, r: float) -> None:
    """A bicycle with a basket, facing right; r is the radius of a wheel."""
    tall = W / H
    front, back = (x + r * 1.45, y), (x - r * 1.45, y)
    for cx, cy in (front, back):
        tyre = ((cx - r) * W, cy * H - r * W, (cx + r) * W, cy * H + r * W)
        sheet.pen.ellipse(tyre, outline=INK, width=round(0.006 * W))
        rim = [v + d * 0.005 * W for v, d in zip(tyre, (1, 1, -1, -1), strict=True)]
        sheet.pen.ellipse(rim, outline=mix(STONE, FLEECE, 0.5), width=round(0.0015 * W))
        for spoke in range(14):
            t = math.pi * spoke / 7
            end = (cx + r * 0.93 * math.cos(t), cy + r * 0.93 * tall * math.sin(t))
            sheet.stroke([(cx, cy), end], mix(STONE, FLEECE, 0.4), 0.0007)
    crank = (x - r * 0.25, y + r * 0.15 * tall)
    seat = (x - r * 0.75, y - r * 1.25 * tall)
    head = (x + r * 0.95, y - r * 1.2 * tall)
    grip = (x + r * 0.85, y - r * 1.75 * tall)
    for line in ([back, crank, head, seat, crank], [back, seat], [front, head, grip]):
        sheet.stroke(line, WELD, 0.0058)
    sheet.stroke([seat, (seat[0] - r * 0.05, seat[1] - r * 0.3 * tall)], INK, 0.005)
    saddle = (seat[0] - r * 0.05, seat[1] - r * 0.34 * tall)
    sheet.disc(*saddle, r * 0.32, INK, 0.3)
    sheet.stroke([grip, (grip[0] - r * 0.35, grip[1] + r * 0.02 * tall)], INK, 0.006)
    basket = [(x + r * 1.0, y - r * 1.6 * tall), (x + r * 1.85, y - r * 1.6 * tall)]
    basket += [(x + r * 1.75, y - r * 1.05 * tall), (x + r * 1.1, y - r * 1.05 * tall)]
    for n, colour in enumerate((MADDER, MOSS, FLEECE)):
        sheet.disc(x + r * (1.2 + n * 0.22), y - r * 1.62 * tall, r * 0.16, colour)
    sheet.shape(basket, mix(WELD, STONE_DARK, 0.6))
    for n in range(5):
        level = y - r * (1.55 - n * 0.11) * tall
        sheet.stroke([(x + r * 1.04, level), (x + r * 1.82, level)], mix(WELD, STONE, 0.35), 0.0015)
    sheet.disc(*crank, r * 0.17, INK)


def moor() -> bytes:
    """A village with a church tower on the edge of a heather moor."""
    sheet = Sheet("moor", mix(WOAD, FLEECE, 0.55), mix(FLEECE, HEATHER_MID, 0.18))
    chance = sheet.random
    for _ in range(9):
        place = (chance.random(), chance.uniform(0.06, 0.34))
        sheet.cloud(*place, chance.uniform(0.06, 0.13), mix(FLEECE, WOAD, 0.05), 0.55)
    hill(
        sheet,
        ridge(chance, 0.42, 0.05),
        mix(HEATHER_MID, FLEECE, 0.35),
        mix(FLEECE, MOSS, 0.3),
        0.3,
    )
    back = ridge(chance, 0.52, 0.04, 1.2)
    hill(sheet, back, mix(MOSS, FLEECE, 0.25), mix(MOSS, WELD, 0.3), 0.3)
    fields(sheet, back, MEADOWS, 3, 0.04)
    street = ridge(chance, 0.68, 0.02, 0.8)
    tower = mix(STONE, FLEECE, 0.2)
    ground = street(0.5) + 0.03
    sheet.box(0.47, ground - 0.2, 0.045, 0.22, tower)
    for merlon in range(4):
        sheet.box(0.469 + merlon * 0.0125, ground - 0.218, 0.008, 0.02, tower)
    sheet.box(0.486, ground - 0.15, 0.012, 0.035, mix(tower, INK, 0.5))
    sheet.shape(
        [(0.515, ground - 0.075), (0.575, ground - 0.075), (0.585, ground), (0.515, ground)],
        mix(tower, INK, 0.3),
    )
    terrace(sheet, 0.16, street, 7, 0.036, mix(STONE, FLEECE, 0.2), LAMP)
    terrace(sheet, 0.6, street, 6, 0.036, mix(STONE, FLEECE, 0.25), LAMP)
    trees(sheet, street, mix(MOSS, INK, 0.2), (0.44, 0.57, 0.85, 0.1), 0.016)
    for n, height in enumerate((0.72, 0.8, 0.88)):
        tone = mix(mix(HEATHER, HEATHER_MID, 0.6), HEATHER_DEEP, n * 0.3)
        line = ridge(chance, height, 0.025, 1.2)
        hill(sheet, line, tone, mix(tone, MOSS, 0.4), 0.15)
        for _ in range(900):
            x = chance.random()
            y = line(x) + chance.random() ** 1.5 * 0.12
            sprig = mix(mix(HEATHER_MID, (214, 140, 200), chance.random()), tone, 0.35)
            sheet.disc(x, y, chance.uniform(0.0012, 0.0032) * (1 + n * 0.5), sprig, 0.7)
    return sheet.finish()


def hall() -> bytes:
    """The old weaving shed at night, every window lit."""
    sheet = Sheet("hall", mix(HEATHER_DEEP, INK, 0.5), mix(HEATHER, WOAD, 0.4))
    chance = sheet.random
    for _ in range(130):
        sheet.disc(chance.random(), chance.random() * 0.5, chance.uniform(0.0006, 0.0017), FLEECE)
    sheet.disc(0.84, 0.16, 0.03, mix(FLEECE, WELD, 0.2))
    sheet.disc(0.853, 0.15, 0.027, mix(HEATHER_DEEP, INK, 0.3))
    hill(sheet, ridge(chance, 0.5, 0.06), mix(HEATHER_DEEP, WOAD, 0.2), HEATHER_DEEP, 0.3)
    wall = mix(STONE_DARK, HEATHER_DEEP, 0.45)
    for bay in range(5):
        left = 0.1 + bay * 0.16
        tooth = [(left, 0.52), (left + 0.05, 0.38), (left + 0.16, 0.52)]
        sheet.shape(tooth, mix(wall, INK, 0.4))
        sheet.shape([(left + 0.006, 0.515), (left + 0.046, 0.4), (left + 0.046, 0.515)], LAMP)
    sheet.box(0.1, 0.52, 0.8, 0.33, wall)
    for bay in range(10):
        x = 0.125 + bay * 0.078
        if bay == 5:
            continue
        box = (x * W, 0.58 * H, (x + 0.05) * W, 0.76 * H)
        sheet.glow(x + 0.025, 0.67, 0.035, WELD, 0.28)
        sheet.pen.rounded_rectangle(box, radius=round(0.025 * W), fill=LAMP)
        sheet.box(x, 0.66, 0.05, 0.1, LAMP)
        for bar in range(1, 3):
            sheet.box(x + bar * 0.0167 - 0.001, 0.58, 0.002, 0.18, mix(wall, WELD, 0.25))
        for level in (0.64, 0.7):
            sheet.box(x, level, 0.05, 0.004, mix(wall, WELD, 0.25))
        for _ in range(chance.randint(0, 2)):
            person(sheet, x + chance.uniform(0.01, 0.04), 0.76)
    sheet.box(0.515, 0.62, 0.05, 0.23, mix(MADDER, INK, 0.25))
    sheet.box(0.521, 0.63, 0.038, 0.22, mix(WELD, MADDER, 0.25))
    sheet.glow(0.54, 0.72, 0.05, WELD, 0.4)
    sheet.box(0, 0.85, 1, 0.15, mix(INK, HEATHER_DEEP, 0.4))
    path = [(0.515, 0.85), (0.565, 0.85), (0.68, 1), (0.4, 1)]
    sheet.shape(path, mix(HEATHER_DEEP, WELD, 0.35))
    for x in (0.33, 0.41, 0.45, 0.62, 0.66):
        person(sheet, x, 0.9, 1.6)
    return sheet.finish()


def person(sheet: Sheet, x: float, ground: float, size: float = 1.0) -> None:
    """Somebody seen against the light: head and coat."""
    tone = mix(HEATHER_DEEP, INK, 0.3 + sheet.random.random() * 0.4)
    r = 0.006 * size
    high = 0.075 * size * sheet.random.uniform(0.9, 1.1)
    sheet.disc(x, ground - high - r, r, tone)
    coat = [(x - r * 0.9, ground - high + 0.006), (x + r * 0.9, ground - high + 0.006)]
    sheet.shape([*coat, (x + r * 1.5, ground), (x - r * 1.5, ground)], tone)


def loom() -> bytes:
    """Cloth growing on a loom: woven below, bare threads above, the shuttle between."""
    warp = [HEATHER_MID, mix(HEATHER_MID, FLEECE, 0.4), FLEECE, mix(WELD, FLEECE, 0.5)]
    weft = [WELD, WELD, MOSS, WELD, MADDER, WELD, WELD, WOAD]
    sheet = Sheet("loom", FLEECE, FLEECE)
    woven = weave(sheet.random, (W, H), warp, weft, 52)
    sheet.image.paste(mix(HEATHER_DEEP, INK, 0.35), (0, 0, W, H))
    columns = W // 52 + 1
    for column in range(columns):
        lift = 0.05 if column % 2 else -0.012
        colour = mix(warp[column % 4], INK, 0.0 if column % 2 else 0.3)
        x = (column * 52 + 23) / W
        sheet.stroke([(x, 0), (x, 0.3), (x, 0.46 + lift)], colour, 0.009)
    sheet.image.paste(woven.crop((0, 0, W, round(0.5 * H))), (0, round(0.5 * H)))
    sheet.box(0, 0.488, 1, 0.012, WELD)
    sheet.box(0, 0.1, 1, 0.045, mix(STONE_DARK, INK, 0.2))
    sheet.box(0, 0.1, 1, 0.008, STONE)
    for column in range(columns):
        sheet.box((column * 52 + 18) / W, 0.145, 0.0042, 0.12, mix(STONE, FLEECE, 0.3))
    wood, x, y = mix(STONE, WELD, 0.4), 0.53, 0.4
    shuttle = [(x - 0.19, y), (x - 0.1, y - 0.05), (x + 0.1, y - 0.05), (x + 0.19, y)]
    shuttle += [(x + 0.1, y + 0.05), (x - 0.1, y + 0.05)]
    sheet.shape([(px, py + 0.02) for px, py in shuttle], mix(HEATHER_DEEP, INK, 0.75))
    sheet.shape(shuttle, wood)
    sheet.shape(
        [(x - 0.19, y), (x - 0.1, y + 0.05), (x + 0.1, y + 0.05), (x + 0.19, y)],
        mix(wood, INK, 0.2),
    )
    sheet.disc(x, y, 0.085, mix(wood, INK, 0.55), 0.28)
    for turn in range(11):
        at = x - 0.055 + turn * 0.011
        sheet.stroke(
            [(at, y - 0.026), (at + 0.005, y + 0.026)], mix(WELD, FLEECE, 0.1 * (turn % 3)), 0.009
        )
    sheet.stroke([(x - 0.19, y), (0.15, 0.45), (0, 0.487)], WELD, 0.005)
    return sheet.finish(grain=6)


def quilt() -> bytes:
    """A patchwork of woven squares."""
    sheet = Sheet("quilt", FLEECE, FLEECE)
    chance = sheet.random
    pairs = [
        (HEATHER, FLEECE),
        (MOSS, WELD),
        (WOAD, FLEECE),
        (MADDER, WELD),
        (HEATHER_MID, HEATHER),
    ]
    pairs += [(WELD, FLEECE), (MOSS, FLEECE), (WOAD, HEATHER_MID)]
    side = W // 8
    for row in range(H // side + 1):
        for column in range(8):
            one, other = pairs[(column * 3 + row * 5 + chance.randint(0, 1)) % len(pairs)]
            stripes = ([one] * 4 + [other], [one, other, one])
            patch = weave(chance, (side, side), *stripes, 20, 1 + (row + column) % 2)
            turned = patch.rotate(90 * ((row + column) % 2))
            sheet.image.paste(turned, (column * side, row * side))
    for line in range(1, 9):
        for stitch in range(0, 100, 2):
            at, end = stitch / 100, (stitch + 1) / 100
            if line * side < W:
                sheet.stroke([(line * side / W, at), (line * side / W, end)], FLEECE, 0.0025)
            if line * side < H:
                sheet.stroke([(at, line * side / H), (end, line * side / H)], FLEECE, 0.0025)
    return sheet.finish(grain=6)


DRAWINGS = (
    Drawing(
        "valley",
        "A valley in the morning: stone houses and a mill with its chimney, green fields, purple moors and the sun just up.",
        valley,
    ),
    Drawing(
        "bridge", "An old stone bridge with one arch, and its reflection in the river.", bridge
    ),
    Drawing(
        "kitchen",
        "A kitchen table by a window on the hills: a teapot in a striped cosy and two steaming cups.",
        kitchen,
    ),
    Drawing(
        "lane",
        "A bicycle with a full basket leans on a dry stone wall above the valley at sunset.",
        lane,
    ),
    Drawing("moor", "A small village with a church tower at the edge of a moor in flower.", moor),
    Drawing(
        "hall", "The old weaving shed at night with every window lit and people arriving.", hall
    ),
    Drawing("loom", "A cloth half woven on a loom, with the shuttle on its way across.", loom),
    Drawing("quilt", "A patchwork of woven squares, stitched together.", quilt),
)
