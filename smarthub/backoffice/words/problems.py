"""What is wrong with a row of a given file, and what to do: the guide's words, on the desk."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from smarthub.metering.types import Problem

PROBLEM_WORDS: dict[Problem, tuple[Promise, Promise]] = {
    Problem.EMPTY_FILE: (
        _("The file has no header"),
        _("Ask for the file again."),
    ),
    Problem.WRONG_COLUMNS: (
        _("The columns are not those of the profile"),
        _("Choose the other profile, or rename and order the columns."),
    ),
    Problem.WRONG_ENCODING: (
        _("The file is not UTF-8 text"),
        _("Save it as “CSV UTF-8”, or unpack it."),
    ),
    Problem.BROKEN_QUOTES: (
        _("A quote is opened and not closed"),
        _("Mend this line, or the quote before it."),
    ),
    Problem.LINE_TOO_LONG: (
        _("A line is far too long"),
        _("The line ends are missing or damaged; ask for the file again."),
    ),
    Problem.BROKEN_XML: (
        _("The Green Button file breaks off or is no XML"),
        _("Ask for the file again, or take the line with DOCTYPE out."),
    ),
    Problem.TOO_MANY_PROBLEMS: (
        _("Too many rows cannot be kept"),
        _("It was probably given under the wrong profile; look at the first problems."),
    ),
    Problem.FIELD_COUNT: (
        _("The row has more or fewer fields than the header"),
        _("Mend it. On the last line the file was cut: ask for it again."),
    ),
    Problem.UNFINISHED_LINE: (
        _("The last line has no end and may be cut"),
        _("If it is whole, add the line end and give the row in a new file."),
    ),
    Problem.UNKNOWN_METER: (
        _("No meter has this serial number"),
        _("Mend the number, or add the meter and give the row again."),
    ),
    Problem.METER_NOT_INSTALLED: (
        _("The meter hung nowhere on that day"),
        _("Mend the day it was installed or removed, or the day of the read."),
    ),
    Problem.NO_CHANNEL: (
        _("The place has no channel of this step"),
        _("Open the channel, or choose the wide form."),
    ),
    Problem.NO_REGISTER: (
        _("The meter has no register of this flow"),
        _("Add it to the meter, or mend the flow."),
    ),
    Problem.NO_READING_TYPE: (
        _("The file does not say what these readings are"),
        _("Ask for a file with interval readings and their ReadingType."),
    ),
    Problem.UNIT_UNKNOWN: (
        _("This unit is none we count"),
        _("Ask for energy, volume or demand."),
    ),
    Problem.UNIT_DIFFERS: (
        _("The unit is not that of the channel"),
        _("Choose the right profile, or mend the channel."),
    ),
    Problem.UNREADABLE_TIME: (
        _("The time or date cannot be read"),
        _("Write it as 2026-11-26 or 2026-11-26T15:00:00-06:00."),
    ),
    Problem.AMBIGUOUS_HOUR: (
        _("The clock shows this hour twice"),
        _("Give times with an offset."),
    ),
    Problem.SKIPPED_HOUR: (
        _("The clock leaves this hour out"),
        _("The source does not know that the clock changed; give times with an offset."),
    ),
    Problem.NOT_LOCAL_MIDNIGHT: (
        _("The row of a day does not start at local midnight"),
        _("Mend the offset; days must be local days."),
    ),
    Problem.OFF_GRID: (
        _("The time does not fit the step of the channel"),
        _("Look for a meter clock that is wrong, or for the wrong channel."),
    ),
    Problem.FUTURE_READ: (
        _("The read ends after the file was received"),
        _("Mend the date, or the clock of the source."),
    ),
    Problem.REPEATED_TIME: (
        _("The same read is there twice"),
        _("One is kept. Nothing to do, if the source is known to repeat itself."),
    ),
    Problem.CONFLICTING_TIME: (
        _("The same read is there with different values"),
        _("None is kept. Find out which is right and give that."),
    ),
    Problem.WRONG_VALUE_COUNT: (
        _("The row has more or fewer values than the day has intervals"),
        _("On days the clock changes give 23 or 25 hours."),
    ),
    Problem.NOT_A_NUMBER: (
        _("A field is not a plain number"),
        _("Mend it; leave it empty if it is not known."),
    ),
    Problem.TOO_PRECISE: (
        _("There are more decimals than are kept"),
        _("Round at the source, so that its totals and ours agree."),
    ),
    Problem.NEGATIVE_VALUE: (
        _("The value is below zero"),
        _("Energy sent out belongs to a channel of its own; otherwise mend it."),
    ),
    Problem.ABSURD_VALUE: (
        _("The value is larger than can be"),
        _(
            "Check the unit (Wh for kWh?) and the multiplier."
            " For a large service open a wide channel."
        ),
    ),
    Problem.UNKNOWN_KIND: (
        _("This kind of register read is not known"),
        _("Mend it; the guide lists the kinds."),
    ),
    Problem.NEGATIVE_USE: (
        _("With this read the register would have gone back"),
        _("Read again, or record the exchange of the meter."),
    ),
    Problem.TOO_FEW_READINGS: (
        _("The day has readings in fewer than 18 hours"),
        _("The day is left out. Ask for the rest of it."),
    ),
}
"""Each problem: what is wrong, and the remedy (docs/operating/importing-reads.md)."""
