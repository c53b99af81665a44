"""Runs the parts of `make check`, says what failed and how to repeat just that.

usage: check.py [--build DIR] [--only NAME] PART... [--build DIR PART...]...

Each PART runs on the build named before it, three at a time, since most of them
mostly wait.  The last line is `N passed, N failed`
over all parts; the exit status is 1 when anything failed.  A part in which nothing
ran has failed: a test that is not there proves nothing.
"""
import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
AT_ONCE = 3
CRASH_ROUNDS = 30
LIMIT_S = {"crash": 600, "lint": 300, "unit": 900, "fuzz": 600, "e2e": 1800, "clients": 1800}
ENVIRONMENT = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:suppressions="
                    + os.path.join(ROOT, "tests/tsan.supp"),
    "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1",
}


class Part:
    def __init__(self, name, build, only):
        self.name, self.build, self.only = name, build, only
        self.passed, self.skipped, self.failed = 0, 0, []      # failed: (what, how, log)
        self.notes = []
        self.folder = os.path.join(build, "check", name)
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        self.end = time.monotonic() + LIMIT_S[name]

    def run(self, argv, log, **environment):
        """The exit status; output goes to a file of the part; None: out of time."""
        path = os.path.join(self.folder, log)
        with open(path, "wb") as out:
            process = subprocess.Popen(
                argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env={**os.environ, **ENVIRONMENT, **environment}, start_new_session=True)
            try:
                return process.wait(max(1, self.end - time.monotonic())), path
            except subprocess.TimeoutExpired:
                out.write(b"\nout of time\n")
                return None, path
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()

    def fail(self, what, how, log):
        self.failed.append((what, how, log))

    def simple(self, what, argv, log):
        """One program, one test."""
        status, path = self.run(argv, log)
        if status == 77:
            self.skipped += 1
            self.notes.append(f"{what}: skipped: {tail(path, 1)}")
        elif status == 0:
            self.passed += 1
        else:
            self.fail(what, " ".join(argv), path)


def tail(path, lines):
    with open(path, encoding="utf-8", errors="replace") as f:
        return "\n".join(f.read().rstrip().split("\n")[-lines:])


# ---- the parts ----------------------------------------------------------------

def lint(part):
    python, program = sys.executable, os.path.join(part.build, "zhitiao")
    checks = [("layers, libraries, banned functions", [python, "tests/lint/layers.py"]),
              ("sizes", [python, "tests/lint/sizes.py", "-v"]),
              ("white space", [python, "tests/lint/blanks.py"]),
              ("options and manual", [python, "tests/lint/options.py", program]),
              ("mdoc", ["mandoc", "-Tlint", "-Wwarning", "doc/zhitiao.8", "doc/zhitiao.conf.5"]),
              ("templates", [python, "tests/lint/templates.py"]),
              ("template checks refuse", [python, "tests/lint/templates.py", "--self-test"]),
              ("templates rendered", [python, "tests/lint/render.py"]),
              ("pages and contract", [python, "tests/lint/contract.py"]),
              ("contract checks refuse", [python, "tests/lint/contract.py", "--self-test"]),
              ("shell", ["sh", "-n", "tests/apt.sh"])]
    for what, argv in checks:
        part.simple(what, argv, what.replace(" ", "-").replace(",", "") + ".log")
    part.notes.append(tail(os.path.join(part.folder, "sizes.log"), 1))
    layout(part)


def layout(part):
    """clang-format has its opinion; tables and columns of comments may know better."""
    if shutil.which("clang-format") is None:
        return
    changed, lines, paths = 0, 0, sorted(glob.glob("server/**/*.[ch]", recursive=True, root_dir=ROOT))
    with open(os.path.join(part.folder, "layout.diff"), "w", encoding="utf-8") as out:
        for path in paths:
            form = subprocess.run(["clang-format", path], cwd=ROOT, capture_output=True, check=False)
            diff = subprocess.run(["diff", "-u", path, "-"], cwd=ROOT, input=form.stdout,
                                  capture_output=True, check=False).stdout.decode()
            out.write(diff)
            changed += bool(diff)
            lines += len(re.findall(r"^\+(?!\+\+)", diff, re.M))
    part.notes.append(f"clang-format would write {lines} lines in {changed} of {len(paths)} files "
                      f"otherwise (no failure; {out.name})")


