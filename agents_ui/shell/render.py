"""From a template to a page, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

import jinja2
from aiohttp import web
from jinja2.bccache import Bucket

from agents_ui.shell import permissions
from agents_ui.shell.assets import Assets
from agents_ui.shell.formats import local_time
from agents_ui.shell.keys import ASSETS, LANGUAGES, SESSION, SETTINGS, TEMPLATES
from agents_ui.shell.permissions import Act
from agents_ui.shell.sessions import form_token, login_secret, put_cookie
from agents_ui.shell.texts import Language

PANEL = Path(__file__).parent.parent

KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".csv": "text/csv",
        ".html": "text/html",
        ".json": "application/json",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".yaml": "application/yaml",
        ".zip": "application/zip",
    }
)
"""Of files that are taken away."""


class Compiled(jinja2.FileSystemBytecodeCache):
    """Templates as they were compiled before: half a second of a start. One file a template, also
    where the next release lies elsewhere; a disk that is full makes none, and is no page's fault.
    """

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """The template's name; whether it has changed since is seen by its text."""
        return super().get_cache_key(name)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, where that can be."""
        with suppress(OSError):
            Path(self.directory).mkdir(mode=0o700, parents=True, exist_ok=True)
            super().dump_bytecode(bucket)


def environments(
    languages: Mapping[str, Language], assets: Callable[[], Assets], compiled: Path | None = None
) -> Mapping[str, jinja2.Environment]:
    """One template environment per language; `compiled` is a folder of their own."""
    return {code: _environment(language, assets, compiled) for code, language in languages.items()}


def prepare(app: web.Application) -> None:
    """Compile every template, in some thread: whoever came first would hold all others up by it."""
    for environment in app[TEMPLATES].values():
        for template in environment.list_templates(extensions=["html"]):
            environment.get_template(template)


def page(
    request: web.Request,
    name: str,
    *,
    template: str = "page",
    status: int = 200,
    config: Mapping[str, Any] | None = None,
    **context: Any,
) -> web.Response:
    """The page of a folder: its `page.html`, or another template, with `page.css` and `page.js`.

    `config` is what its browser code needs to start. Nothing in it is secret but the form token.
    """
    more = None if config is None else {**_config(request, name), **config}
    return render(
        request, f"{name}/{template}.html", status=status, page=name, config=more, **context
    )


def render(request: web.Request, template: str, *, status: int, **context: Any) -> web.Response:
    """Render a template; a visitor without a session gets the cookie that the form needs."""
    session, settings = request.get(SESSION), request.app[SETTINGS]
    here = language(request)
    html = (
        request.app[TEMPLATES][here.code]
        .get_template(template)
        .render(
            person=session.person if session else None,
            may=lambda act: session is not None and permissions.may(session.person, Act(act)),
            locale=here.code,
            languages=request.app[LANGUAGES],
            csrf=form_token(request),
            **context,
        )
    )
    response = web.Response(text=html, status=status, content_type="text/html")
    if session is None:
        put_cookie(response, settings, "login", login_secret(request))
    return response


def go_to(path: str) -> web.Response:
    """Send the browser to a page of the panel, by GET whatever it came with."""
    return web.Response(status=303, headers={"Location": path})


def download(body: bytes, name: str) -> web.Response:
    """A file to be kept; text is UTF-8. Its kind is told by how the name ends."""
    kind = KINDS.get(Path(name).suffix, "application/octet-stream")
    return web.Response(
        body=body,
        content_type=kind,
        charset="utf-8" if kind.startswith("text/") else None,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def language(request: web.Request) -> Language:
    """The one chosen by cookie, else the person's, else the first one."""
    languages, session = request.app[LANGUAGES], request.get(SESSION)
    chosen = (request.cookies.get("lang", ""), session.person.locale if session else "")
    return next(languages[code] for code in (*chosen, *languages) if code in languages)


def _config(request: web.Request, name: str) -> dict[str, Any]:
    session = request.get(SESSION)
    person = session.person if session else None
    return {
        "csrf": form_token(request),
        "texts": language(request).texts(request.app[ASSETS]().messages(name)),
        "lock_s": request.app[SETTINGS].lock_s,
        "person": {"name": person.name, "centre": person.centre} if person else None,
    }


def _environment(
    language: Language, assets: Callable[[], Assets], compiled: Path | None
) -> jinja2.Environment:
    environment = jinja2.Environment(
        bytecode_cache=Compiled(str(compiled)) if compiled else None,
        loader=jinja2.FileSystemLoader(PANEL),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        language.translations, newstyle=True
    )
    environment.globals["static"] = lambda path: assets().address(path)
    environment.filters["language_name"] = language.name_of
    environment.filters["label"] = language.label
    environment.filters["local_time"] = local_time
    return environment
