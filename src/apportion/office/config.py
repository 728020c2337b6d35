"""Every setting of the office, typed; each comes from the environment as APPORTION_NAME."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a site may set. The defaults run an embedded office for one machine."""

    model_config = SettingsConfigDict(env_prefix="APPORTION_", extra="ignore")

    data: Path = Field(
        default=Path.home() / ".local" / "state" / "apportion",
        description="Folder of the embedded database and the generated secret.",
    )
    database_url: str = Field(
        default="",
        description="postgresql://user:password@host:port/name; empty is SQLite in the data folder.",
    )
    secret_key: str = Field(
        default="", description="Signs sessions; empty is one generated into the data folder."
    )
    journal_key: str = Field(
        default="", description="Signs checkpoints; empty is one generated into the data folder."
    )
    journal_name: str = Field(
        default="",
        description="Names the journal on checkpoints, like lab.example/journal; empty is made of the lab's name.",
    )
    trust: str = Field(
        default="",
        description="File of the witnesses' keys and their quorum; empty is trust.txt in the data folder.",
    )
    kueue: str = Field(
        default="",
        description="Path of a kueue.toml, where jobs run on Kubernetes with Kueue.",
    )
    allowed_hosts: str = Field(
        default="localhost,127.0.0.1,[::1]",
        description="Host names that the office answers to, joined by commas.",
    )
    lab_name: str = Field(default="Our lab", description="Shown in the rail and on the record.")
    zone: str = Field(default="UTC", description="Time zone in which pages show instants.")
    demo: bool = Field(
        default=False, description="Lets anyone sign in as a sample person; never in production."
    )
    cluster: str = Field(
        default="",
        description="cluster.toml that describes the cluster for replays; empty is cluster.toml in the data folder.",
    )
    publish: Literal["consent", "all", "none"] = Field(
        default="consent",
        description="Which single decisions the public record tells: those whose authors consent, all, or none.",
    )
    traces: str = Field(
        default="",
        description="Folder of recorded traces (.swf, .csv, .gz) that the drill page offers; empty offers none.",
    )
    attachment_megabytes: int = Field(
        default=20,
        ge=1,
        le=100,
        description="The largest file that the office takes in; a call may set a lower bound.",
    )
    slurm: str = Field(
        default="",
        description="Slurm clusters whose accounting `apportion tick` reads, joined by commas.",
    )
    sync_minutes: int = Field(
        default=10, ge=1, description="How long `apportion tick` waits between two syncs."
    )
    admission_token: str = Field(
        default="",
        description="What slurmctld shows when it asks whether a job can be paid; empty answers nobody.",
    )
    metrics_token: str = Field(
        default="",
        description="What Prometheus shows when it asks for /metrics; empty is no token.",
    )
    metrics_from: str = Field(
        default="",
        description="Addresses or networks that read /metrics without a token, joined by commas.",
    )
    api_calls: int = Field(
        default=1200,
        ge=0,
        description="Calls of the API that one person may make in a minute, in each worker; 0 is no bound.",
    )
    refunds: str = Field(
        default="NODE_FAIL=1,BOOT_FAIL=1",
        description="Share of a charge that is given back, by the state in which the job ended.",
    )
    token_days: int = Field(
        default=365, ge=1, le=3650, description="The longest life of a personal access token."
    )
    oidc_issuer: str = Field(
        default="",
        description="Issuer of the lab's own sign-in (OpenID Connect); empty offers passwords alone.",
    )
    oidc_client_id: str = Field(default="", description="What the provider calls this office.")
    oidc_client_secret: str = Field(default="", description="The secret kept with the provider.")
    oidc_name: str = Field(default="your lab account", description="Shown on the button.")
    oidc_scopes: str = Field(
        default="groups", description="Asked for beside openid, profile and email."
    )
    oidc_groups_claim: str = Field(
        default="groups", description="The claim of UserInfo that lists a person's groups."
    )
    oidc_private_hosts: str = Field(
        default="",
        description="Hosts of the sign-in that may be without TLS or on a private network, by name.",
    )
    mfa_roles: str = Field(
        default="",
        description="Roles that need a second factor to act, joined by commas; empty asks nobody.",
    )
    scim_token: str = Field(
        default="", description="What the directory shows to tell of leavers; empty answers nobody."
    )
    proxies: int = Field(
        default=0,
        ge=0,
        description="Proxies in front, so that a caller's address is the right one.",
    )
    site: str = Field(
        default="",
        description="Address at which people reach the office, like https://credits.lab.example; mails link there.",
    )
    mail: str = Field(
        default="",
        description="Mail server, like smtp+starttls://name:password@host:587; empty sends no mail.",
    )
    mail_from: str = Field(default="", description="The address that mail comes from.")
    notice_networks: str = Field(
        default="",
        description="Private networks that webhooks and chat rooms may be in, joined by commas.",
    )
    https: bool = Field(
        default=False, description="Marks cookies secure and sends HSTS; set it behind TLS."
    )
    slurm_pool: str = Field(
        default="apportion",
        description="The Slurm account that the office's own project accounts stand under.",
    )
    limits_by: Literal["account", "qos"] = Field(
        default="account",
        description="What holds limits: accounts, or one QOS a project where fair share decays.",
    )
    fail_mode: Literal["open", "closed"] = Field(
        default="open",
        description="Whether work that the office cannot judge goes on (open) or waits (closed).",
    )
    reconcile: Literal["watch", "apply"] = Field(
        default="watch",
        description="Whether `tick` only looks for drift in limits (watch) or mends it (apply).",
    )
