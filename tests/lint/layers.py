"""Who may include what: layers in the Makefile's order, and the libraries that only
one place knows.  Also names that nobody may call."""
import os
import re

from source import Report, blank, files, read

LAYERS = re.search(r"^LAYERS = (.*)$", read("Makefile"), re.M).group(1).split()

# header: who may include it
OWNERS = {
    r"db\.h": r"store/",
    r"microhttpd\.h": r"web/(http|body|reply)\.[ch]$",
    r"(ClearSilver|util/neo_\w+|cs/cs|cgi/\w+)\.h": r"web/(view|template)[a-z_]*\.[ch]$|base/tree\.c$",
    r"sodium\.h": r"base/secret\.c$|web/formkey\.c$",
    r"iconv\.h": r"text/",
    r"utf8proc\.h": r"text/",
    r"zlib\.h": r"web/",
    r"yajl/\w+\.h": r"ctl/importjson\.c$",
}
# Some edges are narrower than layers: an internal header belongs to its folder.
INTERNAL = re.compile(r"(\w+)/internal\.h$")

POISON = {
    "strcpy": "str_dup", "strcat": "sbuf_add", "sprintf": "str_fmt", "vsprintf": "str_fmt",
    "strncpy": "str_dup", "strncat": "sbuf_add", "strtok": "str_split", "atoi": "str_u64",
    "atol": "str_u64", "gmtime": "clock_civil", "localtime": "clock_civil",
    "rand": "secret_random", "srand": "secret_random", "random": "secret_random",
    "gets": "read", "time": "clock_wall_ms", "gettimeofday": "clock_wall_ms",
    "setlocale": "nothing: the program has no locale", "system": "nothing", "popen": "nothing",
    "alloca": "arena_alloc",
}
CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(POISON))
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^">]+)[">]', re.M)

report = Report()


def layer_of(path):
    parts = path.split("/")
    if parts[0] == "server" and len(parts) == 3:
        return LAYERS.index(parts[1]) if parts[1] in LAYERS else None
    return len(LAYERS)          # main.c may include everything


def check_include(path, line, mark, header):
    inside = path.removeprefix("server/")
    for pattern, owner in OWNERS.items():
        if re.fullmatch(pattern, header) and not re.match(owner, inside):
            report.say(path, line, f"<{header}> belongs to {owner}")
    if mark == "<":
        return
    if not os.path.exists(os.path.join("server", header)) and "pb-c.h" not in header:
        report.say(path, line, f'"{header}" is not named from server/')
        return
    folder = header.split("/")[0]
    if folder not in LAYERS or layer_of(path) < LAYERS.index(folder):
        report.say(path, line, f'"{header}" is of a layer below this one')
    internal = INTERNAL.search(header)
    if internal and not inside.startswith(internal.group(1) + "/"):
        report.say(path, line, f'"{header}" is internal to its folder')


for path in files("server"):
    if layer_of(path) is None:
        report.say(path, 1, "the folder is not in LAYERS of the Makefile")
        continue
    text = read(path)
    for match in INCLUDE.finditer(text):
        check_include(path, text.count("\n", 0, match.start()) + 1, *match.groups())
    code = blank(text)
    for match in CALL.finditer(code):
        line = code.count("\n", 0, match.start()) + 1
        report.say(path, line, f"{match.group(1)}: use {POISON[match.group(1)]}")
report.end()
