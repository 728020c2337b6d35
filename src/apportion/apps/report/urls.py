"""Addresses of what a round, a project and the lab come to."""

from django.urls import path

from apportion.apps.report import (
    alert_views,
    asked,
    buys,
    experiment_views,
    period_views,
    project_views,
    public_views,
    standing_views,
    views,
)

app_name = "report"
urlpatterns = [
    path("rounds/", views.rounds, name="rounds"),
    path("rounds/<str:slug>/", views.round_page, name="round"),
    path("rounds/<str:slug>/requests/", views.request_list, name="requests"),
    path("rounds/<str:slug>/requests.csv", views.export_csv, name="requests-csv"),
    path("rounds/<str:slug>/requests.json", views.export_json, name="requests-json"),
    path("rounds/<str:slug>/buys/", buys.buys, name="buys"),
    path("mine/requests/", views.my_requests, name="mine"),
    path("mine/requests.csv", asked.mine_csv, name="mine-csv"),
    path("mine/requests.json", asked.mine_json, name="mine-json"),
    path("requests/<str:ref>/", views.request_page, name="request"),
    path("projects/", views.projects, name="projects"),
    path("projects/<str:slug>/", project_views.project_page, name="project"),
    path("projects/<str:slug>/jobs.<str:ending>", project_views.jobs_file, name="project-jobs"),
    path("projects/<str:slug>/ahead.<str:ending>", project_views.ahead_file, name="project-ahead"),
    path("alerts/", alert_views.alerts, name="alerts"),
    path("alerts/<int:pk>/acknowledge/", alert_views.acknowledge, name="alert-acknowledge"),
    path("experiments/", experiment_views.experiments, name="experiments"),
    path("experiments/<str:slug>/", experiment_views.experiment, name="experiment"),
    path("ledger/periods/<str:name>/", period_views.period, name="period"),
    path("record/", views.record, name="record"),
    path("record/record.json", views.record_json, name="record-json"),
    path("record/use.csv", public_views.use_csv, name="record-use-csv"),
    path("record/use.parquet", public_views.use_parquet, name="record-use-parquet"),
    path("record/claim/", public_views.claim, name="claim"),
    path("record/claim.json", public_views.claim_json, name="claim-json"),
    path("standing/", standing_views.standing, name="standing"),
    path("standing.json", standing_views.standing_json, name="standing-json"),
    path("standing.csv", standing_views.standing_csv, name="standing-csv"),
    path("equity/", public_views.equity, name="equity"),
    path("equity/equity.csv", public_views.equity_csv, name="equity-csv"),
    path("equity/equity.json", public_views.equity_json, name="equity-json"),
    path("record/shares.csv", views.record_csv, name="record-csv"),
]
