"""The pages and acts that a person can be taken to by their names."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One page: what it is called, its route, and the verb that its door names.

    Shape: `words` are other names that people may look for; `of_round` says that the route takes
        the slug of today's round.
    """

    name: str
    route: str
    verb: str
    words: str = ""
    of_round: bool = False


ACTS = (
    Place(
        name="New request",
        route="apply:new",
        verb="request.file",
        words="ask apply draft begin",
        of_round=True,
    ),
    Place(
        name="Propose a slate",
        route="decide:board",
        verb="slate.propose",
        words="decide engine",
        of_round=True,
    ),
    Place(
        name="Publish decisions",
        route="grant:publish",
        verb="slate.see",
        words="letters hold back",
        of_round=True,
    ),
    Place(
        name="Ask reviewers",
        route="review:assign",
        verb="review.assign",
        words="assign who reads",
        of_round=True,
    ),
    Place(name="Plan or open a round", route="rounds:plan", verb="round.open", words="create call"),
    Place(
        name="Open an urgent round", route="rounds:urgent", verb="round.open", words="round of one"
    ),
    Place(
        name="Draft a code red", route="directive:draft", verb="directive.draft", words="emergency"
    ),
    Place(
        name="Drill a code red", route="directive:drill", verb="directive.draft", words="rehearse"
    ),
    Place(name="Declare a tie", route="people:ties", verb="people.declare", words="conflict close"),
)
PAGES = (
    Place(
        name="What waits for you", route="inbox:home", verb="inbox.see", words="inbox home start"
    ),
    Place(name="Rounds", route="report:rounds", verb="round.see", words="calls"),
    Place(
        name="Requests of this round", route="report:requests", verb="request.see", of_round=True
    ),
    Place(
        name="This round",
        route="report:round",
        verb="round.see",
        words="skyline fits",
        of_round=True,
    ),
    Place(
        name="Decision board",
        route="decide:board",
        verb="slate.see",
        words="decide line cut",
        of_round=True,
    ),
    Place(
        name="Acts of the board",
        route="decide:acts",
        verb="slate.see",
        words="audit who did what",
        of_round=True,
    ),
    Place(
        name="Panel",
        route="review:panel",
        verb="review.panel",
        words="agreement chair",
        of_round=True,
    ),
    Place(name="Fast lane", route="grant:fastlane", verb="fastlane.check", words="small asks"),
    Place(name="My requests", route="report:mine", verb="request.file", words="drafts"),
    Place(name="My reviews", route="review:mine", verb="review.write", words="opinions"),
    Place(
        name="What I know about", route="review:expertise", verb="review.write", words="expertise"
    ),
    Place(name="My alerts", route="report:alerts", verb="project.see", words="pace dry"),
    Place(
        name="What I am told", route="notice:mine", verb="notice.own", words="notices mail digest"
    ),
    Place(
        name="My account",
        route="mfa_index",
        verb="account.own",
        words="tokens password second factor delegation lend",
    ),
    Place(name="My ties", route="people:ties", verb="people.declare", words="conflicts works"),
    Place(name="What may be told", route="publishing:mine", verb="request.file", words="consent"),
    Place(name="Projects", route="report:projects", verb="project.see", words="balance left"),
    Place(
        name="Experiments", route="report:experiments", verb="project.see", words="evidence power"
    ),
    Place(
        name="Changes",
        route="change:register",
        verb="change.see",
        words="supplement extension transfer advance return",
    ),
    Place(name="Winding down", route="change:notices", verb="change.see", words="notice end"),
    Place(name="Appeals", route="appeal:register", verb="appeal.see", words="overturn"),
    Place(name="Standing", route="report:standing", verb="standing.see", words="areas rates"),
    Place(name="Equity", route="report:equity", verb="equity.see", words="dust denied"),
    Place(name="Ledger", route="ledger:books", verb="ledger.see", words="accounts balance books"),
    Place(name="Periods", route="ledger:periods", verb="ledger.see", words="close lapse"),
    Place(name="Loans", route="ledger:loans", verb="ledger.see", words="owed advance"),
    Place(name="Metering", route="meter:metering", verb="usage.see", words="usage suspense jobs"),
    Place(
        name="Enforcement", route="enforce:limits", verb="limits.see", words="limits drift slurm"
    ),
    Place(name="Queues", route="queues:queues", verb="limits.see", words="kueue kubernetes"),
    Place(name="Code red", route="directive:register", verb="directive.see", words="emergency"),
    Place(name="People", route="people:people", verb="people.see", words="teams roles"),
    Place(name="Groups and roles", route="people:groups", verb="people.manage", words="directory"),
    Place(name="Messages", route="notice:log", verb="notice.see", words="mail sent outbox"),
    Place(name="Webhooks", route="notice:webhooks", verb="notice.see", words="chat rooms"),
    Place(name="Rates", route="tariffs:rates", verb="rates.see", words="prices tariff cost"),
    Place(
        name="Public record", route="report:record", verb="record.see", words="claim check verify"
    ),
)
