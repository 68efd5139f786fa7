"""Commit numbered rows one by one and say each number once the server has acknowledged it."""

from __future__ import annotations

import sys

import django
from django.db import connection

if __name__ == "__main__":
    django.setup()
    with connection.cursor() as cursor:
        for number in range(int(sys.argv[1]), 1_000_000):
            cursor.execute("INSERT INTO acknowledged (number) VALUES (%s)", [number])
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()
