"""No white space at the end of a line, every text file ends with one line break, no
carriage returns, everything is UTF-8."""
import os
import re

from source import ROOT, Report

TEXT = (".c", ".h", ".proto", ".py", ".sh", ".cs", ".hdf", ".css", ".md", ".tsv", ".dtd", ".conf",
        ".8", ".5", "Makefile", "CONTRACT", "run", "LICENSE", ".clang-format", ".gitignore")
SKIP = re.compile(r"^(\.git|build[\w-]*|samples|__pycache__|\.pytest_cache|corpus|golden|db|pictures)$")
report = Report()

for folder, folders, names in os.walk(ROOT):
    folders[:] = sorted(f for f in folders if not SKIP.match(f))
    for name in sorted(names):
        path = os.path.relpath(os.path.join(folder, name), ROOT)
        if not name.endswith(TEXT) or os.path.islink(os.path.join(ROOT, path)):
            continue
        with open(os.path.join(ROOT, path), "rb") as f:
            data = f.read()
        try:
            data.decode()
        except UnicodeDecodeError as error:
            report.say(path, data.count(b"\n", 0, error.start) + 1, "not UTF-8")
        for number, line in enumerate(data.split(b"\n"), 1):
            if line.endswith((b" ", b"\t")) and not name.endswith(".tsv"):
                report.say(path, number, "white space at the end")
            if b"\r" in line:
                report.say(path, number, "carriage return")
        # A template's last line break would be a byte of every page.
        if data and not name.endswith(".cs") and (not data.endswith(b"\n") or data.endswith(b"\n\n")):
            report.say(path, data.count(b"\n"), "does not end with one line break")
report.end()
