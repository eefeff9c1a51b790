"""Payment purposes written by hand, by somebody who did not write the matcher, with the answer policy demands."""
