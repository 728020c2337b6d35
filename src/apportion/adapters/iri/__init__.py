"""DOE IRI Facility API: projects and what they may use, as national facilities tell it."""
