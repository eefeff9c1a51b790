"""Stories that cross capabilities, one file each."""
