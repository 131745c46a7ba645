"""What the Makefile calls. Only the standard library is needed to run these modules."""
