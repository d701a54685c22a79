"""What the clock needs of the store: the lease, its jobs, retention."""
