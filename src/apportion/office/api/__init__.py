"""The API for programs, `/api/v1`: one way in for every call that the apps offer."""
