// `scenarios [--long] [--seed N] [--only NAME]`: what `make simulate` calls.
print("no scenarios yet")
