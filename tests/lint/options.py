"""The manual page, the sample file and the option table say the same names, order and
defaults.  usage: options.py PROGRAM"""
import re
import subprocess
import sys

from source import Report, read

report = Report()
MAN, SAMPLE = "doc/zhitiao.conf.5", "data/zhitiao.conf"


def pairs(text, pattern):
    return [(name, value.strip()) for name, value in re.findall(pattern, text, re.M)]


def compare(path, said, true):
    if [name for name, _ in said] != [name for name, _ in true]:
        for name in dict.fromkeys([n for n, _ in true] + [n for n, _ in said]):
            if name not in dict(said):
                report.say(path, 1, f"{name} is missing")
            elif name not in dict(true):
                report.say(path, 1, f"{name} is no option")
        if sorted(dict(said)) == sorted(dict(true)):
            report.say(path, 1, "not in the order of the table")
    for name, value in true:
        if dict(said).get(name, value) != value:
            report.say(path, 1, f"{name}: says {dict(said)[name]!r}, is {value!r}")


run = subprocess.run([sys.argv[1], "check"], capture_output=True, text=True, check=True)
table = pairs(run.stdout, r"^(\w+) = *(.*)$")
assert len(table) > 10, run.stdout
compare(SAMPLE, pairs(read(SAMPLE), r"^#(\w+) = *(.*)$"), table)
compare(MAN, [(name, "" if value == '""' else value) for name, value in
              pairs(read(MAN).replace("\\(dq", "\""), r"^\.It Cm (\w+) = (.*)$")], table)
subcommands = re.findall(r"^ +zhitiao (\w+)", subprocess.run(
    [sys.argv[1]], capture_output=True, text=True, check=False).stderr, re.M)
assert "serve" in subcommands
for name in dict.fromkeys(subcommands):
    if not re.search(rf"^\.It Cm {name}\b", read("doc/zhitiao.8"), re.M):
        report.say("doc/zhitiao.8", 1, f"the command {name} is missing")
report.end()
