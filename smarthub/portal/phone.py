"""The portal as an app on a phone: manifest, icons, service worker, offline page, install help.

Open to everybody and the same for everybody: nothing here looks at who is signed in, for all
of it may be kept on a device (R25). Pages of members come from the network or not at all.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language, gettext, override
from django.views.decorators.http import require_safe

from smarthub.cooperative.engine import PAPER
from smarthub.cooperative.queries import LOGO
from smarthub.cooperative.types import Brand, Cooperative, Identity
from smarthub.kernel.errors import NotVisible
from smarthub.portal.requests import MemberRequest
from smarthub.ui.app_icon import SHAPES, draw_png, draw_svg, version_of_icons
from smarthub.ui.brand_sheet import brand_sheet, version_of_sheet
from smarthub.ui.templatetags.brand import brand_sheet_address, icon_address, version_of_logo

SHELL_FILES = (
    "vendor/smarthub.css",
    "vendor/fonts/atkinson-400.woff2",
    "vendor/fonts/atkinson-700.woff2",
    "ui/phone/register.js",
)
SHELL_ICONS = ("mark.svg", "48.png", "192.png")
KEPT_FOR_GOOD = "public, max-age=31536000, immutable"
ASKED_EACH_TIME = "no-cache"


@require_safe
def manifest(request: MemberRequest, language: str) -> HttpResponse:
    """Say what the app is called and looks like, in a language the page linking it speaks.

    The language is in the address: browsers fetch a manifest without its reader's cookies.

    Raises:
        NotVisible: the portal does not speak it.
    """
    with override(_spoken(language)):
        app = _describe_app(request.cooperative.identity, request.cooperative.brand, language)
    headers = {"Cache-Control": ASKED_EACH_TIME, "Content-Language": language}
    return JsonResponse(app, content_type="application/manifest+json", headers=headers)


@require_safe
def icon(request: MemberRequest, name: str) -> HttpResponse:
    """Draw an icon; under the address of its own version it may be kept for good.

    Raises:
        NotVisible: there is no icon of this name.
    """
    brand = request.cooperative.brand
    current = request.GET.get("v") == version_of_icons(brand)
    headers = {"Cache-Control": KEPT_FOR_GOOD if current else ASKED_EACH_TIME}
    if name == "mark.svg":
        return HttpResponse(draw_svg(brand), content_type="image/svg+xml", headers=headers)
    shape = name.removesuffix(".png")
    if shape not in SHAPES or shape == name:
        raise NotVisible(icon=name)
    return HttpResponse(draw_png(brand, shape), content_type="image/png", headers=headers)


@require_safe
def brand_colours(request: MemberRequest) -> HttpResponse:
    """Hand out the brand's colours; under the address of its version they may be kept for good."""
    brand = request.cooperative.brand
    current = request.GET.get("v") == version_of_sheet(brand)
    headers = {"Cache-Control": KEPT_FOR_GOOD if current else ASKED_EACH_TIME}
    return HttpResponse(brand_sheet(brand), content_type="text/css", headers=headers)


@require_safe
def logo(request: MemberRequest) -> HttpResponse:
    """Hand out the co-op's own drawing; opened by itself, it may neither run nor fetch anything.

    Raises:
        NotVisible: the co-op has set none; the built-in mark is part of the page.
    """
    kept = request.cooperative.policies.get(LOGO)
    if kept is None:
        raise NotVisible(policy=LOGO)
    current = request.GET.get("v") == version_of_logo(kept["svg"])
    headers = {
        "Cache-Control": KEPT_FOR_GOOD if current else ASKED_EACH_TIME,
        "Content-Security-Policy": "default-src 'none'",
    }
    return HttpResponse(kept["svg"], content_type="image/svg+xml", headers=headers)


@require_safe
def service_worker(request: MemberRequest) -> HttpResponse:
    """Hand the worker its shell; from the root, so that it stands beside every page."""
    shell = json.dumps(_shell(request.cooperative), indent=2)
    script = static("ui/phone/service_worker.js")
    return HttpResponse(
        f"self.shell = {shell};\nimportScripts({json.dumps(script)});\n",
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": ASKED_EACH_TIME},
    )


@require_safe
def offline(request: MemberRequest, language: str = "") -> HttpResponse:
    """Show what a device keeps for hours without a connection: two numbers, nobody's data.

    Raises:
        NotVisible: the portal does not speak this language.
    """
    spoken = _spoken(language or get_language() or settings.LANGUAGE_CODE)
    cooperative = request.cooperative
    page = _offline_page(cooperative.identity, cooperative.brand, spoken)
    headers = {"Cache-Control": ASKED_EACH_TIME, "Content-Language": spoken}
    return HttpResponse(page, headers=headers)


@require_safe
def install(request: HttpRequest) -> HttpResponse:
    """Show how to put the portal on a phone, a tablet or a computer (R02)."""
    return render(request, "portal/install.html")


def _spoken(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise NotVisible(language=language)
    return language


def _describe_app(identity: Identity, brand: Brand, language: str) -> dict[str, Any]:
    """Return the manifest; the ``id`` stays, so a change of name or colour is the same app."""
    return {
        "id": "/",
        "start_url": reverse("home"),
        "scope": "/",
        "display": "standalone",
        "lang": language,
        "dir": "ltr",
        "name": identity.name,
        "short_name": identity.short_name,
        "description": gettext("Your bills, payments and usage at %(cooperative)s.")
        % {"cooperative": identity.name},
        "categories": ["utilities"],
        "background_color": PAPER.hex,  # shown while the app opens
        "theme_color": brand.brand,
        "icons": [
            _icon(brand, "192", "any"),
            _icon(brand, "512", "any"),
            _icon(brand, "maskable-512", "maskable"),
        ],
        "shortcuts": [
            {"name": name, "url": url, "icons": [_icon(brand, "192", "any")]}
            for name, url in _shortcuts()
        ],
    }


def _shortcuts() -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Pay"), reverse("pay")),
        (gettext("Usage"), reverse("usage")),
        (gettext("Report outage"), f"{reverse('contact')}#outage"),
    )


def _icon(brand: Brand, name: str, purpose: str) -> dict[str, str]:
    side = SHAPES[name].side_px
    return {
        "src": icon_address(brand, f"{name}.png"),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }


def _shell(cooperative: Cooperative) -> dict[str, Any]:
    """Return what the worker keeps; its version changes when any of it would look different."""
    identity, brand = cooperative.identity, cooperative.brand
    languages = [code for code, _name in settings.LANGUAGES]
    shell = {
        "offline": reverse("offline"),
        "pages": {code: reverse("offline", kwargs={"language": code}) for code in languages},
        "files": [
            *(static(file) for file in SHELL_FILES),
            brand_sheet_address(brand),
            *(icon_address(brand, name) for name in SHELL_ICONS),
        ],
    }
    # Tests serve the files as they lie, without a manifest of their contents.
    built = getattr(staticfiles_storage, "manifest_hash", "")
    said = [_offline_page(identity, brand, code) for code in languages]
    seen = json.dumps([built, shell, said])
    return {"version": hashlib.sha256(seen.encode()).hexdigest()[:12], **shell}


@lru_cache(maxsize=8)
def _offline_page(identity: Identity, brand: Brand, language: str) -> str:
    """Draw the page without the request: no menu, no message waiting, no form of this session."""
    cooperative = Cooperative(identity=identity, brand=brand, policies={})
    with override(language):
        return render_to_string("portal/offline.html", {"cooperative": cooperative})
