"""Scenes drawn here, whose ground truth is exact because the drawing is fitted to it.

An object is a *figure*: coloured polygons in a coordinate system of its own, later ones on top. `fit`
maps a figure so that its bounding box is a given box, to the last decimal; so the annotation comes
first and the picture follows. Where figures overlap, a box still spans the whole object, hidden parts
included. Everything is drawn `OVERSAMPLING` times larger and averaged down, which smooths the edges.
"""

import itertools
import math

import numpy as np
from PIL import Image, ImageDraw

OVERSAMPLING = 3

Polygon = tuple[np.ndarray, str]  # (N, 2) points and a colour
Figure = list[Polygon]
Box = tuple[float, float, float, float]  # xyxy

_TURN = np.linspace(0, 2 * math.pi, 48, endpoint=False)
_CIRCLE = np.stack([np.cos(_TURN), np.sin(_TURN)], axis=1)


def _ellipse(cx: float, cy: float, rx: float, ry: float, colour: str) -> Figure:
    return [(_CIRCLE * (rx, ry) + (cx, cy), colour)]


def _polygon(points, colour: str) -> Figure:
    return [(np.array(points, float), colour)]


def _rectangle(x1: float, y1: float, x2: float, y2: float, colour: str) -> Figure:
    return _polygon([(x1, y1), (x2, y1), (x2, y2), (x1, y2)], colour)


def _spline(p0, p1, p2, p3) -> np.ndarray:
    """The Catmull-Rom spline from each point of `p1` to that of `p2`, eight points a piece."""
    t = np.linspace(0, 1, 8, endpoint=False)[:, None, None]
    curve = 2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
    curve = (curve + (3 * p1 - p0 - 3 * p2 + p3) * t**3) / 2
    return curve.transpose(1, 0, 2).reshape(-1, 2)


def _blob(points, colour: str) -> Figure:
    """A smooth closed shape through `points`."""
    p = np.array(points, float)
    return [(_spline(np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)), colour)]


def _curve(points) -> np.ndarray:
    """A smooth open line through `points`."""
    p = np.concatenate([points[:1], points, points[-1:]]).astype(float)
    return np.concatenate([_spline(p[:-3], p[1:-2], p[2:-1], p[3:]), p[-1:]])


def _band(points, width: float, colour: str) -> Figure:
    """A line of the given width through `points`, with round joints and ends."""
    figure: Figure = []
    path = np.array(points, float)
    for a, b in itertools.pairwise(path):
        along = (b - a) / (np.linalg.norm(b - a) or 1.0)
        across = np.array([-along[1], along[0]]) * width / 2
        figure += _polygon([a + across, b + across, b - across, a - across], colour)
    for x, y in path:
        figure += _ellipse(x, y, width / 2, width / 2, colour)
    return figure


def _mirror(figure: Figure, axis: float) -> Figure:
    """The figure and its mirror image about the vertical line x = `axis`."""
    return figure + [(points * (-1, 1) + (2 * axis, 0), colour) for points, colour in figure]


def bounds(figure: Figure) -> Box:
    """The bounding box of a figure, in the figure's own coordinates."""
    points = np.concatenate([points for points, _ in figure])
    return (*points.min(axis=0), *points.max(axis=0))


def fit(figure: Figure, box: Box, *, flip: bool = False) -> Figure:
    """Maps a figure so that its bounding box becomes `box`.

    Args:
      figure: coloured polygons; not empty, with a positive width and height.
      box: xyxy, pixels.
      flip: mirror it left to right.

    Returns:
      A new figure whose `bounds` are `box` (to rounding).
    """
    x1, y1, x2, y2 = bounds(figure)
    scale = np.array([(box[2] - box[0]) / (x2 - x1), (box[3] - box[1]) / (y2 - y1)])
    start = np.array([x1, y1])
    if flip:
        scale, start = scale * (-1, 1), np.array([x2, y1])
    return [((points - start) * scale + box[:2], colour) for points, colour in figure]


