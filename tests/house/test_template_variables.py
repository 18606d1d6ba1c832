"""A template variable that does not exist fails the test that shows the page (tests/template_variables.py)."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, Origin, Template, engines

from tests.template_variables import TEMPLATES, MissingVariable


def shown(text: str, folder: str) -> str:
    """Show a template as if it stood in a folder."""
    engine: Engine = engines["django"].engine  # type: ignore[attr-defined]
    template = Template(text, origin=Origin(name=f"{folder}/x.html"), engine=engine)
    return template.render(Context({"row": {"name": "东苑"}}))


@pytest.mark.parametrize("text", ["{{ missing }}", "{{ row.missing }}", "{{ missing|upper }}"])
def test_a_missing_variable_is_red(text: str) -> None:
    with pytest.raises(MissingVariable, match=r"x\.html"):
        shown(text, str(TEMPLATES))
    assert shown(text, "/elsewhere/templates") == ""


def test_what_a_template_asks_for_on_purpose_passes() -> None:
    text = "{% if missing %}x{% endif %}{{ missing|default:'y' }}{% for a in missing %}{% endfor %}{{ row.name }}"
    assert shown(text, str(TEMPLATES)) == "y东苑"
