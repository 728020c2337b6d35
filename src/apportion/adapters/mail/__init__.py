"""Mail: rendered as every program reads it, and handed to the site's own server."""