def _dog() -> Figure:
    coat, shade, dark, cream, ink = "#CE9250", "#B97C3D", "#87552B", "#F6E3C8", "#33241D"
    figure = _band(_curve([(80, 140), (93, 129), (97, 114), (92, 101)]), 8, shade)
    figure += _mirror(_ellipse(21, 132, 20, 20, shade) + _ellipse(14, 149, 14, 6, coat), 50)
    figure += _blob(
        [(37, 56), (63, 56), (73, 86), (79, 118), (74, 151), (26, 151), (21, 118), (27, 86)], coat
    )
    figure += _blob([(41, 62), (59, 62), (63, 88), (50, 112), (37, 88)], cream)
    figure += _mirror(
        _band([(42, 100), (42, 146)], 13, shade)
        + _ellipse(40.5, 149, 10, 6, cream)
        + _band([(38, 148), (38, 152)], 0.8, shade)
        + _band([(43, 148), (43, 152)], 0.8, shade),
        50,
    )
    figure += _band([(33, 63), (42, 67.5), (50, 69), (58, 67.5), (67, 63)], 5.5, "#C4443C")
    figure += _ellipse(50, 73.5, 4.2, 4.2, "#F2C14E")
    figure += _blob([(50, 2), (69, 7), (77, 28), (73, 50), (50, 64), (27, 50), (23, 28), (31, 7)], coat)
    figure += _blob([(50, 3), (54, 18), (56, 32), (50, 40), (44, 32), (46, 18)], cream)
    figure += _ellipse(50, 47, 16.5, 14.5, cream)
    figure += _blob([(42, 37), (50, 34.5), (58, 37), (55, 43.5), (50, 46), (45, 43.5)], ink)
    figure += _ellipse(47, 38.3, 2, 1.1, "#8A766B")
    figure += _band([(50, 46), (50, 51)], 1.3, ink)
    figure += _blob([(46, 53), (54, 53), (54, 60), (50, 63), (46, 60)], "#E07A7A")
    figure += _mirror(_band([(50, 51), (46, 54), (41, 53)], 1.3, ink), 50)
    figure += _mirror(
        _blob([(33, 6), (22, 9), (12, 28), (11, 47), (18, 55), (26, 46), (29, 27)], dark)
        + _ellipse(38, 28, 4, 4.6, ink)
        + _band(_curve([(34, 19.5), (38, 17.8), (42, 19.3)]), 1.6, dark),
        50,
    )
    for x in (38, 62):
        figure += _ellipse(x + 1.2, 26.3, 1.4, 1.5, "#FFFFFF")
    return figure


def _cat() -> Figure:
    coat, shade, dark, cream, ink = "#8490A3", "#6F7B8F", "#566175", "#F1EEE9", "#2B2F38"
    figure = _band(_curve([(70, 141), (84, 142), (95, 132), (96, 116), (89, 103), (91, 91)]), 8.5, shade)
    figure += _band([(90.1, 94), (91, 91)], 8.5, dark) + _band([(93.2, 110), (91.7, 107.5)], 8.5, dark)
    figure += _mirror(_ellipse(27, 128, 18, 19, shade) + _ellipse(22, 146, 13, 4.8, coat), 50)
    figure += _blob(
        [(40, 56), (60, 56), (69, 84), (75, 116), (70, 148), (30, 148), (25, 116), (31, 84)], coat
    )
    figure += _blob([(41, 60), (59, 60), (62, 82), (50, 104), (38, 82)], cream)
    for y, reach in ((92, 8), (103, 9), (114, 10)):
        edge = 31 - (y - 84) * 0.19
        figure += _mirror(_polygon([(edge, y - 3), (edge + reach, y), (edge - 0.8, y + 3)], dark), 50)
    figure += _mirror(
        _band([(43.5, 100), (43.5, 142)], 11, shade)
        + _ellipse(42.5, 146, 8.5, 4.8, cream)
        + _band([(40.5, 145), (40.5, 149)], 0.8, shade)
        + _band([(44.5, 145), (44.5, 149)], 0.8, shade),
        50,
    )
    figure += _mirror(
        _blob([(19, 33), (17.5, 16), (21.5, 0.5), (34, 8), (46, 17), (34, 30)], coat)
        + _polygon([(23.5, 24), (23.5, 8), (37, 16)], "#E9A6A6"),
        50,
    )
    figure += _blob([(50, 10), (70, 14), (82, 34), (74, 54), (50, 63), (26, 54), (18, 34), (30, 14)], coat)
    for x, length in ((50, 14), (43, 10), (57, 10)):
        figure += _polygon([(x - 2.2, 10.5), (x + 2.2, 10.5), (x, 11 + length)], dark)
    for y in (39, 46):
        figure += _mirror(_polygon([(19.2, y - 2.5), (28, y + 1), (20.5, y + 2.5)], dark), 50)
    figure += _ellipse(43.5, 52, 9.5, 8, cream) + _ellipse(56.5, 52, 9.5, 8, cream)
    figure += _mirror(
        _ellipse(35.5, 37, 7.2, 7, ink)
        + _ellipse(35.5, 37, 6.4, 6.2, "#B9D66B")
        + _ellipse(35.5, 37, 2.3, 5.8, ink)
        + _band([(50, 50.5), (47, 53.5), (43.5, 53)], 1.2, ink)
        + _band([(37, 52), (17.5, 49)], 0.6, cream)
        + _band([(37, 54.5), (18, 56.5)], 0.6, cream),
        50,
    )
    for x in (34.5, 63.5):
        figure += _ellipse(x + 2.4, 34.2, 1.3, 1.4, "#FFFFFF")
    figure += _blob([(46, 46), (50, 45), (54, 46), (50, 50.5)], "#D98080")
    return figure


