"""From a template's name to a page, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from agents_ui import formats
from agents_ui.assets import Assets
from agents_ui.keys import CATALOGUES, PORTS, SESSION, TEMPLATES
from agents_ui.sessions import form_token, login_secret, put_cookie
from agents_ui.texts import Catalogue

FOLDER = Path(__file__).parent / "templates"


def environments(
    catalogues: Mapping[str, Catalogue], assets: Callable[[], Assets]
) -> Mapping[str, jinja2.Environment]:
    """One template environment per language."""
    return {locale: _environment(catalogue, assets) for locale, catalogue in catalogues.items()}


def page(request: web.Request, name: str, *, status: int = 200, **context: Any) -> web.Response:
    """Render `<name>.html`; a visitor without a session gets the cookie that the form needs."""
    session = request.get(SESSION)
    html = _template(request, name).render(
        page=name,
        person=session.person if session else None,
        locale=locale_of(request),
        csrf=form_token(request),
        settings=request.app[PORTS].settings,
        **context,
    )
    response = web.Response(text=html, status=status, content_type="text/html")
    if session is None:
        put_cookie(response, request.app[PORTS].settings, "login", login_secret(request))
    return response


def go_to(path: str) -> web.Response:
    """Send the browser to a page of the panel, by GET whatever it came with."""
    return web.Response(status=303, headers={"Location": path})


def config(request: web.Request, **more: Any) -> dict[str, Any]:
    """What the browser code of a page needs to start; nothing secret but the form token."""
    session = request.get(SESSION)
    person = session.person if session else None
    return {
        "csrf": form_token(request),
        "locale": locale_of(request),
        "texts": request.app[CATALOGUES][locale_of(request)].for_scripts(),
        "person": {"name": person.name, "centre": person.centre} if person else None,
        **more,
    }


def locale_of(request: web.Request) -> str:
    """The language chosen by cookie, else the person's, else the first one."""
    locales = request.app[PORTS].settings.locales
    session = request.get(SESSION)
    chosen = (request.cookies.get("lang", ""), session.person.locale if session else "")
    return next((locale for locale in chosen if locale in locales), locales[0])


def _template(request: web.Request, name: str) -> jinja2.Template:
    return request.app[TEMPLATES][locale_of(request)].get_template(f"{name}.html")


def _environment(catalogue: Catalogue, assets: Callable[[], Assets]) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.install_gettext_translations(  # type: ignore[attr-defined]
        catalogue.translations, newstyle=True
    )
    environment.globals["static"] = lambda path: assets().address(path)
    environment.filters["language_name"] = formats.language_name
    environment.filters["phone"] = formats.phone
    environment.filters["duration"] = formats.duration
    environment.filters["local_time"] = formats.local_time
    return environment
