"""Offices that one is signed in to, with their tokens: one file in the user's config folder, 0600."""

import json
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import click

from apportion_client.problems import Usage

OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An office and the token for it. `repr` leaves the token out: notebooks print it."""

    url: str
    token: str = field(repr=False)
    person: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profiles:
    """All offices that this user knows, by name."""

    current: str = ""
    known: Mapping[str, Profile] = field(default_factory=dict)


def profiles_path() -> Path:
    """Names the file of tokens, in the folder that this system keeps settings in."""
    return Path(click.get_app_dir("apportion")) / "profiles.json"


def load_profiles() -> Profiles:
    """Reads the known offices; none where there is no file.

    Raises: Usage, where others can read the file or it is not what was written.
    """
    path = profiles_path()
    try:
        with path.open(encoding="utf-8") as file:
            if os.name == "posix" and os.fstat(file.fileno()).st_mode & OPEN_TO_OTHERS:
                raise Usage(f"{path} holds tokens and others can read it: chmod 600 '{path}'")
            held = json.load(file)
        known = {name: Profile(**one) for name, one in held["known"].items()}
        return Profiles(current=held["current"], known=known)
    except FileNotFoundError:
        return Profiles()
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Usage(f"{path} is not what was written; remove it and sign in again") from None


def save_profiles(profiles: Profiles) -> None:
    """Writes the known offices, whole or not at all, readable by this user alone."""
    path = profiles_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = {name: asdict(one) for name, one in profiles.known.items()}
    text = json.dumps({"current": profiles.current, "known": known}, indent=1)
    handle, name = tempfile.mkstemp(dir=path.parent)  # made 0600, before a word is in it
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def choose_profile(server: str = "") -> Profile | None:
    """Chooses the office to speak to: `--server`, APPORTION_SERVER, or the last login.

    Shape: a server is the name of a profile or an address. APPORTION_TOKEN, where it is set, is
    shown instead of the token that was stored.
    """
    profiles = load_profiles()
    wanted = server or os.environ.get("APPORTION_SERVER", "") or profiles.current
    token = os.environ.get("APPORTION_TOKEN", "")
    if not wanted:
        return None
    by_url = {one.url: one for one in profiles.known.values()}
    found = profiles.known.get(wanted)
    if found is None and "://" in wanted:
        url = clean_url(wanted)
        found = by_url.get(url, Profile(url=url, token=token))
    if found is None:
        names = ", ".join(sorted(profiles.known)) or "none yet"
        raise Usage(f"no office is known as {wanted!r}; there are: {names}. apportion login URL")
    return Profile(url=found.url, token=token, person="") if token else found


def clean_url(text: str) -> str:
    """Gives the address of an office without a slash at its end.

    Raises: Usage, for what is no address, holds a secret, or would carry a token in clear.
    """
    parts = urlsplit(text if "://" in text else f"https://{text}")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise Usage(f"{text!r} is no address of an office; write https://office.example.org")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Usage("an address holds no user, token or query; the token is asked for by itself")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise Usage(f"http:// to {parts.hostname} would carry your token in clear; write https://")
    path = parts.path.rstrip("/").removesuffix("/api/v1")
    return f"{parts.scheme}://{parts.netloc}{path}"


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
