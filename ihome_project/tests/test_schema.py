"""The schema of the API: it is the one in docs/, it knows every route, and its examples are what it says."""

from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from jsonschema import Draft202012Validator

from ihome_project.operations import OPERATIONS, PREFIX

DESCRIBED = yaml.safe_load((settings.BASE_DIR / "docs/openapi.yaml").read_text())
EACH = [
    pytest.param(operation, id=f"{method.upper()} {path.removeprefix(PREFIX)}")
    for path, methods in DESCRIBED["paths"].items()
    for method, operation in methods.items()
]


def check(schema: dict, value: object) -> None:
    Draft202012Validator(schema | {"components": DESCRIBED["components"]}).validate(value)


def responses(operation: dict) -> dict[str, dict]:
    shared = DESCRIBED["components"]["responses"]
    refs = {status: response.get("$ref", "").rpartition("/")[2] for status, response in operation["responses"].items()}
    return {status: shared.get(refs[status], response) for status, response in operation["responses"].items()}


def without_ranges(part: object) -> object:
    """Return a part of a schema without what each database says for itself: the range of its whole numbers."""
    if isinstance(part, list):
        return [without_ranges(each) for each in part]
    if not isinstance(part, dict):
        return part
    ranges = {"maximum", "format"} if part.get("type") == "integer" else set()
    return {name: without_ranges(each) for name, each in part.items() if name not in ranges}


def test_the_schema_in_the_docs_is_that_of_the_api(tmp_path: Path):
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", "--lang", "en", "--validate", "--fail-on-warn", "--file", str(made))
    described = without_ranges(yaml.safe_load(made.read_text()))
    assert described == without_ranges(DESCRIBED), "Run `make api-schema`."


def test_no_operation_is_described_that_is_none():
    assert {case.id for case in EACH} == set(OPERATIONS)


@pytest.mark.parametrize("operation", EACH)
def test_examples_are_what_the_schema_says(operation):
    contents = [response.get("content", {}) for response in responses(operation).values()]
    contents.append(operation.get("requestBody", {}).get("content", {}))
    for media in (media for content in contents for media in content.values()):
        for example in media.get("examples", {}).values():
            check(media["schema"], example["value"])


@pytest.mark.parametrize("operation", EACH)
def test_every_operation_says_how_it_succeeds_and_refuses(operation):
    assert operation["summary"]
    assert {"400", "429", "500", "503"} < set(operation["responses"])
    assert "Retry-After" in responses(operation)["429"]["headers"]
    assert operation["responses"].keys() & {"200", "201"}
    assert "204" not in operation["responses"]
