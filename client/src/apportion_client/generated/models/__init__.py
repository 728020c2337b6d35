"""Contains all the data models used in inputs/outputs"""

from .account_row import AccountRow
from .act_row import ActRow
from .adopt import Adopt
from .agreement import Agreement
from .alarm_row import AlarmRow
from .alert_row import AlertRow
from .amount import Amount
from .answer_body import AnswerBody
from .appeal_answer import AppealAnswer
from .appeal_answer_reserve_left import AppealAnswerReserveLeft
from .appeal_row import AppealRow
from .appeal_stats_row import AppealStatsRow
from .appeal_step import AppealStep
from .apply import Apply
from .as_of_row import AsOfRow
from .ask import Ask
from .asked import Asked
from .asked_row import AskedRow
from .attribution import Attribution
from .award_row import AwardRow
from .away import Away
from .balance_row import BalanceRow
from .beside_row import BesideRow
from .calibration_row import CalibrationRow
from .cap_body import CapBody
from .chair import Chair
from .change_answer import ChangeAnswer
from .change_row import ChangeRow
from .change_step import ChangeStep
from .charge_row import ChargeRow
from .chased_row import ChasedRow
from .check_answer import CheckAnswer
from .check_row import CheckRow
from .checkpoint_row import CheckpointRow
from .choice import Choice
from .choice_paces import ChoicePaces
from .close import Close
from .close_used import CloseUsed
from .closeness import Closeness
from .closing_answer import ClosingAnswer
from .colleague import Colleague
from .collector_row import CollectorRow
from .compared_answer import ComparedAnswer
from .compared_row import ComparedRow
from .conflict_row import ConflictRow
from .consent import Consent
from .decider import Decider
from .declaration_row import DeclarationRow
from .delegation_row import DelegationRow
from .diff_row import DiffRow
from .difference_row import DifferenceRow
from .directive_answer import DirectiveAnswer
from .directive_answer_document_type_0 import DirectiveAnswerDocumentType0
from .directive_row import DirectiveRow
from .directive_step import DirectiveStep
from .done import Done
from .draft import Draft
from .dry import Dry
from .edited import Edited
from .edited_content_type_0 import EditedContentType0
from .embargo import Embargo
from .endpoint_answer import EndpointAnswer
from .endpoint_row import EndpointRow
from .equity_row import EquityRow
from .evidence import Evidence
from .experiment_answer import ExperimentAnswer
from .experiment_step_row import ExperimentStepRow
from .expertise import Expertise
from .explanation import Explanation
from .extend import Extend
from .fairness_answer import FairnessAnswer
from .file_answer import FileAnswer
from .finding_input import FindingInput
from .finding_output import FindingOutput
from .force import Force
from .forecast_answer import ForecastAnswer
from .forecast_answer_forecast import ForecastAnswerForecast
from .found_row import FoundRow
from .get_alerts_response_200 import GetAlertsResponse200
from .get_appeal_stats_response_200 import GetAppealStatsResponse200
from .get_appeals_response_200 import GetAppealsResponse200
from .get_balances_response_200 import GetBalancesResponse200
from .get_changes_response_200 import GetChangesResponse200
from .get_delegations_response_200 import GetDelegationsResponse200
from .get_directives_response_200 import GetDirectivesResponse200
from .get_equity_response_200 import GetEquityResponse200
from .get_evidence_calibration_response_200 import GetEvidenceCalibrationResponse200
from .get_experiments_looks_response_200 import GetExperimentsLooksResponse200
from .get_experiments_response_200 import GetExperimentsResponse200
from .get_experiments_steps_response_200 import GetExperimentsStepsResponse200
from .get_experiments_tranches_response_200 import GetExperimentsTranchesResponse200
from .get_fastlane_checks_response_200 import GetFastlaneChecksResponse200
from .get_groups_response_200 import GetGroupsResponse200
from .get_holds_response_200 import GetHoldsResponse200
from .get_inbox_response_200 import GetInboxResponse200
from .get_ledger_accounts_response_200 import GetLedgerAccountsResponse200
from .get_ledger_asof_response_200 import GetLedgerAsofResponse200
from .get_ledger_checkpoints_response_200 import GetLedgerCheckpointsResponse200
from .get_ledger_statements_kind import GetLedgerStatementsKind
from .get_ledger_statements_response_200 import GetLedgerStatementsResponse200
from .get_ledger_witnesses_response_200 import GetLedgerWitnessesResponse200
from .get_limits_alarms_response_200 import GetLimitsAlarmsResponse200
from .get_limits_found_response_200 import GetLimitsFoundResponse200
from .get_limits_orders_response_200 import GetLimitsOrdersResponse200
from .get_limits_response_200 import GetLimitsResponse200
from .get_loans_response_200 import GetLoansResponse200
from .get_messages_response_200 import GetMessagesResponse200
from .get_messages_tries_response_200 import GetMessagesTriesResponse200
from .get_my_consents_response_200 import GetMyConsentsResponse200
from .get_my_notices_response_200 import GetMyNoticesResponse200
from .get_my_requests_response_200 import GetMyRequestsResponse200
from .get_my_reviews_response_200 import GetMyReviewsResponse200
from .get_people_response_200 import GetPeopleResponse200
from .get_people_trail_response_200 import GetPeopleTrailResponse200
from .get_periods_lapses_response_200 import GetPeriodsLapsesResponse200
from .get_periods_response_200 import GetPeriodsResponse200
from .get_projects_charges_response_200 import GetProjectsChargesResponse200
from .get_projects_members_response_200 import GetProjectsMembersResponse200
from .get_projects_progress_response_200 import GetProjectsProgressResponse200
from .get_projects_response_200 import GetProjectsResponse200
from .get_queues_response_200 import GetQueuesResponse200
from .get_rates_response_200 import GetRatesResponse200
from .get_record_response_200 import GetRecordResponse200
from .get_requests_diff_response_200 import GetRequestsDiffResponse200
from .get_requests_opinions_response_200 import GetRequestsOpinionsResponse200
from .get_requests_read_response_200 import GetRequestsReadResponse200
from .get_requests_versions_response_200 import GetRequestsVersionsResponse200
from .get_rounds_acts_response_200 import GetRoundsActsResponse200
from .get_rounds_conflicts_response_200 import GetRoundsConflictsResponse200
from .get_rounds_grants_response_200 import GetRoundsGrantsResponse200
from .get_rounds_letters_response_200 import GetRoundsLettersResponse200
from .get_rounds_panel_response_200 import GetRoundsPanelResponse200
from .get_rounds_requests_response_200 import GetRoundsRequestsResponse200
from .get_rounds_response_200 import GetRoundsResponse200
from .get_rounds_review_log_response_200 import GetRoundsReviewLogResponse200
from .get_rounds_slates_awards_response_200 import GetRoundsSlatesAwardsResponse200
from .get_rounds_slates_response_200 import GetRoundsSlatesResponse200
from .get_rounds_standing_response_200 import GetRoundsStandingResponse200
from .get_standing_response_200 import GetStandingResponse200
from .get_teams_response_200 import GetTeamsResponse200
from .get_ties_declarations_response_200 import GetTiesDeclarationsResponse200
from .get_tokens_response_200 import GetTokensResponse200
from .get_usage_collectors_response_200 import GetUsageCollectorsResponse200
from .get_usage_imports_response_200 import GetUsageImportsResponse200
from .get_usage_rejects_response_200 import GetUsageRejectsResponse200
from .get_usage_response_200 import GetUsageResponse200
from .get_usage_suspense_response_200 import GetUsageSuspenseResponse200
from .get_webhooks_response_200 import GetWebhooksResponse200
from .get_winddowns_response_200 import GetWinddownsResponse200
from .given import Given
from .grant_row import GrantRow
from .ground import Ground
from .group import Group
from .group_row import GroupRow
from .hold_back import HoldBack
from .hold_row import HoldRow
from .import_row import ImportRow
from .kind import Kind
from .lapse_row import LapseRow
from .lapses_row import LapsesRow
from .last_day import LastDay
from .lend import Lend
from .letter_row import LetterRow
from .limit_row import LimitRow
from .loan_answer import LoanAnswer
from .look_answer import LookAnswer
from .look_row import LookRow
from .manager_body import ManagerBody
from .me import Me
from .member_answer import MemberAnswer
from .message_row import MessageRow
from .move import Move
from .moved import Moved
from .new_appeal import NewAppeal
from .new_appeal_ask import NewAppealAsk
from .new_appeal_minimum import NewAppealMinimum
from .new_change import NewChange
from .new_draft import NewDraft
from .new_endpoint import NewEndpoint
from .new_endpoint_kind import NewEndpointKind
from .new_experiment import NewExperiment
from .new_file import NewFile
from .new_loan import NewLoan
from .new_notice import NewNotice
from .new_period import NewPeriod
from .new_person import NewPerson
from .new_project import NewProject
from .new_rates import NewRates
from .new_request import NewRequest
from .new_request_amounts import NewRequestAmounts
from .new_round import NewRound
from .new_token import NewToken
from .notice_row import NoticeRow
from .offer import Offer
from .one_move import OneMove
from .opinion_row import OpinionRow
from .order_row import OrderRow
from .outcome_answer import OutcomeAnswer
from .outcome_answer_awards import OutcomeAnswerAwards
from .pair import Pair
from .pairs import Pairs
from .panel_row import PanelRow
from .payment import Payment
from .period_row import PeriodRow
from .person_row import PersonRow
from .pilot import Pilot
from .pilot_amounts import PilotAmounts
from .plan_answer import PlanAnswer
from .plan_move import PlanMove
from .planned_step import PlannedStep
from .post_claims_response_200 import PostClaimsResponse200
from .post_experiments_estimate_response_200 import PostExperimentsEstimateResponse200
from .preview import Preview
from .preview_answer import PreviewAnswer
from .preview_answer_document import PreviewAnswerDocument
from .preview_replay_type_0 import PreviewReplayType0
from .problem import Problem
from .problem_errors_item import ProblemErrorsItem
from .progress import Progress
from .progress_row import ProgressRow
from .project_answer import ProjectAnswer
from .proof import Proof
from .publish import Publish
from .queue_plan_answer import QueuePlanAnswer
from .queue_row import QueueRow
from .rates_row import RatesRow
from .read_row import ReadRow
from .reader import Reader
from .reason import Reason
from .reconcile import Reconcile
from .recusal import Recusal
from .reject_row import RejectRow
from .release import Release
from .replay import Replay
from .reply import Reply
from .request_answer import RequestAnswer
from .request_answer_awarded import RequestAnswerAwarded
from .request_answer_content import RequestAnswerContent
from .request_row import RequestRow
from .review_log_row import ReviewLogRow
from .role_body import RoleBody
from .round_answer import RoundAnswer
from .round_row import RoundRow
from .ruling import Ruling
from .ruling_ask import RulingAsk
from .ruling_minimum import RulingMinimum
from .runs_body import RunsBody
from .said_row import SaidRow
from .score import Score
from .score_marks_type_0 import ScoreMarksType0
from .secret import Secret
from .seed import Seed
from .seed_hash import SeedHash
from .setting_row import SettingRow
from .setup_answer import SetupAnswer
from .signature import Signature
from .signature_row import SignatureRow
from .signatures import Signatures
from .slate_answer import SlateAnswer
from .slate_row import SlateRow
from .standing_row import StandingRow
from .statement import Statement
from .statement_row import StatementRow
from .step import Step
from .step_body import StepBody
from .subject import Subject
from .suspense_row import SuspenseRow
from .sync import Sync
from .team_body import TeamBody
from .team_row import TeamRow
from .test import Test
from .ties import Ties
from .token_row import TokenRow
from .trail_row import TrailRow
from .tranche_row import TrancheRow
from .treated_row import TreatedRow
from .try_row import TryRow
from .turn import Turn
from .unpin import Unpin
from .urgent import Urgent
from .urgent_pool import UrgentPool
from .use_row import UseRow
from .verb import Verb
from .version_row import VersionRow
from .waiting_row import WaitingRow
from .what import What
from .what_if import WhatIf
from .which import Which
from .witness_row import WitnessRow
from .words import Words
from .work import Work

