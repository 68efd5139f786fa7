"""Live through the demo's Auto Pay: sign-ups, drafts on their days, what failed, and pay-outs.

By the operations of every co-op, and by the sandbox's own gateway, whose clock follows. Each step
is once by its key, so going on after a kill does what is missing and nothing twice.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from smarthub.auto_pay.operations import NothingToChange
from smarthub.auto_pay.queries import list_open_drafts
from smarthub.auto_pay.types import (
    CreditProgramme,
    DraftState,
    DraftView,
    PlanEventKind,
    ProgrammeId,
)
from smarthub.jobs.demo.chance import Chance
from smarthub.jobs.demo.drafted import (
    MONTHS,
    ONE_DAY,
    PAUSED_DAYS,
    Enrolment,
    Part,
    list_enrolments,
    list_old_system,
)
from smarthub.jobs.demo.founding import IDENTITY, SOURCE, add_demo_person
from smarthub.jobs.demo.schedule import months_before
from smarthub.jobs.demo.world import World
from smarthub.kernel.money import Money
from smarthub.members.operations import open_login
from smarthub.payments.types import MethodId, MethodKind
from smarthub.wiring.play import Play
from smarthub.workflows.auto_pay.migrated_auto_pay import COLUMNS, import_proposals
from smarthub.workflows.auto_pay.run_auto_pay import follow_up_failures, run_auto_pay
from smarthub.workflows.auto_pay.set_up_auto_pay import (
    Agreement,
    approve_draft,
    change_state,
    turn_on,
)
from smarthub.workflows.auto_pay.sign_up_credits import set_programme
from smarthub.workflows.bank.reconcile_settlements import reconcile_settlements
from smarthub.workflows.money.charge_payment import repair_unknown_attempts
from smarthub.workflows.money.store_method import (
    finish_method_setup,
    list_methods,
    start_method_setup,
)

EARLY, NOON = dt.time(7, 7), dt.time(12)
CREDIT = Money(5_00)
CAP = Money(100_00)
GOOD_CARD, LOST_CARD = "4242424242424242", "4000000000009987"
GOOD_BANK = "000123456789"
DECLINED_ONCE = ("insufficient_funds",)
RETURN_TO = "http://127.0.0.1:8000/pay/card/return/"
NAME = "https://prairieridge.example/auto-pay/{}"
WORDS = {
    "en": "I allow {co_op} to take what each bill of account {number} asks for on its due date.",
    "es": "Permito que {co_op} retire lo que pida cada factura de la cuenta {number} en su fecha"
    " de vencimiento.",
}


@dataclass(slots=True)
class Drafting:
    """The Auto Pay of a world as its days go by."""

    world: World
    zone: ZoneInfo
    play: Play
    enrolments: Sequence[Enrolment] = field(init=False)
    _chance: Chance = field(init=False)
    _waiting: list[Enrolment] = field(init=False)
    _logins: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.enrolments = list_enrolments(self.world)
        self._chance = Chance(self.world.seed)
        self._waiting = list(self.enrolments)

    def begin(self, *, staff_id: int) -> None:
        """Set the credit programme, and take in who had Auto Pay in the old system.

        Args:
            staff_id: The login that sets the programme.
        """
        starts_on = months_before(self.world.today, MONTHS + 1)
        now = self._at(starts_on, NOON)
        programme = CreditProgramme(
            id=ProgrammeId(uuid5(NAMESPACE_URL, NAME.format("credit"))),
            amount=CREDIT,
            starts_on=starts_on,
            ends_on=None,
            services=("electric", "gas", "fiber"),
            for_migrated=True,
            source_note="Board meeting, resolution 14",
        )
        set_programme(user_id=staff_id, programme=programme, now=now)
        import_proposals(
            rows=list_old_system(self.world), columns=COLUMNS, source_system=SOURCE, now=now
        )

    def drafts(self, number: str, bill_date: dt.date) -> bool:
        """Return whether a bill of an account is left to Auto Pay."""
        return any(e.holding.number == number and e.drafts(bill_date) for e in self.enrolments)

    def pays_whole(self, number: str) -> bool:
        """Return whether an account pays its earlier bills whole, as those do who sign up."""
        return any(each.holding.number == number for each in self.enrolments)

    def live_until(self, day: dt.date) -> None:
        """Do what happens before the first minute of a day, in its order."""
        for on in self._days(before=day):
            while self._waiting and self._waiting[0].on <= on:
                self._enrol(self._waiting.pop(0))
            self._send_what_is_due(on)

    def end(self) -> None:
        """Pause what is paused by today; what the gateway told was heard."""
        for each in self.enrolments:
            if each.part is Part.PAUSED:
                now = self._at(self.world.today - dt.timedelta(days=PAUSED_DAYS), NOON)
                with suppress(NothingToChange):  # it was, before a kill
                    change_state(
                        user_id=self._login(each, now),
                        number=each.holding.number,
                        kind=PlanEventKind.PAUSED,
                        now=now,
                        zone=self.zone,
                    )
        self.play.events_were_heard()

    def _days(self, *, before: dt.date) -> Iterator[dt.date]:
        """Yield the days on which somebody signs up or something is drafted, as they come up."""
        yesterday = before - ONE_DAY
        done = dt.date.min
        while True:
            open_drafts = list_open_drafts(until=yesterday, zone=self.zone)
            coming = [view.next_try_on for view in open_drafts if view.next_try_on]
            coming += [each.on for each in self._waiting]
            ahead = [day for day in coming if done < day <= yesterday]
            if not ahead:
                return
            done = min(ahead)
            yield done

    def _send_what_is_due(self, on: dt.date) -> None:
        now = self._at(on, EARLY)
        self.play.set_clock(now)
        for view in list_open_drafts(until=on, zone=self.zone):
            if view.state is DraftState.ASKED:
                self._say_yes(view, now)
        gateway = self.play.gateway
        repair_unknown_attempts(now=now, gateway=gateway)
        done = run_auto_pay(now=now, zone=self.zone, gateway=gateway)
        follow_up_failures(now=now, zone=self.zone)
        if done.sent:
            self._pay_out(on)

    def _pay_out(self, on: dt.date) -> None:
        """End the gateway's day, and book its pay-out the next morning."""
        next_day = self._at(on + ONE_DAY, EARLY)
        self.play.end_day(on)
        self.play.set_clock(next_day)
        reconcile_settlements(now=next_day, gateway=self.play.gateway)

    def _say_yes(self, view: DraftView, now: dt.datetime) -> None:
        """Let a draft above its limit be taken, as its owner does every month."""
        number = view.draft.account_number
        owner = next(each for each in self.enrolments if each.holding.number == number)
        approve_draft(
            user_id=self._login(owner, now),
            number=number,
            bill_number=view.draft.bill_number,
            now=now,
            zone=self.zone,
        )

    def _enrol(self, each: Enrolment) -> None:
        """Turn Auto Pay on, with a card or bank account given for it; once for each account."""
        now = self._at(each.on, NOON)
        user_id = self._login(each, now)
        number, language = each.holding.number, each.person.language
        turn_on(
            plan_id=uuid5(NAMESPACE_URL, NAME.format(number)),
            user_id=user_id,
            number=number,
            method_id=self._method(each, user_id, now),
            cap=CAP if each.part is Part.ABOVE_CAP else None,
            agreement=Agreement(
                words=WORDS[language].format(co_op=IDENTITY.name, number=number),
                version="demo",
                language=language,
                ip_address="192.0.2.1",
                user_agent="",
            ),
            now=now,
            zone=self.zone,
        )

    def _method(self, each: Enrolment, user_id: int, now: dt.datetime) -> MethodId:
        """Return what is drawn on; a person gives one method for all of their accounts."""
        kept = list_methods(user_id=user_id)
        if kept:
            return kept[0].id
        self.play.set_clock(now)
        gateway = self.play.gateway
        form = start_method_setup(
            user_id=user_id,
            kind=MethodKind.BANK if each.from_bank else MethodKind.CARD,
            return_to=RETURN_TO,
            language=each.person.language,
            now=now,
            gateway=gateway,
        )
        reference = self._fill_in(each, form)
        if each.part is Part.RETRIED:
            token = gateway.get_setup(reference=reference).token
            self.play.write_script(token=token, steps=DECLINED_ONCE)
        return finish_method_setup(
            user_id=user_id, reference=reference, now=now, gateway=gateway
        ).id

    def _fill_in(self, each: Enrolment, form: str) -> str:
        if each.from_bank:
            return self.play.give_bank(form, account=GOOD_BANK)
        lost = each.part is Part.SUSPENDED
        month = self._chance.number("card ends", each.holding.number, below=12) + 1
        expiry = f"{month:02d}/{self.world.today.year % 100 + 2}"
        return self.play.give_card(form, number=LOST_CARD if lost else GOOD_CARD, expiry=expiry)

    def _login(self, each: Enrolment, now: dt.datetime) -> int:
        """Return the login of a person; one whose sign-in is not told signs in some other way."""
        if each.person.key not in self._logins:
            person_id = add_demo_person(each.person, now=now)
            self._logins[each.person.key] = open_login(
                person_id=person_id, email=each.person.email, now=now
            )
        return self._logins[each.person.key]

    def _at(self, on: dt.date, time: dt.time) -> dt.datetime:
        return dt.datetime.combine(on, time, self.zone)
