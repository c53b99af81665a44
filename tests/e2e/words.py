"""The words of the catalogues, so that a test may say T("do.send") and not what it is today."""
import os
import re
from functools import lru_cache

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


@lru_cache
def catalogue(lang):
    """HDF: `name {` … `}` and `name = value`."""
    out, path = {}, []
    with open(os.path.join(ROOT, "templates", f"{lang}.hdf"), encoding="utf-8") as f:
        for line in f:
            line = line.strip()
            if line.endswith("{"):
                path.append(line[:-1].strip())
            elif line == "}":
                path.pop()
            elif line and not line.startswith("#"):
                name, _, value = (part.strip() for part in line.partition("="))
                out[".".join(path[1:] + [name])] = value
    return out


def T(key, lang="en"):
    return catalogue(lang)[key]


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()
