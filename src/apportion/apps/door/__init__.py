"""The door for programs: what an app offers as calls, and answers kept to be given again."""