def _person(coat: str, trousers: str, skin: str, hair: str, bag: str | None = None) -> Figure:
    figure = _band([(15, 58), (13, 97)], 7, trousers) + _band([(22, 58), (25, 97)], 7, trousers)
    figure += _ellipse(11, 98, 5, 2.2, "#1B1720") + _ellipse(27, 98, 5, 2.2, "#1B1720")
    figure += _band([(10, 27), (5, 44), (7, 56)], 5.5, coat) + _band(
        [(27, 27), (32, 43), (30, 55)], 5.5, coat
    )
    figure += _blob([(11, 22), (18.5, 20), (26, 22), (28.5, 44), (28, 63), (9, 63), (8.5, 44)], coat)
    figure += _ellipse(7, 58, 2.6, 2.8, skin) + _ellipse(30, 57, 2.6, 2.8, skin)
    figure += _band([(18.5, 15), (18.5, 21)], 5, skin)
    figure += _ellipse(18.5, 8.5, 7, 8.2, hair) + _ellipse(19.2, 10.5, 5.6, 6.6, skin)
    if bag:
        figure += _blob([(27, 57), (34, 57), (36, 71), (25, 71)], bag)
    return figure


def _lamp_post() -> Figure:
    iron, light = "#1A1723", "#FFE9AE"
    figure = _rectangle(8.4, 20, 11.6, 292, iron) + _rectangle(5.5, 262, 14.5, 300, iron)
    figure += _rectangle(3, 292, 17, 300, iron)
    figure += _polygon([(4, 8), (16, 8), (13.5, 24), (6.5, 24)], light)
    figure += _polygon([(2, 8), (10, 0), (18, 8)], iron) + _rectangle(6, 23, 14, 26, iron)
    return figure


def _train(cars: int = 7) -> Figure:
    body, window, roof = "#7E3344", "#FFDD93", "#4E2435"
    figure: Figure = []
    for car in range(cars):
        x = car * 104.0
        figure += _rectangle(x + 99, 20, x + 105, 24, "#231A26") if car < cars - 1 else []
        figure += _blob(
            [(x, 5), (x + 5, 0), (x + 50, 0), (x + 95, 0), (x + 100, 5), (x + 100, 24), (x, 24)], roof
        )
        figure += _rectangle(x, 6, x + 100, 26, body)
        for i in range(7):
            figure += _rectangle(x + 6 + i * 13, 9, x + 15 + i * 13, 17, window)
        for wheel in (14, 26, 74, 86):
            figure += _ellipse(x + wheel, 27, 3.5, 3.5, "#231A26")
    end = cars * 104.0 - 4
    figure += _polygon([(end, 4), (end + 10, 12), (end + 14, 26), (end, 26)], body)
    return figure + _polygon([(end + 1, 8), (end + 6.5, 13), (end + 8, 17), (end + 1, 17)], window)


def _bird() -> Figure:
    ink = "#2A2136"
    left = _polygon([(0, 2), (5, 0), (9, 3), (11, 8), (7, 5)], ink)
    return _mirror(left, 11.5) + _ellipse(11.5, 7.5, 2.2, 3, ink)


