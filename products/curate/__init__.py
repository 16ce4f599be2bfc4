"""The curators' pages under /curate/, and the producers' own goods."""