def unit(part):
    for program in sorted(glob.glob(os.path.join(part.build, "tests", "test_*"))):
        name = os.path.basename(program)
        if not os.access(program, os.X_OK) or name.endswith(".d") or part.only not in name:
            continue
        if not os.path.exists(os.path.join(ROOT, "tests/unit", name + ".c")):
            continue        # of a source that is gone
        status, path = part.run([program], name + ".log")
        with open(path, encoding="utf-8", errors="replace") as f:
            text = f.read()
        part.passed += len(re.findall(r"^\[       OK \]", text, re.M))
        part.skipped += len(re.findall(r"^\[  SKIPPED \] \S+$", text.partition("[==========] ")[2],
                                       re.M)) // 2
        # A failed test stands in the run and again in the list behind it; one that
        # crashed stands only as begun.
        begun = re.findall(r"^\[ RUN      \] (\S+)", text, re.M)
        ended = set(re.findall(r"^\[ +(?:OK|SKIPPED) \] (\S+)", text, re.M))
        broken = [test for test in begun if test not in ended]
        for test in broken:
            part.fail(f"{name}: {test}", program, path)
        if status != 0 and not broken:
            part.fail(f"{name}: exit {status}", program, path)


def fuzz(part):
    for program in sorted(glob.glob(os.path.join(part.build, "replay", "*"))):
        name = os.path.basename(program)
        if name.endswith(".d") or part.only not in name:
            continue
        if not os.path.exists(os.path.join(ROOT, "tests/fuzz", f"fuzz_{name}.c")):
            continue
        corpus = sorted(glob.glob(os.path.join("tests/fuzz/corpus", name, "*"), root_dir=ROOT))
        if not corpus:
            part.fail(f"{name}: no corpus", f"ls tests/fuzz/corpus/{name}", os.devnull)
            continue
        part.simple(f"corpus of {name}", [program, *corpus], name + ".log")


def scripts(part):
    folder = "tests/" + part.name
    report = os.path.join(part.folder, "junit.xml")
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short",
            "--junitxml", report, folder]
    if part.only:
        argv += ["-k", part.only]
    program = os.path.abspath(os.path.join(part.build, "zhitiao"))
    status, path = part.run(argv, "pytest.log", ZHITIAO=program)
    try:
        cases = list(ElementTree.parse(report).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        cases = []
    before = len(part.failed)
    for case in cases:
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            # classname tests.e2e.test_a_walk[.Class], name test_x[param]
            file = re.sub(r"^((?:\w+\.)*test_\w+).*", r"\1", case.get("classname") or "")
            path_of = file.replace(".", "/") + ".py" if file else folder
            how = (f"ZHITIAO={os.path.join(part.build, 'zhitiao')} {sys.executable} -m pytest "
                   f"'{path_of}::{case.get('name')}'")
            part.fail(f"{case.get('classname')} {case.get('name')}", how, path)
        elif "skipped" in kinds:
            part.skipped += 1
        else:
            part.passed += 1
    if status not in (0, 5) and len(part.failed) == before:
        part.fail(f"pytest ended with {status}", f"make {part.name}", path)


def crash(part):
    program = os.path.abspath(os.path.join(part.build, "zhitiao"))
    argv = [sys.executable, "tests/crash/crash.py", "--rounds", str(CRASH_ROUNDS)]
    status, path = part.run(argv, "crash.log", ZHITIAO=program)
    if status == 0:
        part.passed += 1
    else:
        part.fail("a word was broken", f"ZHITIAO={program} {' '.join(argv)} --seed SEED", path)
    part.notes += tail(path, 6).split("\n")


PARTS = {"crash": crash, "lint": lint, "unit": unit, "fuzz": fuzz, "e2e": scripts, "clients": scripts}


# ---- all ------------------------------------------------------------------------

def run_part(name, build, only):
    begun = time.monotonic()
    part = Part(name, build, only)
    try:
        PARTS[name](part)
    except Exception as error:       # our own fault must not pass for a success
        part.fail(f"{name}: {error!r}", f"make {name}", os.devnull)
    if not part.passed and not part.failed:
        part.fail(f"{name}: nothing ran", f"make {name}", os.devnull)
    skipped = f", {part.skipped} skipped" if part.skipped else ""
    lines = [f"{name} ({build}): {part.passed} passed, {len(part.failed)} failed{skipped} "
             f"in {time.monotonic() - begun:.0f} s"]
    lines += ["  " + note for note in part.notes]
    shown = set()
    for what, _, log in part.failed:
        lines.append(f"--- {what}")
        if log != os.devnull and log not in shown:
            lines.append(tail(log, 60))
        shown.add(log)
    print("\n".join(lines), flush=True)
    return part


def main(argv):
    build, only, wanted = "build", "", []
    words = iter(argv)
    for word in words:
        if word == "--build":
            build = next(words)
        elif word == "--only":
            only = next(words)
        elif word in PARTS:
            wanted.append((word, build, only))
        else:
            sys.exit(__doc__)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        parts = list(pool.map(lambda part: run_part(*part), wanted))
    failed = [failure for part in parts for failure in part.failed]
    if failed:
        print("\nfailed, and how to repeat just that:")
    for what, how, log in failed:
        print(f"  {what}\n      {how}" + (f"\n      log: {log}" if log != os.devnull else ""))
    print(f"{sum(part.passed for part in parts)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
