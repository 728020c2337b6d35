"""The files of a round, read whole: every fault is told at once, with file and line."""

from apportion.adapters.files.parse_requests import MOST_REQUESTS, parse_requests
from apportion.adapters.files.parse_reviews import check_reviews, parse_reviews
from apportion.adapters.files.parse_round import parse_round

__all__ = ["MOST_REQUESTS", "check_reviews", "parse_requests", "parse_reviews", "parse_round"]
