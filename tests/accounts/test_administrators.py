"""三员分立: each has one room, none sees business, nobody grants themselves anything."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import SecurityEvent, User
from accounts.services import accounts, roles
from common.errors import NotNow, NotPermitted, NotVisible
from governance import services as governance
from governance.services import membership
from tests.accounts.kit import trail
from tests.factories.governance import SINCE
from tests.factories.people import person

pytestmark = pytest.mark.django_db
QUERIES = {"/accounts/roles/": 6, "/authorities/": 7, "/accounts/manage/": 7, "/accounts/trail/": 7}


@pytest.fixture
def admins(db) -> dict[str, User]:
    return {role: person(f"{role}-admin", role, admin_role=role) for role in ("system", "security", "audit")}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_bootstrap_makes_three_once(settings):
    out = StringIO()
    call_command("bootstrap_admins", stdout=out)
    lines = [line.split("\t") for line in out.getvalue().splitlines() if "\t" in line]
    assert [(label, name) for label, name, _ in lines] == [
        ("系统管理员", "sysadmin"),
        ("安全管理员", "secadmin"),
        ("审计管理员", "auditadmin"),
    ]
    for _, name, password in lines:
        user = User.objects.get(username=name)
        assert (user.check_password(password), user.must_change_password) == (True, True)
    with pytest.raises(CommandError, match="三员都已设立"):
        call_command("bootstrap_admins")
    again = StringIO()
    call_command("bootstrap_admins", reset="secadmin", stdout=again)
    assert User.objects.get(username="secadmin").check_password(
        again.getvalue().split("\t")[2].split("\n")[0]
    )
    with pytest.raises(CommandError, match="不是管理员账号"):
        call_command("bootstrap_admins", reset="nobody")


def test_the_database_knows_no_superuser_and_no_fourth_role(admins):
    user = admins["system"]
    for change in ({"is_superuser": True}, {"is_staff": True}, {"admin_role": "owner"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=user.pk).update(**change)


def test_each_room_is_open_to_one_role_only(admins, cast):
    rooms = {
        "system": ["/accounts/manage/", "/accounts/manage/new/", f"/accounts/manage/{cast.vice.pk}/"],
        "security": ["/accounts/roles/", "/accounts/roles/new/", "/authorities/"],
        "audit": ["/accounts/trail/", "/accounts/trail/proof/", "/accounts/trail/?format=csv"],
    }
    content = ["/items/", "/tasks/", "/meetings/", "/leadership/", "/district/schools/", "/catalogue/"]
    clients = {role: client_of(user) for role, user in admins.items()} | {"": client_of(cast.district_leader)}
    for role, client in clients.items():
        for owner, urls in rooms.items():
            for url in urls:
                assert (role, url, client.get(url).status_code) == (role, url, 200 if role == owner else 404)
        if role:
            home = client.get("/")
            assert (home.status_code, home["Location"]) == (302, rooms[role][0])
            page = client.get(rooms[role][0]).content.decode()
            assert not re.search(r'href="/(items|meetings|tasks|catalogue)/', page)
            for url in content:
                answer = client.get(url)
                assert answer.status_code in (200, 404)
                assert "明德" not in answer.content.decode(), url


def test_the_system_administrator_keeps_accounts_and_grants_nothing(admins, cast):
    client = client_of(admins["system"])
    form = {"username": "13900000001", "display_name": "新来人", "email": ""}
    shown = client.post("/accounts/manage/new/", form).content.decode()
    password = re.search(r'<code class="initial">([^<]+)</code>', shown)[1]
    made = User.objects.get(username="13900000001")
    assert (made.check_password(password), made.must_change_password, made.admin_role) == (True, True, "")
    assert "已存在" in client.post("/accounts/manage/new/", form).content.decode()
    assert client.post(f"/accounts/manage/{made.pk}/disable/").status_code == 302
    assert client.post(f"/accounts/manage/{made.pk}/reset/").status_code == 409
    assert client.post(f"/accounts/manage/{made.pk}/enable/").status_code == 302
    assert "密码已重设" in client.post(f"/accounts/manage/{made.pk}/reset/").content.decode()
    assert client.post(f"/accounts/manage/{admins['system'].pk}/reset/").status_code == 403
    # Resetting the security administrator would be a way to that role.
    assert client.post(f"/accounts/manage/{admins['security'].pk}/reset/").status_code == 409
    assert client.post(f"/accounts/manage/{admins['audit'].pk}/disable/").status_code == 409
    assert client.post(f"/accounts/manage/{made.pk}/grant/").status_code == 404
    with pytest.raises(NotVisible):
        roles.grant_role(actor=admins["system"], user_id=made.pk, role="audit")
    with pytest.raises(ValueError, match="roles are granted"):
        accounts.create_account(actor=admins["system"], username="x", display_name="x", role="audit")
    assert [kind for kind, _, _ in trail(person=made)] == [
        *("account.created", "account.disabled", "account.enabled", "password.reset")
    ]


def test_the_security_administrator_grants_to_others_only(admins, cast):
    me = admins["security"]
    free = person("free", "专人")
    assert roles.grant_role(actor=me, user_id=free.pk, role="audit").admin_role == "audit"
    for user, refusal in ((me, NotPermitted), (free, NotNow), (cast.vice, NotNow), (cast.inspector, NotNow)):
        with pytest.raises(refusal):
            roles.grant_role(actor=me, user_id=user.pk, role="system")
    with pytest.raises(NotPermitted):
        roles.revoke_role(actor=me, user_id=me.pk)
    client = client_of(free)
    assert client.get("/accounts/trail/").status_code == 200
    roles.revoke_role(actor=me, user_id=free.pk)
    assert client.get("/accounts/trail/").status_code == 404
    with pytest.raises(NotVisible):
        accounts.create_account(actor=me, username="x", display_name="x")
    # Nor an office for oneself, nor one for another of the three.
    with pytest.raises(NotNow):
        membership.admit_member(
            actor=me, authority_id=cast.authority.pk, person=me, role="leader", since=SINCE
        )
    with pytest.raises(NotNow):
        governance.appoint(actor=None, body=cast.party, person=admins["audit"], role="member", since=SINCE)
    with pytest.raises(NotNow):
        governance.employ(
            actor=None, school=cast.school, person=admins["audit"], department="总务处", since=SINCE
        )
    member = membership.admit_member(
        actor=me, authority_id=cast.authority.pk, person=free, role="reviewer", since=SINCE
    )
    assert client_of(free).get("/district/schools/").status_code == 200
    membership.leave_authority(actor=me, member_id=member.pk)
    assert client_of(free).get("/district/schools/").status_code == 404
    with pytest.raises(NotVisible):
        membership.set_second_factor(
            actor=cast.district_leader, authority_id=cast.authority.pk, policy="optional"
        )
    membership.set_second_factor(actor=me, authority_id=cast.authority.pk, policy="required")
    kinds = list(SecurityEvent.objects.filter(actor=me).order_by("id").values_list("kind", flat=True))
    assert kinds == [
        *("role.granted", "role.revoked", "member.joined", "member.left", "policy.set"),
    ]


def test_lists_ask_the_same_of_one_and_of_three(admins, cast, django_assert_num_queries):
    """One row and many rows under the same number, page by page."""
    security, system, audit = (client_of(admins[role]) for role in ("security", "system", "audit"))

    def ask(client: Client, url: str) -> None:
        with django_assert_num_queries(QUERIES[url.partition("?")[0]]):
            assert client.get(url).status_code == 200

    ask(security, "/accounts/roles/")
    ask(security, "/authorities/")
    ask(system, "/accounts/manage/?q=security-admin")
    ask(system, "/accounts/manage/")
    ask(audit, "/accounts/trail/?account=audit-admin")
    ask(audit, "/accounts/trail/")
    for number in range(2):
        person(f"audit-{number}", f"审计{number}", admin_role="audit")
        free = person(f"free-{number}", f"专人{number}")
        governance.join_authority(
            actor=None, authority=cast.authority, person=free, role="reviewer", since=SINCE
        )
    ask(security, "/accounts/roles/")
    ask(security, "/authorities/")