def _sailing_boat(sail: str, hull: str) -> Figure:
    figure = _rectangle(29, 0, 31, 62, "#3A2A33")
    figure += _polygon([(32, 3), (56, 54), (32, 56)], sail) + _polygon([(28, 10), (28, 55), (8, 55)], sail)
    return figure + _polygon([(0, 61), (62, 61), (53, 74), (10, 74)], hull)


def _ship() -> Figure:
    hull, deck, window = "#2C3350", "#E7D9D2", "#FFDD93"
    figure = _rectangle(176, 4, 206, 30, "#B4463F") + _rectangle(176, 9, 206, 14, "#F3E3D6")
    figure += _rectangle(118, 18, 268, 34, deck) + _rectangle(70, 32, 290, 48, deck)
    for i in range(10):
        figure += _rectangle(124 + i * 14, 22, 133 + i * 14, 28, window)
    for i in range(15):
        figure += _rectangle(76 + i * 14, 37, 85 + i * 14, 43, window)
    figure += _rectangle(96, 0, 98, 32, "#3A2A33")
    return figure + _polygon([(0, 42), (60, 47), (330, 47), (322, 72), (22, 72)], hull)


def _lighthouse() -> Figure:
    white, red, iron = "#EFE3DC", "#B4463F", "#2A2136"
    figure = _polygon([(7, 24), (23, 24), (29, 180), (1, 180)], white)
    for y in (48, 100, 152):
        a, b = 6 * (y - 24) / 156, 6 * (y - 2) / 156
        figure += _polygon([(7 - a, y), (23 + a, y), (23 + b, y + 22), (7 - b, y + 22)], red)
    figure += _rectangle(4, 21, 26, 25, iron) + _rectangle(8, 9, 22, 21, "#FFE9AE")
    return figure + _polygon([(6, 9), (15, 0), (24, 9)], iron) + _rectangle(13, 118, 17, 126, iron)


def _buoy() -> Figure:
    return _polygon([(3, 4), (7, 4), (10, 14), (0, 14)], "#D9503F") + _ellipse(5, 2.4, 2.4, 2.4, "#FFE9AE")


def _small_dog() -> Figure:
    coat = "#E3C9A4"
    figure = _band([(8, 14), (3, 9), (4, 2)], 3, coat)
    for x in (10, 14, 29, 33):
        figure += _band([(x, 18), (x, 31)], 3.4, coat)
    figure += _blob([(6, 12), (20, 11), (35, 11), (37, 19), (33, 23), (10, 23)], coat)
    figure += _blob([(33, 2), (42, 3), (50, 9), (48, 13), (40, 15), (34, 13)], coat)
    figure += _polygon([(33, 2), (37, 3), (36, 13), (32, 11)], "#9A7346")
    return figure + _ellipse(41.5, 6.5, 1.2, 1.2, "#2A2136") + _ellipse(49.5, 9.5, 1.6, 1.5, "#2A2136")


def _scaled(box: Box, width: int, height: int) -> Box:
    return box[0] * width, box[1] * height, box[2] * width, box[3] * height


DOGCAT_SIZE = (728, 561)
# The ground truth of the book's running example, as fractions of the picture.
DOGCAT: tuple[tuple[str, Box], ...] = (
    ("dog", _scaled((0.1, 0.08, 0.52, 0.92), *DOGCAT_SIZE)),
    ("cat", _scaled((0.55, 0.2, 0.9, 0.88), *DOGCAT_SIZE)),
)

