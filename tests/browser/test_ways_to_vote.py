"""One vote, three ways in: a code without JavaScript at 400 % zoom, a telephone call, an envelope.

It ends with the bundle: downloaded, counted again by Python alone, and refused with a changed byte.
"""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.models import User
from core.permissions import Role
from governance.bundle import faults_of
from governance.models import RollEntry
from members.models import Person
from tests.browser.test_agm import ZOOMED
from tests.samples.governance import WORDS, _election


def test_a_code_a_call_and_an_envelope_are_one_count(
    someone: Callable[..., Any], make_user: Callable[..., User], secretary: User, tmp_path: Path
) -> None:
    user = make_user("Mo Member", Role.MEMBER)
    mo = Person.objects.create(first_name="Mo", last_name="Member", user=user)
    teller = make_user("Tess Teller", Role.CARER)
    cast = {"secretary": secretary, "carer": teller, "people": {"member": mo}}
    vote = _election("open", cast)
    url = f"/meetings/votes/{vote.pk}/"
    first, second, third = (
        entry.member for entry in RollEntry.objects.order_by("member__number").select_related()
    )

    # The secretary gives the first a code, which is read out and typed in at 400 % zoom.
    sita = someone(secretary)
    sita.visit(url)
    sita.look("vote")
    sita.follow("Who may vote")
    sita.look("vote-roll")
    sita.follow(f"Give a code {first.name}")
    sita.press("Show it, to read out or text")
    code = sita.page.locator("strong", has_text="-").first.inner_text()

    plain = someone(viewport=ZOOMED, java_script_enabled=False)
    plain.page.goto(f"{plain.site}/meetings/votes/start/")
    plain.page.get_by_label("Your voting code").fill(code.lower())
    plain.page.get_by_role("button", name="Go on").click()
    plain.page.get_by_role("button", name="Start").click()
    plain.page.locator("input[name=ranking_1]").fill("1")
    plain.page.get_by_label("Somebody helped me").check()
    plain.page.get_by_role("button", name="Look it over").click()
    plain.page.get_by_role("button", name="Cast my vote").click()
    assert plain.sees("Your vote is recorded")
    assert plain.page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]

    # The second is on the telephone; the third has sent an envelope.
    sita.visit(f"{url}voters/")
    sita.follow(f"Is on the telephone {second.name}")
    sita.page.get_by_label("How do you know").fill("The number in the register, called back")
    sita.look("phone-vote")
    sita.press("To the paper")
    sita.page.locator("input[name=ranking_2]").fill("1")
    sita.look("phone-paper")
    sita.press("Look it over")
    sita.press("Cast my vote")
    assert sita.sees("Read it out")
    sita.visit(f"{url}envelopes/")
    sita.page.get_by_label("Member number").fill(str(first.number))
    sita.press("Note it")
    assert sita.sees("Set the envelope aside")
    sita.page.get_by_label("Member number").fill(str(third.number))
    sita.press("Note it")
    sita.look("envelopes")

    # After the close two people key in the one paper, each alone.
    sita.visit(url)
    sita.press("Close voting now")
    sita.visit(f"{url}batches/")
    sita.page.get_by_label("How many papers are in this batch?").fill("1")
    sita.press("Begin the batch")
    batch = sita.page.url
    tess = someone(teller)
    for person in (sita, tess):
        person.page.goto(batch)
        person.page.locator("input[name=ranking_1]").fill("1")
        person.press("Note it")
        person.look("batch")
        person.press("All papers are keyed in")
    assert tess.sees("Two people keyed in the same")

    # Two tellers open the box; the secretary declares; Mo downloads the bundle.
    tess.visit(f"{url}unseal/")
    tess.page.get_by_label("Your passphrase").fill(WORDS[0])
    tess.page.get_by_label("Teller 2", exact=True).check()
    tess.page.get_by_label("The other teller’s passphrase").fill(WORDS[1])
    tess.press("Open the box and count")
    sita.visit(f"{url}result/")
    sita.press("Publish the result")
    assert sita.sees("1, each keyed in by two people")
    reader = someone(user)
    reader.visit(f"{url}result/")
    reader.look("result")
    declared = reader.page.locator("code", has_text="").first.inner_text()
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name="Download the bundle").click()
    data = Path(download.value.path()).read_bytes()

    assert faults_of(data, sha256_declared=declared) == []
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    recount = [sys.executable, "-S", "-E", "recount.py"]
    again = subprocess.run(recount, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "1 on paper" in again.stdout
    at = data.rindex(b'"entitled": 3') + len(b'"entitled": ')
    changed = data[:at] + b"4" + data[at + 1 :]
    assert any("roll.json" in fault for fault in faults_of(changed))
