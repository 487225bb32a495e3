"""The website's editor: who gets in, by which door, and what they may do there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from wagtail.documents.models import Document
from wagtail.models import (
    Collection,
    CollectionViewRestriction,
    GroupCollectionPermission,
    GroupPagePermission,
    PageViewRestriction,
)

from cms import editors, operations
from cms.blocks import BodyBlock, LinkBlock
from cms.models import ContentPage, HomePage, Picture
from core.actors import VISITOR, Actor
from core.models import User
from core.permissions import Role
from tests.cms.conftest import png

SignIn = Callable[[User], Client]
Lay = Callable[..., Any]


def test_a_visitor_is_led_to_the_one_door(client: Client, db: None) -> None:
    for path in ("/editor/", "/editor/pages/", "/editor/images/"):
        assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


def test_there_is_no_second_sign_in(client: Client, editor: User) -> None:
    for path in ("/editor/login/", "/_util/login/"):
        assert client.get(f"{path}?next=/editor/")["Location"] == "/accounts/login/?next=/editor/"
        posted = client.post(path, {"username": editor.email, "password": "x"})
        assert posted["Location"].startswith("/accounts/login/")
    assert client.get("/editor/password_reset/").status_code in (302, 404)


def test_a_private_page_leads_a_visitor_to_the_one_door(client: Client, lay: Lay) -> None:
    page = lay("Board papers")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    assert client.get("/board-papers/")["Location"] == "/accounts/login/?next=/board-papers/"


def test_a_page_for_one_group_refuses_others_instead_of_sending_them_round_in_circles(
    lay: Lay, stranger: User, board_member: User, signed_in: SignIn
) -> None:
    page = lay("Board papers")
    restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
    restriction.groups.add(Group.objects.get(name=Role.BOARD.label))
    assert signed_in(stranger).get("/board-papers/").status_code == 403
    assert signed_in(board_member).get("/board-papers/").status_code == 200


def test_a_page_with_a_password_opens_with_it_only(client: Client, lay: Lay) -> None:
    page = lay("Draft rules", lead="Clause one.")
    restriction = PageViewRestriction.objects.create(
        page=page, restriction_type="password", password="heather"
    )
    asked = client.get("/draft-rules/").content.decode()
    assert "needs a password" in asked
    assert "Clause one" not in asked
    url = f"/_util/authenticate_with_password/{restriction.pk}/{page.pk}/"
    wrong = client.post(url, {"password": "wrong", "return_url": "/draft-rules/"})
    assert "Clause one" not in wrong.content.decode()
    right = client.post(url, {"password": "heather", "return_url": "/draft-rules/"}, follow=True)
    assert "Clause one" in right.content.decode()


def test_a_document_is_public_unless_its_collection_is_not(
    client: Client, stranger: User, signed_in: SignIn
) -> None:
    root = Collection.get_first_root_node()
    kept = Document.objects.create(title="Rules", file=ContentFile(b"rules", "rules.txt"))
    assert client.get(kept.url).status_code == 200
    private = root.add_child(name="Board")
    restriction = CollectionViewRestriction.objects.create(
        collection=private, restriction_type="groups"
    )
    restriction.groups.add(Group.objects.get(name=Role.BOARD.label))
    Document.objects.update(collection=private)
    assert client.get(kept.url)["Location"].startswith("/accounts/login/?next=")
    assert signed_in(stranger).get(kept.url).status_code == 403


def test_only_editors_get_in(
    editor: User, secretary: User, stranger: User, signed_in: SignIn
) -> None:
    assert signed_in(editor).get("/editor/").status_code == 200
    for other in (secretary, stranger):
        for path in ("/editor/", "/editor/pages/", "/editor/images/add/"):
            assert signed_in(other).get(path).status_code == 403


def test_an_editor_without_a_second_factor_goes_no_further(editor: User) -> None:
    client = Client()
    client.force_login(editor)
    assert client.get("/editor/")["Location"].startswith("/accounts/2fa/")


def test_the_editors_own_policy_holds_there_and_nowhere_else(
    editor: User, signed_in: SignIn
) -> None:
    desk = signed_in(editor)
    assert "unsafe-inline" in desk.get("/editor/")["Content-Security-Policy"]
    assert "unsafe-inline" not in desk.get("/")["Content-Security-Policy"]


def test_an_editor_writes_and_publishes_a_page(
    editor: User, signed_in: SignIn, home: HomePage, client: Client
) -> None:
    desk = signed_in(editor)
    url = f"/editor/pages/add/cms/contentpage/{home.pk}/"
    assert desk.get(url).status_code == 200
    posted = desk.post(
        url,
        {
            "title": "Summer fair",
            "slug": "summer-fair",
            "lead": "With cake.",
            "body-count": "1",
            "body-0-deleted": "",
            "body-0-order": "0",
            "body-0-type": "heading",
            "body-0-id": "",
            "body-0-value": "Come along",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "action-publish": "action-publish",
        },
    )
    assert posted.status_code == 302
    page = ContentPage.objects.get(slug="summer-fair")
    assert page.live
    assert "Come along" in client.get("/summer-fair/").content.decode()


def test_an_editor_previews_a_draft_in_the_editors_frame(
    editor: User, signed_in: SignIn, lay: Lay
) -> None:
    page = lay("Plans")
    page.lead = "Still being thought about."
    revision = page.save_revision()
    response = signed_in(editor).get(f"/editor/pages/{page.pk}/revisions/{revision.pk}/view/")
    assert "Still being thought about." in response.content.decode()
    assert "frame-ancestors 'self'" in response["Content-Security-Policy"]


def test_an_editor_adds_a_picture(editor: User, signed_in: SignIn) -> None:
    upload = SimpleUploadedFile("moor.png", png(), content_type="image/png")
    root = Collection.get_first_root_node().pk
    data = {"title": "Moor", "file": upload, "description": "A moor.", "collection": root}
    response = signed_in(editor).post("/editor/images/add/", data)
    assert response.status_code == 302
    assert Picture.objects.get().uploaded_by_user == editor


def test_editors_rights_are_given_by_migrate_and_only_once(db: None) -> None:
    group = Group.objects.get(name=Role.EDITOR.label)
    assert group.permissions.filter(codename="access_admin").exists()

    def held() -> tuple[int, int, int]:
        return (
            group.permissions.count(),
            GroupPagePermission.objects.filter(group=group).count(),
            GroupCollectionPermission.objects.filter(group=group).count(),
        )

    before = held()
    assert before[1:] == (len(editors.ON_PAGES), len(editors.IN_COLLECTIONS))
    call_command("migrate", verbosity=0)
    assert held() == before


def test_nobody_but_an_editor_lays_out_pages(
    home: HomePage, editor: User, stranger: User, as_user: Callable[[User], Actor]
) -> None:
    for by in (VISITOR, as_user(stranger)):
        page = ContentPage(title="Mine", slug="mine", blueprint_key="mine")
        for act in (
            lambda by=by, page=page: operations.lay_page(parent=home, page=page, by=by),
            lambda by=by: operations.write_home(home=home, key="x", by=by),
            lambda by=by: operations.add_picture(
                title="x", file_name="x.png", content=png(), description="x", by=by
            ),
        ):
            with pytest.raises(PermissionDenied):
                act()
    page = ContentPage(title="Ours", slug="ours", blueprint_key="ours")
    assert operations.lay_page(parent=home, page=page, by=as_user(editor)).live


def test_a_link_leads_to_one_place(home: HomePage) -> None:
    block = LinkBlock()
    for page, address in ((None, ""), (home, "/x/")):
        with pytest.raises(ValidationError):
            block.clean({"words": "Go", "page": page, "address": address})
    assert block.clean({"words": "Go", "page": home, "address": ""})["page"].pk == home.pk


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//example.com", "our-care"])
def test_a_link_is_to_this_site_or_a_whole_address(address: str) -> None:
    with pytest.raises(ValidationError):
        LinkBlock().clean({"words": "Go", "page": None, "address": address})


def test_a_picture_needs_words_for_those_who_cannot_see_it(picture: Picture) -> None:
    block = BodyBlock().child_blocks["picture"]
    with pytest.raises(ValidationError):
        block.clean({"picture": picture, "alt": "", "caption": ""})


def test_a_change_of_blocks_makes_no_migration() -> None:
    field = ContentPage._meta.get_field("body")
    _name, path, args, kwargs = field.deconstruct()
    assert (path, args) == ("cms.fields.StreamField", [])
    assert "block_lookup" not in kwargs
