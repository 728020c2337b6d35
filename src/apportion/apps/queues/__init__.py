"""Queues of Kueue: budgets of GPU-hours on Kubernetes."""
