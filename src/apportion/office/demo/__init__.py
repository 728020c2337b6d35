"""The Northfield AI Lab: sample people, rounds and jobs, made up with a fixed seed."""
