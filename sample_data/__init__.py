"""Made-up logs to try Throughline on, and the script that makes them."""
