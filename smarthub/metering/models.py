"""Rows of meters, registers, channels, and the reads that came in for them."""

from __future__ import annotations

from django.db import models

from smarthub.accounts.models import ServicePoint
from smarthub.cooperative.models import APPEND_ONLY, FromSource


class Meter(FromSource):
    """A device; where it hangs is said by its dated installs."""

    serial = models.CharField(max_length=30, unique=True)

    def __str__(self) -> str:
        return self.serial


class MeterInstall(models.Model):
    """A meter at a service point between two dates; never at two points at once (rule 5).

    Migration 0002 adds the exclusion constraint ``meter_install_one_place``.
    """

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="installs")
    service_point = models.ForeignKey(
        ServicePoint, on_delete=models.PROTECT, related_name="installs"
    )
    installed_on = models.DateField()
    removed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(removed_on=None)
                | models.Q(removed_on__gt=models.F("installed_on")),
                name="meter_install_dates_in_order",
            )
        ]

    def __str__(self) -> str:
        return f"{self.meter} at {self.service_point}"


class Flow(models.TextChoices):
    """Which way, or what, a register or channel counts."""

    DELIVERED = "delivered"
    RECEIVED = "received"
    DEMAND = "demand"


class Register(models.Model):
    """One counter of a meter. Usage = difference x multiplier, in ``unit`` (rule 12)."""

    meter = models.ForeignKey(Meter, on_delete=models.PROTECT, related_name="registers")
    flow = models.CharField(max_length=10, choices=Flow, default=Flow.DELIVERED)
    unit = models.CharField(max_length=8)
    dials = models.PositiveSmallIntegerField(default=6)
    multiplier = models.DecimalField(max_digits=9, decimal_places=3, default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meter", "flow"], name="register_once_per_meter_flow")
        ]

    def __str__(self) -> str:
        return f"{self.meter} {self.flow}"


class Channel(models.Model):
    """Interval reads of one flow at one service point; it outlives a meter exchange.

    Stored integers times ``10 ** exponent`` are in ``unit``: Wh for electricity is kWh at -3.
    """

    service_point = models.ForeignKey(
        ServicePoint, on_delete=models.PROTECT, related_name="channels"
    )
    flow = models.CharField(max_length=10, choices=Flow, default=Flow.DELIVERED)
    unit = models.CharField(max_length=8)
    exponent = models.SmallIntegerField(default=-3)
    step_seconds = models.PositiveIntegerField()
    wide = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_point", "flow", "step_seconds"], name="channel_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_point} {self.flow} each {self.step_seconds} s"


