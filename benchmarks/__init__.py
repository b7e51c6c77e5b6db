"""How fast Throughline is, as ratios against peers measured in the same run."""
