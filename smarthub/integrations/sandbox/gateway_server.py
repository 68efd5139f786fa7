"""The sandbox's gateway over HTTP: forms for people and a JSON interface for programs.

The interface takes a bearer secret. Bodies are never logged, and no answer is cached.
"""

from __future__ import annotations

import datetime as dt
import hmac
import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote, urlencode, urlsplit

from smarthub.integrations.sandbox.gateway_banks import read_bank_account
from smarthub.integrations.sandbox.gateway_books import Books, RefundRefused
from smarthub.integrations.sandbox.gateway_cards import Behaviour, FormRefused, Method, read_card
from smarthub.integrations.sandbox.gateway_pages import (
    Page,
    bank_form,
    card_form,
    gone,
    holder_question,
)
from smarthub.integrations.sandbox.gateway_state import (
    CredentialMissing,
    GatewayState,
    KeyUsedOtherwise,
    Row,
    TokenUnknown,
)
from smarthub.integrations.sandbox.phone_company import PhoneCompany

LARGEST_BODY = 16_384
LANGUAGES = ("en", "es")
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Settings:
    """How the simulator behaves: its secret, and how long a lost answer is held back.

    ``think_seconds`` is what every charge takes, as it would with a bank at the other end.
    """

    secret: str
    hold_seconds: float
    clock_shift_seconds: int = 0
    think_seconds: float = 0.0

    def now(self) -> dt.datetime:
        """Return the time by the clock of the play, which may be moved."""
        shift = dt.timedelta(seconds=self.clock_shift_seconds)
        return dt.datetime.now(dt.UTC) + shift  # noqa: TID251 (another company's clock)


class GatewayServer(ThreadingHTTPServer):
    """Serves each request in a thread of its own; the phone company's page where there is one."""

    daemon_threads = True
    request_queue_size = 64
    phone: PhoneCompany | None = None

    def __init__(self, *, port: int, state: GatewayState, settings: Settings) -> None:
        super().__init__(("127.0.0.1", port), GatewayHandler)
        self.state = state
        self.books = Books(state)
        self.settings = settings

    def now(self) -> dt.datetime:
        """Return the time by the clock of the play as it stands."""
        return self.settings.now()


