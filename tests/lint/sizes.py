"""Small files, small functions, shallow nesting.  Tables do not count:
only functions do.  Relies on KNF: a definition has its name in column 0 and its braces in
column 0."""
import re
import sys

from source import Report, blank, files, read

FILE_LINES, FUNCTION_LINES, NESTING, COLUMNS = 600, 100, 3, 100
HEAD = re.compile(r"^(\w+)\((?:[^()]|\([^()]*\))*\)\s*\n\{\n(.*?)^\}", re.M | re.S)

report = Report()
lengths = []


def depth(body):
    """The deepest block below the function's own, a switch and its cases counting once;
    an if without braces counts as one that has them."""
    deepest = 0
    for line in body.split("\n"):
        # A statement indented n tabs is in n - 1 blocks; a continuation has spaces after.
        match = re.match(r"(\t*)(?! {4})(?=\S)", line)
        if match and not re.match(r"\t*(case |default:|\}|\{|\.|#|[A-Z_]+:)", line):
            deepest = max(deepest, len(match.group(1)) - 1)
    return deepest


def width(line):
    return len(line.expandtabs(8))


for path in files("server", "tests"):
    text = read(path)
    lines = text.split("\n")
    # Shared fixtures and tests may be long lists of cases.
    if len(lines) - 1 > FILE_LINES and path.startswith("server/"):
        report.say(path, len(lines), f"{len(lines) - 1} lines, at most {FILE_LINES}")
    for number, line in enumerate(lines, 1):
        if width(line) > COLUMNS:
            report.say(path, number, f"{width(line)} columns, at most {COLUMNS}")
        if re.match(r" {8}", line):
            report.say(path, number, "indented by spaces, not by tabs")
    code = blank(text)
    for match in HEAD.finditer(code):
        name, body = match.groups()
        line = code.count("\n", 0, match.start()) + 1
        length = match.group().count("\n") + 1
        lengths.append(length)
        if length > FUNCTION_LINES:
            report.say(path, line, f"{name}: {length} lines, at most {FUNCTION_LINES}")
        if path.startswith("server/") and depth(body) > NESTING:
            report.say(path, line, f"{name}: {depth(body)} blocks deep, at most {NESTING}")
lengths.sort()
if "-v" in sys.argv and lengths:
    print(f"{len(lengths)} functions: median {lengths[len(lengths) // 2]} lines, "
          f"p90 {lengths[len(lengths) * 9 // 10]}, longest {lengths[-1]}")
report.end()
