"""The inbox: one's own messages, newest first, read when opened."""

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications import services
from notifications.models import Message
from notifications.selectors import unread_count
from tests.documents.world import employ, person, school

# Session, user; of the shell: school and offices, authority, overdue tasks, findings, unread; messages counted, read.
INBOX_QUERIES = 11


@pytest.fixture
def reader(db):
    return person("田家和", "tian")


@pytest.fixture
def other(db):
    return person("许静", "xu")


def tell(*people, title="落实任务：完成预算编报", **more):
    words = {"kind": "task.assigned", "title": title, "url": "/tasks/12/"} | more
    return services.notify(recipients=people, **words)


def test_one_reads_only_ones_own_messages_newest_first(client, reader, other):
    for title in ("第一条", "第二条", "第三条"):
        tell(reader, title=title)
    tell(other, title="他人的一条")
    client.force_login(reader)
    html = client.get(reverse("notifications:inbox")).content.decode()
    assert html.index("第三条") < html.index("第二条") < html.index("第一条")
    assert "他人的一条" not in html


def test_opening_marks_as_read_and_leads_on(client, reader):
    (message,) = tell(reader)
    client.force_login(reader)
    response = client.post(reverse("notifications:open", args=[message.pk]))
    assert (response.status_code, response.url) == (302, "/tasks/12/")
    message.refresh_from_db()
    first = message.read_at
    assert first <= timezone.now()
    client.post(reverse("notifications:open", args=[message.pk]))
    message.refresh_from_db()
    assert message.read_at == first


def test_nobody_opens_the_message_of_another(client, reader, other):
    (message,) = tell(reader)
    client.force_login(other)
    assert client.post(reverse("notifications:open", args=[message.pk])).status_code == 404
    assert client.post(reverse("notifications:open", args=[message.pk + 1])).status_code == 404
    assert client.get(reverse("notifications:open", args=[message.pk])).status_code == 405
    client.post(reverse("notifications:read_all"))
    assert unread_count(reader) == 1


def test_all_are_marked_as_read_at_once(client, reader, other):
    tell(reader, other)
    tell(reader)
    client.force_login(reader)
    assert client.post(reverse("notifications:read_all")).url == reverse("notifications:inbox")
    assert (unread_count(reader), unread_count(other)) == (0, 1)


def test_unread_only(client, reader):
    (seen,) = tell(reader, title="看过的")
    tell(reader, title="没看过的")
    services.mark_read(seen)
    client.force_login(reader)
    html = client.get(reverse("notifications:inbox"), {"unread": "1"}).content.decode()
    assert "没看过的" in html
    assert "看过的</span>" not in html.replace("没看过的", "")


def test_long_lists_have_pages(client, reader):
    for number in range(21):
        tell(reader, title=f"通知{number:02}")
    client.force_login(reader)
    first = client.get(reverse("notifications:inbox")).content.decode()
    second = client.get(reverse("notifications:inbox"), {"page": 2}).content.decode()
    assert "通知20" in first
    assert "通知00" not in first
    assert "通知00" in second
    assert "第 2 页，共 2 页" in second


def test_messages_of_a_school_are_read_while_serving_there(client, reader):
    here, there = school("MD", "明德中学"), school("YC", "育才小学")
    post = employ(reader, here)
    for place in (here, there):
        tell(reader, title=f"{place}的任务", school=place)
    tell(reader, title="您已登记为委员", school=there, kind="seat.news")
    tell(reader, title="新的登录")
    client.force_login(reader)
    html = client.get(reverse("notifications:inbox")).content.decode()
    shown = ["明德中学的任务", "育才小学的任务", "您已登记为委员", "新的登录"]
    assert [title in html for title in shown] == [True, False, True, True]
    post.ended_at, post.until = timezone.now(), timezone.localdate()
    post.save()
    assert unread_count(reader) == 2
    assert services.mark_all_read(reader) == 2
    message = Message.objects.get(title="明德中学的任务")
    assert client.post(reverse("notifications:open", args=[message.pk])).status_code == 404
    assert Message.objects.get(pk=message.pk).read_at is None


def test_signing_in_comes_first(client, db):
    address = reverse("notifications:inbox")
    assert client.get(address).url == f"{reverse('accounts:login')}?next={address}"


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_does_not_grow(client, reader, rows, django_assert_num_queries):
    here = school("MD", "明德中学")
    employ(reader, here)
    for _ in range(rows):
        tell(reader, school=here, body="请按时完成。")
    client.force_login(reader)
    client.get(reverse("notifications:inbox"))
    with django_assert_num_queries(INBOX_QUERIES):
        response = client.get(reverse("notifications:inbox"))
    assert response.content.decode().count("请按时完成。") == rows
    assert Message.objects.count() == rows
