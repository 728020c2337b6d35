"""Voting rules: which projects an electorate buys from one budget, each rule as its paper has it."""
