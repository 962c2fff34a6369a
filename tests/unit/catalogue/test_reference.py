from pathlib import Path

import pytest
from support.catalogue import ROOM, Folder


@pytest.mark.parametrize(
    "name, old, new, says",
    [
        ("rules/suitability.yaml", "id: R002", "id: R001", "R001 stands here a second time"),
        ("rules/suitability.yaml", "evidence: [acog804]", "evidence: [nobody]", "names the unknown source `nobody`"),
        ("rules/suitability.yaml", "variant: no_hold", "variant: no_fun", "names the unknown variant `no_fun`"),
        ("rules/suitability.yaml", "    variant: no_hold\n", "", "a variant belongs to `adapt`"),
        ("rules/suitability.yaml", "    leaves: []\n", "", "`leaves` belongs to `restrict`"),
        ("rules/suitability.yaml", "since: due, from: 21", "since: duo, from: 21", "invalid enum value 'duo'"),
        ("rules/suitability.yaml", "{property: breath_hold}", "{at_least: 3}", "a property or a field, not both"),
        ("glossary.yaml", "  body_scan:", "  body_scam:", "the word in techniques `body_scan` is missing"),
        ("glossary.yaml", "  body_scan:", "  body_scam:", "the server knows no word in techniques `body_scam`"),
        ("lint/profiles.yaml", "  energise:", "  palliative2:", "`profiles.palliative2`"),
        ("lint/words.en.yaml", "  stop: ", "  stops: ", "`patterns.stops`"),
        ("lint/words.en.yaml", "  closed_only: \\b(", "  closed_only: \\b((", "`closed_only` is no regular expression"),
        ("evidence/sources.yaml", "status: read", "status: heard", "invalid enum value 'heard'"),
    ],
)
def test_reference_data_that_do_not_agree_are_told(tmp_path: Path, name: str, old: str, new: str, says: str) -> None:
    folder = Folder(tmp_path, ROOM)
    folder.replace(name, old, new)
    findings = folder.check()
    assert any(says in finding.sentence and finding.path == f"content/{name}" for finding in findings), findings


@pytest.mark.parametrize("name", ["glossary.yaml", "lint/forbidden.en.yaml", "evidence/sources.yaml"])
def test_a_missing_reference_file_is_told(tmp_path: Path, name: str) -> None:
    folder = Folder(tmp_path, ROOM)
    folder.file(name).unlink()
    assert any(finding.path == f"content/{name}" for finding in folder.check())