HARD_SIZE = (960, 600)
# Far objects first: what stands in front is drawn later.
HARD: tuple[tuple[str, Box], ...] = (
    ("lighthouse", (872, 120, 902, 300)),
    ("train", (24, 246, 764, 276)),
    ("ship", (420, 286, 750, 358)),
    ("boat", (96, 306, 128, 344)),
    ("boat", (150, 312, 176, 343)),
    ("boat", (786, 322, 848, 396)),
    ("boat", (254, 326, 330, 417)),
    ("boat", (296, 338, 372, 429)),
    ("buoy", (212, 368, 219, 378)),
    ("buoy", (468, 392, 476, 404)),
    ("buoy", (708, 404, 717, 417)),
    ("bird", (356, 84, 378, 94)),
    ("bird", (390, 66, 408, 74)),
    ("bird", (402, 98, 418, 105)),
    ("bird", (428, 82, 442, 88)),
    ("bird", (446, 104, 458, 109)),
    ("bird", (468, 92, 479, 97)),
    ("bird", (664, 150, 674, 155)),
    ("bird", (690, 138, 699, 142)),
    ("bird", (812, 60, 838, 72)),
    ("lamp post", (52, 230, 72, 530)),
    ("lamp post", (388, 232, 408, 532)),
    ("lamp post", (640, 234, 660, 534)),
    ("lamp post", (920, 236, 940, 536)),
    ("person", (112, 432, 148, 532)),
    ("person", (138, 438, 174, 538)),
    ("person", (166, 430, 204, 536)),
    ("person", (192, 444, 226, 540)),
    ("person", (446, 436, 484, 542)),
    ("person", (474, 428, 514, 540)),
    ("person", (502, 446, 536, 542)),
    ("person", (530, 434, 568, 540)),
    ("person", (556, 466, 584, 544)),
    ("person", (768, 440, 806, 546)),
    ("person", (798, 476, 826, 550)),
    ("person", (310, 448, 346, 548)),
    ("dog", (836, 520, 888, 552)),
)

_COATS = ("#B4463F", "#2F6F73", "#D9A441", "#4B4F86", "#7A3B63", "#E2D5C8", "#39604A", "#C9763B")
_SKINS = ("#F0C7A4", "#8D5A3C", "#D9A27A", "#5F3B2A")
_HAIRS = ("#2B1D1A", "#5B3A22", "#171419", "#B98A4A", "#8B8790")
_SAILS = ("#F3E3D6", "#F0C7A4", "#E9D7E0", "#F6E8C9", "#DDB7A8")


def _hard_figures() -> list[Figure]:
    """One figure for each entry of `HARD`, fitted to its box."""
    plain = {
        "lighthouse": _lighthouse,
        "train": _train,
        "ship": _ship,
        "buoy": _buoy,
        "bird": _bird,
        "lamp post": _lamp_post,
        "dog": _small_dog,
    }
    figures, counts = [], {"person": 0, "boat": 0}
    for name, box in HARD:
        i = counts.get(name, 0)
        if name in counts:
            counts[name] += 1
        if name == "person":
            bag = _COATS[(i + 5) % 8] if i % 3 == 1 else None
            trousers = ("#2A2640", "#3B3340", "#27384A")[i % 3]
            figure = _person(_COATS[i % 8], trousers, _SKINS[i % 4], _HAIRS[i % 5], bag)
        elif name == "boat":
            figure = _sailing_boat(_SAILS[i % 5], ("#5A2C3E", "#27384A")[i % 2])
        else:
            figure = plain[name]()
        figures.append(fit(figure, box, flip=i % 2 == 1))
    return figures


def _paint(background: Image.Image, figures: list[Figure]) -> Image.Image:
    """Draws fitted figures over a background that is already `OVERSAMPLING` times larger."""
    draw = ImageDraw.Draw(background)
    for figure in figures:
        for points, colour in figure:
            # Pillow counts from pixel centres, boxes from pixel corners: half a pixel apart.
            draw.polygon((points * OVERSAMPLING - 0.5).ravel().tolist(), fill=colour)
    return background.reduce(OVERSAMPLING)


def _canvas(size: tuple[int, int], colour: str = "#000000") -> Image.Image:
    return Image.new("RGB", (size[0] * OVERSAMPLING, size[1] * OVERSAMPLING), colour)


def _room() -> list[Figure]:
    """The background of the dog and the cat: a wall with a window, a floor, a rug."""
    width, height = DOGCAT_SIZE
    figures = [_rectangle(0, 430, width, height, "#D8BB93"), _rectangle(0, 424, width, 434, "#FBF5EC")]
    figures += [_band([(-10, y), (width + 10, y)], 1.2, "#C9A97D") for y in (462, 500, 540)]
    figures += [_rectangle(470, 22, 690, 206, "#FBF5EC"), _rectangle(480, 32, 680, 196, "#BFDDE8")]
    figures += [_ellipse(632, 66, 20, 20, "#FBE9B0"), _ellipse(532, 206, 46, 50, "#A9C9A4")]
    figures += [_ellipse(626, 212, 52, 40, "#96BB96"), _rectangle(470, 196, 690, 206, "#FBF5EC")]
    figures += [_rectangle(470, 206, 690, 270, "#EFE3D2"), _rectangle(576, 32, 584, 196, "#FBF5EC")]
    figures += [_rectangle(460, 204, 700, 214, "#E6D6BF")]
    figures += [_ellipse(364, 500, 330, 46, "#7FA39B"), _ellipse(364, 500, 306, 39, "#8FB3A9")]
    figures += [_ellipse(226, 508, 150, 15, "#7A9C94"), _ellipse(528, 486, 118, 12, "#7A9C94")]
    return figures


