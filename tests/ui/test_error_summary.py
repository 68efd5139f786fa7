"""The summary of a form's errors: an empty field is named, a worded error stands as it is."""

from __future__ import annotations

from django import forms
from django.template.loader import render_to_string


class Asked(forms.Form):
    street = forms.CharField(label="Street")
    city = forms.CharField(label="City", error_messages={"required": "Write the city."})
    floor = forms.IntegerField(label="Floor")


def summary(**given: str) -> str:
    return render_to_string("ui/error_summary.html", {"form": Asked(given)})


class TestErrorSummary:
    def test_names_each_field_left_empty(self) -> None:
        said = summary()

        assert "Street: This field is required." in said
        assert "Floor: This field is required." in said

    def test_lets_an_error_of_its_own_words_stand(self) -> None:
        said = summary(street="Elm St", floor="two")

        assert ">Write the city.</a>" in said
        assert ">Enter a whole number.</a>" in said
