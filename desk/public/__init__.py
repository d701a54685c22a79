"""The public site as files: served from here for the embedded default, at /site/."""
