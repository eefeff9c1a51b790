"""Back-tests of the matcher on files: readers of what went in, the file of decisions, the report for people."""
