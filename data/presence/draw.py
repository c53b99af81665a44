#!/usr/bin/env python3
"""Draws the presence images of this folder from the shapes below, with netpbm.

Each state has a shape of its own, so that it can be told without colour and on a
screen of one bit.  '#' is the shape, 'o' white inside of it, '.' transparent (GIF,
PNG) or white (WBMP).

    draw.py [FOLDER]     default: where this file is
"""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WHITE, CLEAR = (255, 255, 255), (1, 1, 1)

SHAPES = {
    # A ring.
    "offline": ((128, 128, 128), """
................
.....######.....
...##########...
..####....####..
..###......###..
.###........###.
.###........###.
.##..........##.
.##..........##.
.###........###.
.###........###.
..###......###..
..####....####..
...##########...
.....######.....
................"""),
    # A clock.
    "away": ((176, 112, 0), """
................
.....######.....
...##########...
..#####oo#####..
..#####oo#####..
.######oo######.
.######oo######.
.######oo######.
.######ooooo###.
.######ooooo###.
.##############.
..############..
..############..
...##########...
.....######.....
................"""),
    # A full disc.
    "online": ((0, 136, 68), """
................
.....######.....
...##########...
..############..
..############..
.##############.
.##############.
.##############.
.##############.
.##############.
.##############.
..############..
..############..
...##########...
.....######.....
................"""),
    # A disc with a bar: no entry.
    "busy": ((192, 32, 32), """
................
.....######.....
...##########...
..############..
..############..
.##############.
.##oooooooooo##.
.##oooooooooo##.
.##oooooooooo##.
.##oooooooooo##.
.##############.
..############..
..############..
...##########...
.....######.....
................"""),
    # A telephone with an antenna.
    "phone": ((0, 104, 176), """
..........##....
..........##....
..........##....
....########....
....########....
....#oooooo#....
....#oooooo#....
....#oooooo#....
....########....
....#oo##oo#....
....########....
....#oo##oo#....
....########....
....#oo##oo#....
....########....
....########...."""),
}


def run(argv, data):
    return subprocess.run(argv, input=data, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          check=True).stdout


def ppm(rows, colours):
    return b"P6 %d %d 255\n" % (len(rows[0]), len(rows)) + \
        b"".join(bytes(colours[c]) for row in rows for c in row)


def draw(colour, shape):
    """{ending: bytes} of one state."""
    rows = shape.split()
    colours = {"#": colour, "o": WHITE, ".": CLEAR}
    picture = ppm(rows, colours)
    bits = ppm(rows, {"#": (0, 0, 0), "o": WHITE, ".": WHITE})
    pbm = run(["pamditherbw", "-threshold"], run(["ppmtopgm"], bits))
    return {
        "gif": run(["ppmtogif", "-sort", "-transparent=rgb:01/01/01"], picture),
        "png": run(["pnmtopng", "-force", "-transparent=rgb:01/01/01"], picture),
        "wbmp": run(["pbmtowbmp"], run(["pamtopnm"], pbm)),
    }


def main(folder):
    for state, (colour, shape) in SHAPES.items():
        for ending, data in draw(colour, shape).items():
            with open(os.path.join(folder, f"{state}.{ending}"), "wb") as f:
                f.write(data)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else HERE)
