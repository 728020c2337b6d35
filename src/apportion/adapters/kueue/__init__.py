"""Kueue: quota and stops of project queues on Kubernetes, and the use that its Workloads tell."""
