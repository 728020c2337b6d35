"""What tests of pages share: visiting as somebody, and an office with very many rows."""

from datetime import timedelta
from html.parser import HTMLParser

from apportion.apps.apply.models import Project, Request, RequestAmount
from apportion.apps.review.models import Opinion
from apportion.apps.rounds.models import Area, ResourceKind, Round
from tests.apps.small_lab import GPU, HOUR, NOW, POLICY, open_spring

QUERIES_A_PAGE = 16  # one of them asks whether a directive is to be counted down
HOSTILE = "<script>alert(1)</script> & \"quotes\" 'too' ${x} {{y}}"


def visit(client, person, path, **data):
    """Opens a page as somebody, or sends a form where there is data."""
    if person is not None:
        client.force_login(person)
    return client.post(path, data) if data else client.get(path)


class Text(HTMLParser):
    """Collects what a reader sees, and the headings apart."""

    def __init__(self, markup):
        super().__init__(convert_charrefs=True)
        self.words, self.headings, self.tags = [], [], []
        self.feed(markup)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.open = tag

    def handle_data(self, data):
        self.words.append(data)
        if self.tags and self.tags[-1][0] == "h1":
            self.headings.append(data)


def read(response):
    """Gives the text of a page in one line."""
    return " ".join(" ".join(Text(response.content.decode()).words).split())


def heading(response):
    """Gives the first words of the page's title, which are its answer."""
    return " ".join(Text(response.content.decode()).headings).strip()


def crowd(folk, *, total=10_000, pending=500):
    """Fills the office: one round with `pending` scored requests, and old rounds with the rest."""
    old = open_spring(folk["eve"], slug="old", policy=POLICY.replace("Spring", "Old"))
    new = open_spring(folk["eve"])
    Round.objects.filter(pk=old.pk).update(
        state="decided",
        credits_start_at=NOW - timedelta(days=90),
        credits_end_at=NOW + timedelta(days=1),
    )
    area, resource = Area.objects.first(), ResourceKind.objects.get(code=GPU)
    projects = Project.objects.bulk_create(
        Project(slug=f"p{n}", title=f"Project {n}", area=area, lead=folk["ann"], created_at=NOW)
        for n in range(300)
    )
    rows = Request.objects.bulk_create(
        Request(
            ref=f"req-{n}",
            round=new if n < pending else old,
            project=projects[n % 300],
            author=folk["ann"],
            title=f"Request {n}",
            question="?",
            state="submitted" if n < pending else "decided",
            created_at=NOW,
            submitted_at=NOW,
        )
        for n in range(total)
    )
    RequestAmount.objects.bulk_create(
        RequestAmount(request=row, resource=resource, minimum=HOUR, ask=(1 + n % 9) * HOUR)
        for n, row in enumerate(rows)
    )
    Opinion.objects.bulk_create(
        Opinion(
            request=row,
            reviewer=folk["rev"],
            score_hundredths=100 + n % 900 if n % 50 else None,
            assigned_at=NOW,
            written_at=NOW if n % 50 else None,
        )
        for n, row in enumerate(rows[:pending])
    )
    return new
