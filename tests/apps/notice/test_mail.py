"""People are told by mail, once: at once of what was decided about them, else once a day."""

from datetime import timedelta

import pytest

from apportion.apps.decide.actions import adopt_slate, propose_slate
from apportion.apps.notice.actions import choose, resend, send_test
from apportion.apps.notice.composing import compose
from apportion.apps.notice.gathering import gather_news, note, sources
from apportion.apps.notice.models import Attempt, Message, Told
from apportion.apps.notice.sending import advance_notices, deliver_due
from apportion.apps.people.news import News
from apportion.apps.review.actions import assign_reviewer
from apportion.core.faults import BadInput
from apportion.core.notice.paces import About
from apportion.core.notice.trying import Verdict
from tests.apps.pages import HOSTILE
from tests.apps.small_lab import DATES, NOW, file_request

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def tick(now):
    return advance_notices(now=now, clock=lambda: now)


def news(person, key="k", words="Something", about=About.DECISION, at=NOW, body="Words."):
    one = News(key=key, about=about, words=words, path="/x/", at=at, people=(person.pk,), body=body)
    note([one], now=at)


def decided(folk, spring):
    row = file_request(spring, folk["ann"], "alpha", score=9, reviewer=folk["rev"])
    slate = propose_slate(row=spring, by=folk["eve"], now=DATES.decision_at)
    adopt_slate(slate=slate, by=folk["eve"], now=DATES.decision_at)
    return row


def test_every_app_that_has_news_is_asked():
    names = {source.__module__.split(".")[2] for source in sources()}
    assert {"decide", "review", "appeal", "change", "directive", "report"} <= names


def test_a_letter_leaves_the_outbox_and_arrives_once(folk, box, spring):
    row = decided(folk, spring)
    for minutes in range(3):
        tick(DATES.decision_at + minutes * MINUTE)
    assert [to for to, _ in box.mails] == [["ann@lab.example"]]
    mail = box.mails[0][1]
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert mail["Subject"] == "Alpha: granted in full"
    assert "Dear Ann," in plain.get_content()
    link = f"https://credits.lab.example/requests/{row.ref}/outcome/"
    assert f'<a href="{link}">' in html.get_content()
    assert mail["List-Unsubscribe"] is None, "nobody turns off what is decided about them"
    told = Told.objects.get(person=folk["ann"])
    assert told.message.state == "sent"


def test_a_second_gathering_adds_nothing(folk, box, spring, begun):
    decided(folk, spring)
    for _ in range(2):
        gather_news(now=DATES.decision_at)
        compose(now=DATES.decision_at)
    assert Message.objects.count() == 1


def test_what_is_not_pressing_comes_together_once_a_day(folk, box, begun):
    assert NOW.hour >= 7
    for key in ("a", "b"):
        news(folk["ann"], key=key, words=f"Alert {key}", about=About.ALERT)
    tick(NOW)
    tick(NOW + HOUR)
    assert len(box.mails) == 1
    mail = box.mails[0][1]
    assert "2 new" in mail["Subject"]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["List-Unsubscribe"].startswith("<https://credits.lab.example/notices/unsubscribe/")
    news(folk["ann"], key="c", about=About.ALERT, at=NOW + HOUR)
    tick(NOW + 2 * HOUR)
    assert len(box.mails) == 1
    tick(NOW + DAY)
    assert len(box.mails) == 2


def test_a_day_without_anything_new_brings_no_mail(folk, box, begun):
    tick(NOW)
    tick(NOW + DAY)
    assert box.mails == []


def test_a_digest_tells_what_is_due_soon(folk, box, spring, begun):
    row = file_request(spring, folk["ann"], "alpha")
    assign_reviewer(request=row, reviewer=folk["rev"], now=NOW)
    tick(DATES.reviews_due_at - DAY)
    (_to, mail) = next(one for one in box.mails if one[0] == ["rev@lab.example"])
    assert "Waits for you:" in mail.get_body(("plain",)).get_content()


def test_a_choice_is_kept_and_one_that_is_not_allowed_is_refused(folk, box, begun):
    choose(by=folk["ann"], paces={"alert": "now", "directive": "off", "decision": "daily"})
    news(folk["ann"], key="a", about=About.ALERT)
    news(folk["ann"], key="b", about=About.DIRECTIVE)
    assert {one.key: one.pace for one in Told.objects.all()} == {"a": "now", "b": "off"}
    for paces in ({"decision": "off"}, {"nothing": "now"}, {"alert": "never"}):
        with pytest.raises(BadInput):
            choose(by=folk["ann"], paces=paces)
    with pytest.raises(BadInput) as error:
        choose(by=folk["ann"], paces={}, address="a@b\r\nBcc: c@d", hour=24)
    assert len(error.value.faults) == 2


def test_a_greylisted_mail_is_tried_again_and_a_refused_one_is_not(folk, box, begun):
    news(folk["ann"])
    box.says = ["451 4.7.1 greylisted, come back"]
    assert tick(NOW) == ["1 message tried in vain"]
    assert tick(NOW + 30 * timedelta(seconds=1)) == []
    assert tick(NOW + 2 * MINUTE) == ["1 message sent"]
    words = list(Attempt.objects.values_list("verdict", "words"))
    assert words[0][0] == "later"
    assert "greylisted" in words[0][1]
    box.says = ["550 5.1.1 no such person"]
    news(folk["bob"])
    assert tick(NOW + 3 * MINUTE) == ["1 message not taken"]
    row = Message.objects.get(person=folk["bob"])
    assert row.state == "failed"
    resend(pk=row.pk, by=folk["ops"], now=NOW + HOUR)
    assert tick(NOW + HOUR) == ["1 message sent"]
    assert [one[0] for one in box.mails] == [["ann@lab.example"], ["bob@lab.example"]]


