"""What `make crash` prints."""
import statistics
from collections import Counter


class Figures:
    def __init__(self):
        self.kills, self.hits, self.starts_s = Counter(), Counter(), []
        self.rounds = self.acknowledged = self.unknown = self.again = 0
        self.stored = self.lost = self.doubled = 0

    def lines(self, seconds):
        hits = ", ".join(f"{moment} {self.hits[moment]} of {self.kills[moment]}"
                         for moment in sorted(self.kills))
        yield f"{self.rounds} rounds in {seconds:.0f} s; kills that struck as meant: {hits}"
        yield (f"{self.acknowledged} messages acknowledged, {self.unknown} without an answer at a "
               f"kill, {self.again} times sent again")
        yield f"{self.stored} stored, {self.lost} lost, {self.doubled} doubled"
        if self.starts_s:
            yield (f"from start to listening after a kill: median "
                   f"{1000 * statistics.median(self.starts_s):.0f} ms, "
                   f"most {1000 * max(self.starts_s):.0f} ms")