def draw_dogcat() -> Image.Image:
    """A dog on the left and a cat on the right, in the boxes of `DOGCAT`."""
    animals = [fit(figure, box) for figure, (_, box) in zip((_dog(), _cat()), DOGCAT, strict=True)]
    return _paint(_canvas(DOGCAT_SIZE, "#EFE3D2"), _room() + animals)


def _gradient(stops: list[tuple[float, str]], height: int) -> np.ndarray:
    """Colours (height, 3) that pass through `stops`: (fraction of the height, colour)."""
    at = [s for s, _ in stops]
    colours = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for _, c in stops], float)
    y = np.linspace(0, 1, height)
    return np.stack([np.interp(y, at, colours[:, i]) for i in range(3)], axis=1)


def _harbour() -> tuple[Image.Image, list[Figure]]:
    """The background of `hard`: evening sky, sea, hills, a railway bridge, the quay."""
    width, height = HARD_SIZE
    sky = [(0, "#2E2A55"), (0.25, "#6B3F73"), (0.42, "#C9627A"), (0.52, "#F4A16C"), (0.55, "#F9CB84")]
    sea = [(0.551, "#C97F74"), (0.62, "#6E5478"), (0.8, "#37365E"), (1, "#2B2A4E")]
    column = _gradient(sky + sea, height * OVERSAMPLING).round().astype(np.uint8)
    size = (width * OVERSAMPLING, height * OVERSAMPLING)
    image = Image.fromarray(column[:, None]).resize(size, Image.Resampling.NEAREST)
    figures = [_ellipse(566, 300, 44, 44, "#FFE3A3")]
    hills = [(-40, 340), (-20, 288), (90, 262), (190, 292), (300, 270), (420, 300), (520, 318), (520, 340)]
    figures += [_blob(hills, "#6E4468")]
    figures += [_blob([(740, 340), (770, 306), (850, 292), (920, 300), (990, 288), (1000, 340)], "#573A60")]
    sea_start = 331
    figures += [_rectangle(0, sea_start, width, 345, "#B9746F")]
    for i, y in enumerate(range(338, 430, 9)):
        half = 46 - i * 2.4 + (i % 3) * 6
        figures += [_band([(566 - half, y), (566 + half, y)], 2.2, "#F2B57E")]
    for i in range(26):
        x, y = (i * 173) % width, 350 + (i * 47) % 84
        figures += [_band([(x, y), (x + 18 + (i * 7) % 16, y)], 1.1, "#7D5F80")]
    figures += [_rectangle(-5, 276, width + 5, 283, "#33273F")]
    figures += [_rectangle(x, 280, x + 9, 340, "#33273F") for x in range(20, width, 110)]
    figures += [_blob([(850, 318), (862, 298), (912, 296), (930, 318)], "#33273F")]
    figures += [_rectangle(0, 498, width, height, "#4A3B4F"), _rectangle(0, 490, width, 500, "#66506A")]
    for y in (530, 566):
        figures += [_band([(-5, y), (width + 5, y)], 1.3, "#3D3044")]
    for x in range(-40, width + 40, 88):
        figures += [_band([(x + 6, 500), (x - 14, 530)], 1.1, "#3D3044")]
        figures += [_band([(x + 44, 530), (x + 16, 566)], 1.1, "#3D3044")]
        figures += [_band([(x, 566), (x - 36, 602)], 1.1, "#3D3044")]
    return image, figures


def draw_hard() -> Image.Image:
    """A harbour at dusk: tiny birds, a very wide train, very tall lamp posts, people in a crowd."""
    image, background = _harbour()
    return _paint(image, background + _hard_figures())


# Each picture's function, and its ground truth.
PICTURES = {"dogcat": draw_dogcat, "hard": draw_hard}
OBJECTS = {"dogcat": DOGCAT, "hard": HARD}
