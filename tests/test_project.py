"""What holds for the project as a whole: its files, its wheel, its front door, its pages."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path, PurePosixPath

import pytest

import outreach

ROOT = Path(__file__).parents[1]

#: Put together from pieces, so that this file is no exception to its own rule.
REGISTRIES = ("py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "anaconda" + ".org", "conda-" + "forge.org")

#: Folders that exist on somebody's machine only.
MACHINE = re.compile(r"(?<![\w.~-])/(?:ho" + r"me|Us" + r"ers|wo" + r"rk|ro" + r"ot)/\w{3}")

PACKAGES = {"outreach", "outreach_contactswing", "outreach_tingting", "outreach_toingg", "outreach_twilio"}

PAGES = (*ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def committed() -> Sequence[Path]:
    """Every file under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout")
    return [path for name in listed.stdout.decode().split("\0") if name and (path := ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Sequence[PurePosixPath]:
    """Names of the files in a wheel built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    # With the build backend at hand, as "make" installs it, no network is needed.
    backend = ["--no-isolation"] if find_spec("hatchling") else []
    build = [sys.executable, "-m", "build", "--wheel", *backend, "--outdir", str(folder), str(ROOT)]
    built = subprocess.run(build, capture_output=True, check=False, stdin=subprocess.DEVNULL)
    assert built.returncode == 0, built.stderr.decode() + built.stdout.decode()
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as file:
        return [PurePosixPath(name) for name in file.namelist()]


def test_no_file_names_a_package_registry(committed: Sequence[Path]) -> None:
    """Whoever installs decides where from."""
    named = [
        f"{path.relative_to(ROOT)}: {host}"
        for path in committed
        for host in REGISTRIES
        if host.encode() in path.read_bytes().lower()
    ]

    assert named == []


def test_no_file_names_a_place_on_a_machine(committed: Sequence[Path]) -> None:
    """The repository works wherever it is."""
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in committed
        if (found := MACHINE.search(path.read_bytes().decode("utf-8", "replace")))
    ]

    assert named == []


def test_the_wheel_holds_our_five_packages_and_nothing_else(wheel: Sequence[PurePosixPath]) -> None:
    """Nothing of ours lies about in other people's site-packages."""
    top = {name.parts[0] for name in wheel}

    assert {name for name in top if not name.endswith(".dist-info")} == PACKAGES
    assert len(top) == len(PACKAGES) + 1


def test_the_wheel_holds_every_file_of_the_packages(wheel: Sequence[PurePosixPath], committed: Sequence[Path]) -> None:
    """SQL, the sample campaign, type markers: an installed outreach lacks nothing that a checkout has."""
    ours = {
        PurePosixPath(path.relative_to(home).as_posix())
        for home in (ROOT, ROOT / "providers")
        for path in committed
        if path.is_relative_to(home) and path.relative_to(home).parts[0] in PACKAGES
    }

    assert {PurePosixPath(package, "py.typed") for package in PACKAGES} <= ours
    assert sorted(ours - set(wheel)) == []


def test_the_wheel_brings_its_licence(wheel: Sequence[PurePosixPath]) -> None:
    """Apache-2.0 wants to travel with the files."""
    assert [name.name for name in wheel if name.name == "LICENSE"] == ["LICENSE"]


def test_every_public_name_can_be_imported() -> None:
    """Names are imported when they are first asked for, so a wrong home would show late."""
    homeless = [name for name in outreach.__all__ if getattr(outreach, name, None) is None]

    assert homeless == []
    assert set(outreach.__all__) <= set(dir(outreach))


def test_the_front_door_says_one_thing_three_times() -> None:
    """What type checkers see, what is imported lazily, and ``__all__`` are the same names from the same modules."""
    checked = dict(_imported_for_type_checkers())
    lazy = {name: module for module, names in outreach._NAMES.items() for name in names}

    assert checked == lazy
    assert sorted(lazy) == sorted(outreach.__all__)


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """Lazy imports must not hide a slip of the pen."""
    with pytest.raises(AttributeError, match="no attribute 'sned'"):
        _ = outreach.sned


def test_importing_the_package_imports_nothing_heavy() -> None:
    """An application that imports outreach at its start does not pay for what it may never use."""
    program = "import sys, outreach; print(*sorted({'aiohttp', 'phonenumbers', 'sqlite3', 'yaml'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.split() == []


@pytest.mark.parametrize("name", sorted(one.relative_to(ROOT).as_posix() for one in PAGES))
def test_every_link_of_a_page_leads_somewhere(name: str) -> None:
    """Relative links, and the headings they name, exist."""
    page = ROOT / name
    lost = [target for target in _links(page) if not _exists(page, target)]

    assert lost == []


def test_every_page_can_be_reached_from_the_readme() -> None:
    """A page that no other page leads to is read by nobody."""
    found, to_read = set[Path](), [ROOT / "README.md"]
    while to_read:
        page = to_read.pop()
        if page in found or page.suffix != ".md" or not page.is_file():
            continue
        found.add(page)
        to_read += [(page.parent / target.partition("#")[0]).resolve() for target in _links(page)]

    assert sorted(set(PAGES) - found) == []


def test_every_pin_is_exact() -> None:
    """Two people who install from the same commit get the same versions."""
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert [pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.+!]*", pin)] == []
    assert "pip" in {pin.partition("==")[0] for pin in pins}


def _imported_for_type_checkers() -> Iterator[tuple[str, str]]:
    tree = ast.parse(Path(outreach.__file__).read_text(encoding="utf-8"))
    (guarded,) = (node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    for node in guarded.body:
        assert isinstance(node, ast.ImportFrom)
        yield from ((alias.name, node.module or "") for alias in node.names)


def _links(page: Path) -> Iterator[str]:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    yield from (target for target in LINK.findall(text) if not re.match(r"[a-z]+:", target))


def _exists(page: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    path = (page.parent / name).resolve() if name else page
    return path.exists() and (not anchor or anchor in _anchors(path))


def _anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as the usual viewers make them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}