def test_a_server_that_is_down_for_a_day_gets_everything_once_it_is_back(
    folk, box, begun, settings
):
    up, settings.APPORTION_MAIL = settings.APPORTION_MAIL, "smtp://127.0.0.1:9"
    for key in "abc":
        news(folk["ann"], key=key)
    for hours in range(25):
        tick(NOW + hours * HOUR)
    assert Message.objects.filter(state="waiting").count() == 3
    assert Message.objects.first().tries >= 5
    settings.APPORTION_MAIL = up
    for hours in range(25, 60):
        tick(NOW + hours * HOUR)
    assert len(box.mails) == 3


def test_a_message_that_nobody_takes_is_given_up_after_two_days(folk, begun, settings):
    settings.APPORTION_MAIL = "smtp://127.0.0.1:9"
    settings.APPORTION_MAIL_FROM = "credits@lab.example"
    news(folk["ann"])
    for hours in range(72):
        tick(NOW + hours * HOUR)
    assert Message.objects.get().state == "failed"
    assert Attempt.objects.count() == 9


def test_a_kill_between_sending_and_noting_sends_once_more_under_the_same_name(
    folk, box, begun, monkeypatch
):
    news(folk["ann"])
    compose(now=NOW)

    def killed(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("apportion.apps.notice.sending._note", killed)
        with pytest.raises(KeyboardInterrupt):
            deliver_due(now=NOW, clock=lambda: NOW)
    assert tick(NOW + MINUTE) == [], "it is left to whoever took it"
    assert tick(NOW + 11 * MINUTE) == ["1 message sent"]
    names = [mail["Message-ID"] for _, mail in box.mails]
    assert len(names) == 2
    assert len(set(names)) == 1


def test_a_message_that_kills_its_sender_is_given_up(folk, box, begun):
    news(folk["ann"])
    compose(now=NOW)
    Message.objects.update(tries=9)
    assert deliver_due(now=NOW, clock=lambda: NOW)[Verdict.NEVER] == 1
    assert box.mails == []


def test_two_senders_at_once_send_a_message_once(folk, box, begun, monkeypatch):
    news(folk["ann"])
    compose(now=NOW)
    real = __import__("apportion.apps.notice.sending", fromlist=["_take"])._take
    done = []

    def take(row, **given):
        if not done:
            done.append(1)
            deliver_due(now=NOW, clock=lambda: NOW)
        return real(row, **given)

    monkeypatch.setattr("apportion.apps.notice.sending._take", take)
    deliver_due(now=NOW, clock=lambda: NOW)
    assert len(box.mails) == 1


def test_hostile_words_stay_words(folk, box, begun):
    bad = f"Hi\r\nBcc: everyone@lab.example\r\n\r\n{HOSTILE}"
    news(folk["ann"], words=bad, body=f"{HOSTILE}\x00\x1b[31m \ud800\n.\nQUIT\n" + "long " * 40_000)
    tick(NOW)
    to, mail = box.mails[0]
    assert to == ["ann@lab.example"]
    assert mail["Bcc"] is None
    assert mail["Subject"].startswith("Hi Bcc: everyone@lab.example <script>")
    assert "<script>" not in mail.get_body(("html",)).get_content()
    text = mail.get_body(("plain",)).get_content()
    assert "The rest stands in the office." in text
    assert len(text) < 70_000
    assert "QUIT" in text


def test_who_left_and_who_has_no_address_is_sent_nothing(folk, box, begun):
    folk["bob"].email = ""
    folk["bob"].save()
    for name in ("ann", "bob"):
        news(folk[name])
    compose(now=NOW)
    folk["ann"].is_active = False
    folk["ann"].save()
    assert tick(NOW) == ["1 message not taken"]
    assert Told.objects.get(person=folk["bob"]).message is None
    choose(by=folk["bob"], paces={}, address="bob@elsewhere.example")
    assert tick(NOW + MINUTE) == ["1 message sent"]


def test_old_news_is_mailed_to_nobody(folk, box, begun):
    one = News(
        key="old", about=About.DECISION, words="Old", path="/", at=NOW - 8 * DAY,
        people=(folk["ann"].pk,),
    )  # fmt: skip
    note([one], now=NOW)
    assert tick(NOW) == []
    assert Told.objects.get().pace == "off"


def test_an_office_without_a_mail_server_keeps_what_it_tells(folk, begun, spring):
    decided(folk, spring)
    assert tick(DATES.decision_at) == []
    assert Told.objects.filter(person=folk["ann"]).count() == 1
    assert Message.objects.count() == 0


def test_a_test_goes_to_oneself(folk, box, begun, settings):
    send_test(by=folk["ann"], now=NOW)
    send_test(by=folk["ann"], now=NOW)
    tick(NOW)
    assert [mail["Subject"] for _, mail in box.mails] == [f"{settings.APPORTION_LAB_NAME}: a test"]
