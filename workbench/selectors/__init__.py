"""What the 工作台 shows; every function runs a fixed number of queries. Nothing here writes."""
