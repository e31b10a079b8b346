"""The known mistakes, one file for each part: what each makes of the inputs, and how it is said."""
