"""The decision engine: a policy and what is asked in, awards with reasons and a proof out."""
