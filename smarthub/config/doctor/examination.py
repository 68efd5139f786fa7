"""All examinations in their order."""

from __future__ import annotations

import sys

import django

from smarthub.config.doctor.finding import Finding
from smarthub.config.doctor.machine import examine_disk, examine_python, examine_settings
from smarthub.config.environment import Environment, SettingMissing


def examine(environment: Environment) -> list[Finding]:
    """Look at everything; the settings first, for without them nothing else can be read."""
    findings = [examine_python(sys.version_info[:2]), *examine_settings(environment)]
    findings.append(examine_disk(environment.state_dir))
    try:
        django.setup()
    except SettingMissing:
        return findings
    # Its imports need the settings that were just read.
    from smarthub.config.doctor.installation import examine_installation  # noqa: PLC0415

    return [*findings, *examine_installation(environment)]