class GatewayHandler(BaseHTTPRequestHandler):
    """One request: find what it asks for, do it, answer."""

    server: GatewayServer
    protocol_version = "HTTP/1.1"
    server_version = "sandbox-gateway"
    sys_version = ""
    timeout = 60

    def do_GET(self) -> None:
        """Answer a GET."""
        self._dispatch("GET")

    def do_POST(self) -> None:
        """Answer a POST."""
        self._dispatch("POST")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ARG002
        """Say what was asked and what was answered; never what was sent along."""
        sys.stderr.write(f"{self.command} {urlsplit(self.path).path}\n")

    def _dispatch(self, method: str) -> None:
        body = self._read_body()
        if body is None:
            return
        path = urlsplit(self.path).path
        for verb, pattern, answer in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and verb == method:
                answer(self, unquote(match["name"]) if "name" in match.groupdict() else "", body)
                return
        self._send_page(gone(language=self._language("en")), HTTPStatus.NOT_FOUND)

    def _read_body(self) -> bytes | None:
        """Return what was sent along, or refuse it and return None."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > LARGEST_BODY:
            self.close_connection = True
            self._send_json({"error": "body_too_large"}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return None
        return self.rfile.read(int(length))

    # The pages for people.

    def show_form(self, reference: str, _body: bytes) -> None:
        """Show the card form of a visit."""
        setup = self.server.state.get_setup(reference=reference)
        if setup is None:
            self._send_page(gone(language=self._language("en")), HTTPStatus.NOT_FOUND)
        elif setup["asks_holder"]:
            page = holder_question(
                return_url=_return_url(setup), language=self._language(setup["language"])
            )
            self._send_page(page, HTTPStatus.OK)
        elif setup["token"]:
            self._redirect(_return_url(setup))
        else:
            self._send_form(setup, {})

    def take_form(self, reference: str, body: bytes) -> None:
        """Read what a person typed, keep the method, and lead the person on."""
        setup = self.server.state.get_setup(reference=reference)
        if setup is None:
            self._send_page(gone(language=self._language("en")), HTTPStatus.NOT_FOUND)
            return
        form = dict(parse_qsl(body.decode(errors="replace")))
        if setup["asks_holder"]:
            self.server.state.hear_holder(reference=reference, agreed=form.get("holder") == "yes")
            self._redirect(_return_url(setup))
            return
        try:
            method = self._read_method(setup["kind"], form)
        except FormRefused as refused:
            self._send_form(setup, dict(refused.fields))
            return
        self.server.state.keep_method(reference=reference, method=method)
        self._redirect(self.path if method.asks_holder else _return_url(setup))

    def _read_method(self, kind: str, form: dict[str, str]) -> Method:
        if kind == "bank":
            return read_bank_account(form=form)
        return read_card(form=form, today=self.server.settings.now().date())

    def show_phone(self, _name: str, _body: bytes) -> None:
        """Begin a call to the phone company's system."""
        phone, language = self.server.phone, self._language("en")
        if phone is None:
            self._send_page(gone(language=language), HTTPStatus.NOT_FOUND)
        else:
            self._send_page(phone.begin(language=language), HTTPStatus.OK)

    def hear_phone(self, _name: str, body: bytes) -> None:
        """Go on with a call by what the caller typed."""
        phone, language = self.server.phone, self._language("en")
        if phone is None:
            self._send_page(gone(language=language), HTTPStatus.NOT_FOUND)
            return
        form = dict(parse_qsl(body.decode(errors="replace")))
        self._send_page(*phone.hear(form=form, language=language))

    # The interface for programs.

    def create_setup(self, _name: str, body: bytes) -> None:
        """Begin a visit to the card form."""
        setup = self.server.state.create_setup(key=self._key(), values=json.loads(body))
        reference = setup["reference"]
        path = f"/setup/{reference}?{urlencode({'lang': setup['language']})}"
        self._send_json({"reference": reference, "path": path})

    def tell_setup(self, reference: str, _body: bytes) -> None:
        """Tell how a visit ended."""
        setup = self.server.state.get_setup(reference=reference)
        if setup is None:
            self._send_json({"error": "setup_unknown"}, HTTPStatus.NOT_FOUND)
            return
        names = ("reference", "token", "kind", "brand", "last4", "expires_on", "network_reference")
        token = "" if setup["asks_holder"] else setup["token"]
        self._send_json({name: setup[name] or "" for name in names} | {"token": token})

    def charge(self, _name: str, body: bytes) -> None:
        """Charge a method; a first answer may be held back, or be broken, by its behaviour."""
        now = self.server.settings.now()
        time.sleep(self.server.settings.think_seconds)
        with self.server.state.step():
            known = self.server.state.find_charge(key=self._key())
            charge = self.server.state.charge(
                key=self._key(), values=json.loads(body), made_on=now.date().isoformat()
            )
            if known is None:
                self.server.books.after_charge(charge.row, now=now)
        if charge.mischief is Behaviour.SILENT_ONCE:
            time.sleep(self.server.settings.hold_seconds)
            self.close_connection = True
        elif charge.mischief is Behaviour.BROKEN_ONCE:
            self._send_json({"error": "broken"}, HTTPStatus.INTERNAL_SERVER_ERROR)
        else:
            self._send_json(charge.row)

    def tell_charge_by_key(self, key: str, _body: bytes) -> None:
        """Tell what became of the charge with a key."""
        self._tell_charge(self.server.state.find_charge(key=key))

    def tell_charge(self, reference: str, _body: bytes) -> None:
        """Tell what became of a charge."""
        self._tell_charge(
            self.server.state.find("SELECT * FROM charge WHERE reference = ?", reference)
        )

    def list_charges(self, _name: str, _body: bytes) -> None:
        """Tell every charge, for those who compare books."""
        charges = [self.server.books.describe(row) for row in self.server.state.list_charges()]
        self._send_json({"charges": charges})

    def refund(self, _name: str, body: bytes) -> None:
        """Give money back; by a script the bank refuses it, or the answer is held back."""
        wanted = json.loads(body)
        with self.server.state.step():
            is_new = self._find_refund(self._key()) is None
            step = self.server.state.next_step(charge=wanted["charge"]) if is_new else None
            row = self.server.books.refund(
                key=self._key(),
                charge=wanted["charge"],
                amount_cents=wanted["amount_cents"],
                now=self.server.settings.now(),
                fails=step.reason if step else "",
            )
        if step is Behaviour.SILENT_ONCE:
            time.sleep(self.server.settings.hold_seconds)
            self.close_connection = True
        else:
            self._send_json(row)

    def _find_refund(self, key: str) -> dict[str, Any] | None:
        return self.server.state.find("SELECT * FROM refund WHERE key = ?", key)

    def tell_refund(self, key: str, _body: bytes) -> None:
        """Tell what became of the refund with a key."""
        row = self._find_refund(key)
        if row is None:
            self._send_json({"error": "refund_unknown"}, HTTPStatus.NOT_FOUND)
        else:
            self._send_json(row)

    def detach(self, token: str, _body: bytes) -> None:
        """Let a method never be charged again."""
        self.server.state.detach(token=token)
        self._send_json({})

    def tell_method(self, token: str, _body: bytes) -> None:
        """Tell how a method stands now."""
        row = self.server.state.find("SELECT * FROM method WHERE token = ?", token)
        if row is None:
            self._send_json({"error": "token_unknown"}, HTTPStatus.NOT_FOUND)
        else:
            self._send_json({name: row[name] for name in ("brand", "last4", "expires_on")})

    def update_method(self, token: str, body: bytes) -> None:
        """Play a card's network: give the card a new number or expiry."""
        told = json.loads(body)
        self.server.state.update_method(
            token=token,
            last4=told["last4"],
            expires_on=dt.date.fromisoformat(told["expires_on"]).isoformat(),
            at=int(self.server.settings.now().timestamp()),
        )
        self._send_json({})

    def write_script(self, token: str, body: bytes) -> None:
        """Say what the next charges of a method do."""
        self.server.state.write_script(token=token, steps=json.loads(body)["steps"])
        self._send_json({})

    def act(self, reference: str, body: bytes) -> None:
        """Let something happen to a charge."""
        wanted = json.loads(body)
        self.server.books.act(
            reference,
            wanted["act"],
            reason=wanted.get("reason", ""),
            now=self.server.settings.now(),
        )
        self._send_json({})

    def list_events(self, _name: str, _body: bytes) -> None:
        """Tell what happened from a second on."""
        self._send_json({"events": self.server.books.list_events(since=int(self._asked("since")))})

    def hear_events(self, _name: str, _body: bytes) -> None:
        """Take everything told so far as heard, as if each had been answered in its time."""
        self.server.state.write("UPDATE event SET delivered = 1")
        self._send_json({})

    def list_settlements(self, _name: str, _body: bytes) -> None:
        """Tell what was paid out from a day on."""
        now = self.server.settings.now()
        since = dt.date.fromisoformat(self._asked("since"))
        settlements = self.server.books.list_settlements(since=since, today=now.date(), now=now)
        self._send_json({"settlements": settlements})

    def end_day(self, _name: str, body: bytes) -> None:
        """End a day at once: what a night does."""
        day = dt.date.fromisoformat(json.loads(body)["day"])
        self.server.books.end_day(day=day, now=self.server.settings.now())
        self._send_json({})

    def set_clock(self, _name: str, body: bytes) -> None:
        """Move the clock of the play to a moment; a year is played in a minute by it."""
        at = dt.datetime.fromisoformat(json.loads(body)["at"])
        shift = at - dt.datetime.now(dt.UTC)  # noqa: TID251 (another company's clock)
        self.server.settings = replace(
            self.server.settings, clock_shift_seconds=round(shift.total_seconds())
        )
        self._send_json({})

    def _tell_charge(self, row: Row | None) -> None:
        if row is None:
            self._send_json({"error": "charge_unknown"}, HTTPStatus.NOT_FOUND)
        else:
            self._send_json(self.server.books.describe(row))

    # What both share.

    def _key(self) -> str:
        key = self.headers.get("Idempotency-Key", "")
        if not key:
            raise ValueError("a request that changes something needs its key")
        return key

    def _asked(self, name: str) -> str:
        return parse_qs(urlsplit(self.path).query)[name][0]

    def _language(self, otherwise: str) -> str:
        asked = parse_qs(urlsplit(self.path).query).get("lang", [otherwise])[0]
        return asked if asked in LANGUAGES else "en"

    def is_allowed(self) -> bool:
        """Return whether the request carries the secret."""
        given = self.headers.get("Authorization", "")
        wanted = f"Bearer {self.server.settings.secret}"
        return hmac.compare_digest(given.encode(), wanted.encode())

    def send_error_code(self, code: str, status: HTTPStatus) -> None:
        """Answer a program that asked for what cannot be."""
        self._send_json({"error": code}, status)

    def _send_form(self, setup: Row, wrong: dict[str, str]) -> None:
        form = bank_form if setup["kind"] == "bank" else card_form
        page = form(
            return_url=_return_url(setup),
            language=self._language(setup["language"]),
            wrong=wrong,
        )
        status = HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK
        self._send_page(page, status)

    def _send_page(self, page: Page, status: HTTPStatus) -> None:
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": page.content_policy,
        }
        self._send(status, headers, page.html.encode())

    def _send_json(self, value: object, status: HTTPStatus = HTTPStatus.OK) -> None:
        self._send(status, {"Content-Type": "application/json"}, json.dumps(value).encode())

    def _redirect(self, url: str) -> None:
        self._send(HTTPStatus.SEE_OTHER, {"Location": url}, b"")

    def _send(self, status: HTTPStatus, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**SECURITY_HEADERS, **headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _return_url(setup: Row) -> str:
    joint = "&" if urlsplit(setup["return_to"]).query else "?"
    return f"{setup['return_to']}{joint}{urlencode({'setup': setup['reference']})}"


Answer = Callable[[GatewayHandler, str, bytes], None]


def for_programs(answer: Answer) -> Answer:
    """Let only those in who know the secret, and put every refusal into JSON."""

    def guarded(handler: GatewayHandler, name: str, body: bytes) -> None:
        if not handler.is_allowed():
            handler.send_error_code("secret_wrong", HTTPStatus.UNAUTHORIZED)
            return
        try:
            answer(handler, name, body)
        except (KeyError, TypeError, ValueError):
            handler.send_error_code("request_wrong", HTTPStatus.BAD_REQUEST)
        except RefundRefused:
            handler.send_error_code("refund_refused", HTTPStatus.BAD_REQUEST)
        except TokenUnknown:
            handler.send_error_code("token_unknown", HTTPStatus.BAD_REQUEST)
        except CredentialMissing:
            handler.send_error_code("stored_credential_missing", HTTPStatus.BAD_REQUEST)
        except KeyUsedOtherwise:
            handler.send_error_code("key_used_otherwise", HTTPStatus.CONFLICT)

    return guarded


NAME = r"(?P<name>[^/]+)"
ROUTES: tuple[tuple[str, str, Answer], ...] = (
    ("GET", f"/setup/{NAME}", GatewayHandler.show_form),
    ("POST", f"/setup/{NAME}", GatewayHandler.take_form),
    ("GET", "/phone", GatewayHandler.show_phone),
    ("POST", "/phone", GatewayHandler.hear_phone),
    ("POST", "/v1/setups", for_programs(GatewayHandler.create_setup)),
    ("GET", f"/v1/setups/{NAME}", for_programs(GatewayHandler.tell_setup)),
    ("POST", "/v1/charges", for_programs(GatewayHandler.charge)),
    ("GET", "/v1/charges", for_programs(GatewayHandler.list_charges)),
    ("GET", f"/v1/charges/by-key/{NAME}", for_programs(GatewayHandler.tell_charge_by_key)),
    ("GET", f"/v1/charges/{NAME}", for_programs(GatewayHandler.tell_charge)),
    ("POST", f"/v1/charges/{NAME}/acts", for_programs(GatewayHandler.act)),
    ("POST", "/v1/refunds", for_programs(GatewayHandler.refund)),
    ("GET", f"/v1/refunds/by-key/{NAME}", for_programs(GatewayHandler.tell_refund)),
    ("POST", f"/v1/methods/{NAME}/detach", for_programs(GatewayHandler.detach)),
    ("GET", f"/v1/methods/{NAME}", for_programs(GatewayHandler.tell_method)),
    ("POST", f"/v1/methods/{NAME}/update", for_programs(GatewayHandler.update_method)),
    ("POST", f"/v1/methods/{NAME}/script", for_programs(GatewayHandler.write_script)),
    ("GET", "/v1/events", for_programs(GatewayHandler.list_events)),
    ("POST", "/v1/events/heard", for_programs(GatewayHandler.hear_events)),
    ("GET", "/v1/settlements", for_programs(GatewayHandler.list_settlements)),
    ("POST", "/v1/day-ends", for_programs(GatewayHandler.end_day)),
    ("POST", "/v1/clock", for_programs(GatewayHandler.set_clock)),
)