__all__ = (
    "AccountRow",
    "ActRow",
    "Adopt",
    "Agreement",
    "AlarmRow",
    "AlertRow",
    "Amount",
    "AnswerBody",
    "AppealAnswer",
    "AppealAnswerReserveLeft",
    "AppealRow",
    "AppealStatsRow",
    "AppealStep",
    "Apply",
    "Ask",
    "Asked",
    "AskedRow",
    "AsOfRow",
    "Attribution",
    "AwardRow",
    "Away",
    "BalanceRow",
    "BesideRow",
    "CalibrationRow",
    "CapBody",
    "Chair",
    "ChangeAnswer",
    "ChangeRow",
    "ChangeStep",
    "ChargeRow",
    "ChasedRow",
    "CheckAnswer",
    "CheckpointRow",
    "CheckRow",
    "Choice",
    "ChoicePaces",
    "Close",
    "Closeness",
    "CloseUsed",
    "ClosingAnswer",
    "Colleague",
    "CollectorRow",
    "ComparedAnswer",
    "ComparedRow",
    "ConflictRow",
    "Consent",
    "Decider",
    "DeclarationRow",
    "DelegationRow",
    "DifferenceRow",
    "DiffRow",
    "DirectiveAnswer",
    "DirectiveAnswerDocumentType0",
    "DirectiveRow",
    "DirectiveStep",
    "Done",
    "Draft",
    "Dry",
    "Edited",
    "EditedContentType0",
    "Embargo",
    "EndpointAnswer",
    "EndpointRow",
    "EquityRow",
    "Evidence",
    "ExperimentAnswer",
    "ExperimentStepRow",
    "Expertise",
    "Explanation",
    "Extend",
    "FairnessAnswer",
    "FileAnswer",
    "FindingInput",
    "FindingOutput",
    "Force",
    "ForecastAnswer",
    "ForecastAnswerForecast",
    "FoundRow",
    "GetAlertsResponse200",
    "GetAppealsResponse200",
    "GetAppealStatsResponse200",
    "GetBalancesResponse200",
    "GetChangesResponse200",
    "GetDelegationsResponse200",
    "GetDirectivesResponse200",
    "GetEquityResponse200",
    "GetEvidenceCalibrationResponse200",
    "GetExperimentsLooksResponse200",
    "GetExperimentsResponse200",
    "GetExperimentsStepsResponse200",
    "GetExperimentsTranchesResponse200",
    "GetFastlaneChecksResponse200",
    "GetGroupsResponse200",
    "GetHoldsResponse200",
    "GetInboxResponse200",
    "GetLedgerAccountsResponse200",
    "GetLedgerAsofResponse200",
    "GetLedgerCheckpointsResponse200",
    "GetLedgerStatementsKind",
    "GetLedgerStatementsResponse200",
    "GetLedgerWitnessesResponse200",
    "GetLimitsAlarmsResponse200",
    "GetLimitsFoundResponse200",
    "GetLimitsOrdersResponse200",
    "GetLimitsResponse200",
    "GetLoansResponse200",
    "GetMessagesResponse200",
    "GetMessagesTriesResponse200",
    "GetMyConsentsResponse200",
    "GetMyNoticesResponse200",
    "GetMyRequestsResponse200",
    "GetMyReviewsResponse200",
    "GetPeopleResponse200",
    "GetPeopleTrailResponse200",
    "GetPeriodsLapsesResponse200",
    "GetPeriodsResponse200",
    "GetProjectsChargesResponse200",
    "GetProjectsMembersResponse200",
    "GetProjectsProgressResponse200",
    "GetProjectsResponse200",
    "GetQueuesResponse200",
    "GetRatesResponse200",
    "GetRecordResponse200",
    "GetRequestsDiffResponse200",
    "GetRequestsOpinionsResponse200",
    "GetRequestsReadResponse200",
    "GetRequestsVersionsResponse200",
    "GetRoundsActsResponse200",
    "GetRoundsConflictsResponse200",
    "GetRoundsGrantsResponse200",
    "GetRoundsLettersResponse200",
    "GetRoundsPanelResponse200",
    "GetRoundsRequestsResponse200",
    "GetRoundsResponse200",
    "GetRoundsReviewLogResponse200",
    "GetRoundsSlatesAwardsResponse200",
    "GetRoundsSlatesResponse200",
    "GetRoundsStandingResponse200",
    "GetStandingResponse200",
    "GetTeamsResponse200",
    "GetTiesDeclarationsResponse200",
    "GetTokensResponse200",
    "GetUsageCollectorsResponse200",
    "GetUsageImportsResponse200",
    "GetUsageRejectsResponse200",
    "GetUsageResponse200",
    "GetUsageSuspenseResponse200",
    "GetWebhooksResponse200",
    "GetWinddownsResponse200",
    "Given",
    "GrantRow",
    "Ground",
    "Group",
    "GroupRow",
    "HoldBack",
    "HoldRow",
    "ImportRow",
    "Kind",
    "LapseRow",
    "LapsesRow",
    "LastDay",
    "Lend",
    "LetterRow",
    "LimitRow",
    "LoanAnswer",
    "LookAnswer",
    "LookRow",
    "ManagerBody",
    "Me",
    "MemberAnswer",
    "MessageRow",
    "Move",
    "Moved",
    "NewAppeal",
    "NewAppealAsk",
    "NewAppealMinimum",
    "NewChange",
    "NewDraft",
    "NewEndpoint",
    "NewEndpointKind",
    "NewExperiment",
    "NewFile",
    "NewLoan",
    "NewNotice",
    "NewPeriod",
    "NewPerson",
    "NewProject",
    "NewRates",
    "NewRequest",
    "NewRequestAmounts",
    "NewRound",
    "NewToken",
    "NoticeRow",
    "Offer",
    "OneMove",
    "OpinionRow",
    "OrderRow",
    "OutcomeAnswer",
    "OutcomeAnswerAwards",
    "Pair",
    "Pairs",
    "PanelRow",
    "Payment",
    "PeriodRow",
    "PersonRow",
    "Pilot",
    "PilotAmounts",
    "PlanAnswer",
    "PlanMove",
    "PlannedStep",
    "PostClaimsResponse200",
    "PostExperimentsEstimateResponse200",
    "Preview",
    "PreviewAnswer",
    "PreviewAnswerDocument",
    "PreviewReplayType0",
    "Problem",
    "ProblemErrorsItem",
    "Progress",
    "ProgressRow",
    "ProjectAnswer",
    "Proof",
    "Publish",
    "QueuePlanAnswer",
    "QueueRow",
    "RatesRow",
    "Reader",
    "ReadRow",
    "Reason",
    "Reconcile",
    "Recusal",
    "RejectRow",
    "Release",
    "Replay",
    "Reply",
    "RequestAnswer",
    "RequestAnswerAwarded",
    "RequestAnswerContent",
    "RequestRow",
    "ReviewLogRow",
    "RoleBody",
    "RoundAnswer",
    "RoundRow",
    "Ruling",
    "RulingAsk",
    "RulingMinimum",
    "RunsBody",
    "SaidRow",
    "Score",
    "ScoreMarksType0",
    "Secret",
    "Seed",
    "SeedHash",
    "SettingRow",
    "SetupAnswer",
    "Signature",
    "SignatureRow",
    "Signatures",
    "SlateAnswer",
    "SlateRow",
    "StandingRow",
    "Statement",
    "StatementRow",
    "Step",
    "StepBody",
    "Subject",
    "SuspenseRow",
    "Sync",
    "TeamBody",
    "TeamRow",
    "Test",
    "Ties",
    "TokenRow",
    "TrailRow",
    "TrancheRow",
    "TreatedRow",
    "TryRow",
    "Turn",
    "Unpin",
    "Urgent",
    "UrgentPool",
    "UseRow",
    "Verb",
    "VersionRow",
    "WaitingRow",
    "What",
    "WhatIf",
    "Which",
    "WitnessRow",
    "Words",
    "Work",
)
