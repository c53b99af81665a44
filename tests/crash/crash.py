"""make crash ROUNDS=1000 [SEED=7]: kills the server at every moment it has, and looks
whether it kept its word (era.py).  Prints the seed and figures; the exit status is 1 at
the first broken word, and then what the server left stays for whoever looks into it."""
import argparse
import os
import random
import sys
import time

sys.path.insert(0, __file__.rsplit("/", 2)[0] + "/e2e")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from era import Broken, Era                                        # noqa: E402
from figures import Figures                                        # noqa: E402
from kills import MOMENTS                                          # noqa: E402

# Rounds of one database: an audit reads all of it, and first starts are to be among them.
ERA_ROUNDS = 15


def moments(rng, rounds):
    """Each as often as the others, in random order."""
    out = (list(MOMENTS) * (rounds // len(MOMENTS) + 1))[:rounds]
    rng.shuffle(out)
    return out


def run(rng, rounds, figures):
    era = None
    for n, moment in enumerate(moments(rng, rounds)):
        if n % ERA_ROUNDS == 0:
            if era:
                era.close()
            era = Era(rng.random(), figures)
        try:
            era.round(moment)
        except Exception as error:           # told here, with what explains it
            kept = era.server.top
            print(f"round {n + 1}, {moment}, {kept}: {error!r}\n{era.server.stderr()[-3000:]}")
            if era.server.running:
                era.server.kill()
            if not isinstance(error, Broken):
                raise
            return False
    era.close()
    return True


def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--rounds", type=int, default=30)
    parse.add_argument("--seed", type=int, default=None)
    given = parse.parse_args()
    seed = random.SystemRandom().getrandbits(32) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    figures, begun = Figures(), time.monotonic()
    kept = run(random.Random(seed), given.rounds, figures)
    print("\n".join(figures.lines(time.monotonic() - begun)))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
