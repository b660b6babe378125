"""What the client costs and how much of the rate limit it uses, beside its peers: `make bench`."""