class ReadFile(FromSource):
    """A file of reads that was taken in whole, known by its contents: twice is once (rule 129)."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    profile = models.CharField(max_length=40)
    received_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    rows_kept = models.PositiveIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return self.name


class ReadImport(models.Model):
    """A file staff gave at the desk: waiting to be confirmed, being taken in, or done.

    What the file said is in ``ReadFile`` once it is taken in; this row only follows the work.
    """

    class State(models.TextChoices):
        PREVIEW = "preview"
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        REFUSED = "refused"
        FAILED = "failed"
        DROPPED = "dropped"

    key = models.UUIDField(unique=True)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=300)
    profile = models.CharField(max_length=40)
    on_error = models.CharField(max_length=20)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State, default=State.PREVIEW)
    bytes_done = models.PositiveBigIntegerField(default=0)
    bytes_total = models.PositiveBigIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    report = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class ReadProblem(models.Model):
    """A row of a file that was not kept, or that wants looking at, and why."""

    file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="problems")
    row = models.PositiveIntegerField()
    code = models.CharField(max_length=40)
    kept = models.BooleanField()
    values = models.JSONField(default=dict)

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.file} row {self.row}: {self.code}"


class IntervalDay(models.Model):
    """One channel's reads of one local service day, packed (docs/decisions/0004).

    ``v`` holds little-endian ``uint16`` (``uint32`` where the channel is wide), one for each
    step of the day in elapsed order from local midnight; the top value means missing. ``q``
    holds one quality byte a value, or nothing when all are good. The table is partitioned by
    month and made by migration 0002.
    """

    pk = models.CompositePrimaryKey("channel_id", "day")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    total = models.BigIntegerField()
    peak = models.IntegerField()
    v = models.BinaryField()
    q = models.BinaryField(null=True)
    file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        managed = False
        db_table = "metering_interval_day"

    def __str__(self) -> str:
        return f"{self.channel} on {self.day}"


class IntervalRevision(models.Model):
    """What a packed day said before a later file changed it, and the file that did."""

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    old_v = models.BinaryField()
    old_q = models.BinaryField(null=True)
    old_file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="+")
    new_file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["channel", "day"])]

    def __str__(self) -> str:
        return f"{self.channel} on {self.day} until {self.recorded_at}"


class UsualUse(models.Model):
    """What is usual for a channel, from its last three weeks; derived, and made anew each night."""

    channel = models.OneToOneField(
        Channel, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    total = models.BigIntegerField()
    peak = models.IntegerField()
    days = models.PositiveSmallIntegerField()
    until = models.DateField()

    def __str__(self) -> str:
        return f"{self.channel} until {self.until}"


class FailedCheck(models.Model):
    """A check that a day of a channel failed, as its reads stood in ``file``.

    It is open until somebody decides, or until the day comes from another file.
    """

    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    code = models.CharField(max_length=12)
    values = models.JSONField(default=dict)
    file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="+", null=True)
    found_at = models.DateTimeField()

    class Meta:
        db_table_comment = APPEND_ONLY
        indexes = [models.Index(fields=["day"])]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "day", "code", "file"],
                name="failed_check_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} on {self.day}: {self.code}"


class CheckDecision(models.Model):
    """What somebody made of a failed check; the values they wrote came in by ``file``."""

    class Action(models.TextChoices):
        ACCEPT = "accept"
        ESTIMATE = "estimate"
        EDIT = "edit"

    check_failed = models.OneToOneField(
        FailedCheck, on_delete=models.PROTECT, related_name="decision"
    )
    action = models.CharField(max_length=8, choices=Action)
    decided_by = models.CharField(max_length=150)
    decided_at = models.DateTimeField()
    note = models.CharField(max_length=300, blank=True)
    file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        db_table_comment = APPEND_ONLY

    def __str__(self) -> str:
        return f"{self.check_failed}: {self.action}"


class RegisterRead(models.Model):
    """What a register showed at the start of a local day; a correction is a later revision."""

    class Kind(models.TextChoices):
        ACTUAL = "actual"
        AMI = "ami"
        MEMBER = "member"
        ESTIMATED = "estimated"
        FINAL = "final"
        CHANGE_OUT = "change_out"

    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="reads")
    read_on = models.DateField()
    value = models.DecimalField(max_digits=12, decimal_places=3)
    kind = models.CharField(max_length=10, choices=Kind)
    revision = models.PositiveSmallIntegerField(default=0)
    file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField()

    class Meta:
        db_table_comment = APPEND_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["register", "read_on", "revision"], name="register_read_once"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0), name="register_read_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.register} on {self.read_on}: {self.value}"


class StationDay(models.Model):
    """Outdoor temperature of a weather station on one local day, in degrees Fahrenheit."""

    station = models.CharField(max_length=20)
    day = models.DateField()
    low_f = models.DecimalField(max_digits=5, decimal_places=1)
    high_f = models.DecimalField(max_digits=5, decimal_places=1)
    mean_f = models.DecimalField(max_digits=5, decimal_places=1)
    file = models.ForeignKey(ReadFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["station", "day"], name="station_day_once")]

    def __str__(self) -> str:
        return f"{self.station} on {self.day}"
