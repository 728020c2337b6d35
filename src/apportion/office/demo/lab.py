"""The made-up lab's nouns: people, areas and projects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArea:
    """An area with what it is promised. Units: percent of the pool."""

    slug: str
    name: str
    floor_percent: int
    cap_percent: int
    weight: int  # how much its projects tend to ask, against the others


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProject:
    """A project of an area, with the question that it asks every round."""

    slug: str
    title: str
    area: str
    question: str


FLAGSHIP = "assistant"
AREAS = (
    SampleArea(
        slug="assistant", name="Flagship assistant", floor_percent=0, cap_percent=62, weight=21
    ),
    SampleArea(
        slug="foundations",
        name="Foundations and reasoning",
        floor_percent=18,
        cap_percent=45,
        weight=14,
    ),
    SampleArea(
        slug="continual", name="Continual learning", floor_percent=9, cap_percent=30, weight=9
    ),
    SampleArea(slug="video", name="Video", floor_percent=0, cap_percent=25, weight=10),
    SampleArea(slug="images", name="Images", floor_percent=0, cap_percent=20, weight=8),
    SampleArea(
        slug="alignment", name="Alignment and wellbeing", floor_percent=10, cap_percent=30, weight=9
    ),
    SampleArea(slug="platform", name="Platform", floor_percent=3, cap_percent=15, weight=7),
)

# username, name, roles
PEOPLE = (
    ("asha", "Asha Raman", ("researcher",)),
    ("bram", "Bram Visser", ("researcher",)),
    ("chidi", "Chidi Okafor", ("researcher",)),
    ("dalia", "Dalia Haddad", ("researcher",)),
    ("emil", "Emil Novak", ("researcher",)),
    ("freya", "Freya Lindqvist", ("researcher",)),
    ("goran", "Goran Petrov", ("researcher",)),
    ("hana", "Hana Sato", ("reviewer",)),
    ("ines", "Inês Carvalho", ("reviewer",)),
    ("jonas", "Jonas Brandt", ("reviewer",)),
    ("kofi", "Kofi Mensah", ("reviewer",)),
    ("mara", "Mara Oduya", ("board",)),
    ("nils", "Nils Ferro", ("board",)),
    ("rosa", "Rosa Lindt", ("board",)),
    ("olga", "Olga Marin", ("operator",)),
    ("priya", "Priya Nair", ("auditor",)),
)
# Nobody who reviews sits or reports so that the lab's rounds would lose their readers, and Mara,
# who adopts them, manages nobody who asks: Nils does, and is barred.
TEAMS = {
    "pretraining": ("Pretraining", ("bram", "asha", "goran")),
    "media": ("Pictures and film", ("dalia", "emil")),
    "readers": ("Independent readers", ("hana", "ines", "jonas", "kofi")),
}
MANAGERS = {
    **dict.fromkeys(("asha", "dalia"), "bram"),
    **dict.fromkeys(("bram", "chidi", "freya"), "nils"),
}
KNOWN = {
    "hana": "forgetting, replay, merging, plasticity, curriculum",
    "ines": "video, image, tokenizers, flow, captions",
    "jonas": "optimizer, scaling, recurrence, precision, loss",
    "kofi": "deception, wellbeing, debate, calibration, refusals",
}
LEADS = {
    "assistant": "bram",
    "foundations": "asha",
    "continual": "chidi",
    "video": "dalia",
    "images": "emil",
    "alignment": "freya",
    "platform": "goran",
}

PROJECTS = tuple(
    SampleProject(slug=slug, title=title, area=area, question=question)
    for area, rows in {
        "assistant": (
            (
                "long-context",
                "Long-context evals",
                "Whether answers hold up when the evidence stands a million tokens back.",
            ),
            (
                "tool-use",
                "Tool use in the loop",
                "Whether the assistant learns when not to call a tool.",
            ),
            (
                "voice",
                "Voice, end to end",
                "Whether one model can hear, think and speak within 300 ms.",
            ),
            (
                "code-agents",
                "Code world models",
                "Whether predicting program state beats predicting text for code.",
            ),
            (
                "pretrain-next",
                "Next pretraining run",
                "What mix and schedule the next flagship run should use.",
            ),
            (
                "distil",
                "Distillation ladder",
                "How much of the flagship survives at a tenth of the size.",
            ),
            (
                "safety-tuning",
                "Refusals that explain",
                "Whether explained refusals lower both harm and annoyance.",
            ),
            (
                "memory",
                "Assistant memory",
                "Whether users return more when the assistant remembers on request.",
            ),
        ),
        "foundations": (
            (
                "depth-recurrent",
                "Depth-recurrent LMs",
                "Whether depth recurrence keeps its sample efficiency past 1B parameters.",
            ),
            (
                "latent-diffusion",
                "Latent diffusion LMs",
                "Whether text diffusion in latent space scales like autoregression.",
            ),
            (
                "muon",
                "Muon at scale",
                "Whether Muon's gain over AdamW survives a hundredfold in size.",
            ),
            (
                "loss-spikes",
                "Theory of loss spikes",
                "Whether a spike can be predicted a thousand steps ahead.",
            ),
            (
                "scaling-laws",
                "Scaling-law replication",
                "Whether published exponents hold on our data and tokenizer.",
            ),
            (
                "grokking",
                "Grokking in arithmetic",
                "What the network knows just before it generalises.",
            ),
            (
                "proof-search",
                "Proof search",
                "Whether learned value functions shorten formal proofs tenfold.",
            ),
            (
                "optimizer-zoo",
                "Optimizer zoo",
                "Which of twelve optimizers win once each is tuned alike.",
            ),
        ),
        "continual": (
            (
                "replay-free",
                "Learning without replay",
                "Whether a model can take in a year of news and keep its old skills.",
            ),
            (
                "sleep",
                "Consolidation at night",
                "Whether offline consolidation stops forgetting at no extra data.",
            ),
            (
                "plasticity",
                "Loss of plasticity",
                "Why networks stop learning after the tenth task, and what restores it.",
            ),
            (
                "merging",
                "Merging at scale",
                "Whether merging experts beats training one model in sequence.",
            ),
            (
                "curriculum",
                "Curriculum transfer",
                "Whether the order of skills matters once compute is equal.",
            ),
        ),
        "video": (
            (
                "video-world",
                "Video world models",
                "Whether a video model can be steered like a simulator.",
            ),
            (
                "minute-video",
                "Minute-long video",
                "Whether identity and physics survive for sixty seconds.",
            ),
            (
                "video-edit",
                "Editing by instruction",
                "Whether edits can leave everything else untouched.",
            ),
            ("video-tokens", "Video tokenizers", "How few tokens a second of video needs."),
        ),
        "images": (
            (
                "image-text",
                "Text inside images",
                "Whether small print can be drawn right at every size.",
            ),
            (
                "image-flow",
                "Flow matching",
                "Whether straighter flows halve the steps at equal quality.",
            ),
            ("image-data", "Captions from scratch", "How much better captions beat more pictures."),
        ),
        "alignment": (
            (
                "sandbagging",
                "Sandbag detection",
                "Whether a model that underperforms on purpose can be told from a weak one.",
            ),
            (
                "debate",
                "Debate protocol v3",
                "Whether judges get more accurate with debate at equal time.",
            ),
            (
                "wellbeing",
                "Wellbeing of users",
                "Whether long conversations leave people better off, measured a week later.",
            ),
            (
                "interp",
                "Circuits of deceit",
                "Whether lying has a signature that survives fine-tuning.",
            ),
            (
                "bayes-last",
                "Bayesian last layer",
                "Whether calibrated doubt lowers confident errors.",
            ),
        ),
        "platform": (
            (
                "mixed-precision",
                "Mixed-precision bounds",
                "How low precision can go before the loss curve bends.",
            ),
            ("kv-pruning", "KV-cache pruning", "How much memory long contexts really need."),
            (
                "spec-decoding",
                "Speculative decoding",
                "Whether drafts from the last round still pay.",
            ),
        ),
    }.items()
    for slug, title, question in rows
)
